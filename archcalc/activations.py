"""What is known of each activation function: where its values lie, and what comes of doing it twice, or to one value alone."""

from __future__ import annotations

from typing import NamedTuple


class Function(NamedTuple):
    """A function of each value, or of the values along an axis.

    `low` and `high` are what its values never go beyond, None where there is no such bound. With `settled`, doing it again
    changes nothing. `alone` is what it makes of a value that is alone along the axis, whichever it is: 1 where values add up to
    1, 0 for their logarithms; None where values do not depend on each other.
    """

    name: str
    low: float | None = None
    high: float | None = None
    settled: bool = False
    alone: int | None = None

    @property
    def range(self) -> str:
        """Where its values lie, in words."""
        if self.low is None and self.high is None:
            return "any numbers"
        if self.low is None or self.high is None:
            return f"at most {self.high}" if self.low is None else f"{self.low} or more"
        return f"from {self.low} to {self.high}"


# keras.activations of Keras 3, less glu, which halves an axis, and threshold, which needs arguments. Bounds are rounded outwards.
FUNCTIONS = {
    function.name: function
    for function in (
        Function("celu", -1),
        Function("elu", -1),
        Function("exponential", 0),
        Function("gelu", -0.17),
        Function("hard_shrink", settled=True),
        Function("hard_sigmoid", 0, 1),
        Function("hard_silu", -0.375),
        Function("hard_swish", -0.375),
        Function("hard_tanh", -1, 1, settled=True),
        Function("leaky_relu"),
        Function("linear", settled=True),
        Function("log_sigmoid", None, 0),
        Function("log_softmax", None, 0, settled=True, alone=0),
        Function("mish", -0.31),
        Function("relu", 0, settled=True),
        Function("relu6", 0, 6, settled=True),
        Function("selu", -1.76),
        Function("sigmoid", 0, 1),
        Function("silu", -0.28),
        Function("soft_shrink"),
        Function("softmax", 0, 1, alone=1),
        Function("softplus", 0),
        Function("softsign", -1, 1),
        Function("sparse_plus", 0),
        Function("sparse_sigmoid", 0, 1),
        Function("sparsemax", 0, 1, settled=True, alone=1),
        Function("squareplus", 0),
        Function("swish", -0.28),
        Function("tanh", -1, 1),
        Function("tanh_shrink"),
    )
}
