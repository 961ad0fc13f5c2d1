"""What is known of each activation function: where its values lie, and what comes of doing it twice, or to one value alone."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.languages import phrase


class Function(NamedTuple):
    """A function of each value x, or of the values along an axis; its `formula`, with Keras's constants.

    `low` and `high` are what its values never go beyond, None where there is no such bound. With `settled`, doing it again
    changes nothing. `alone` is what it makes of a value that is alone along the axis, whichever it is: 1 where values add up to
    1, 0 for their logarithms; None where values do not depend on each other.
    """

    name: str
    formula: str
    low: float | None = None
    high: float | None = None
    settled: bool = False
    alone: int | None = None

    @property
    def range(self) -> str:
        """Where its values lie, in words."""
        if self.low is None and self.high is None:
            return phrase("any numbers")
        if self.low is None or self.high is None:
            return phrase("at most {high}", high=self.high) if self.low is None else phrase("{low} or more", low=self.low)
        ends = {"low": self.low, "high": self.high}
        return phrase("from {low} to {high}, and add up to 1", **ends) if self.alone == 1 else phrase("from {low} to {high}", **ends)


# keras.activations of Keras 3, less glu, which halves an axis, and threshold, which needs arguments. Bounds are rounded outwards.
FUNCTIONS = {
    function.name: function
    for function in (
        Function("celu", "max(x, 0) + min(exp(x) - 1, 0)", -1),
        Function("elu", "x if x > 0 else exp(x) - 1", -1),
        Function("exponential", "exp(x)", 0),
        Function("gelu", "x*(1 + erf(x/sqrt(2)))/2", -0.17),
        Function("hard_shrink", "x if abs(x) > 0.5 else 0", settled=True),
        Function("hard_sigmoid", "min(max(x + 3, 0), 6)/6", 0, 1),
        Function("hard_silu", "x*min(max(x + 3, 0), 6)/6", -0.375),
        Function("hard_swish", "x*min(max(x + 3, 0), 6)/6", -0.375),
        Function("hard_tanh", "min(max(x, -1), 1)", -1, 1, settled=True),
        Function("leaky_relu", "x if x > 0 else 0.2*x"),
        Function("linear", "x", settled=True),
        Function("log_sigmoid", "-log(1 + exp(-x))", None, 0),
        Function("log_softmax", "x minus the logarithm of the sum of exp(x) along the axis", None, 0, settled=True, alone=0),
        Function("mish", "x*tanh(log(1 + exp(x)))", -0.31),
        Function("relu", "max(x, 0)", 0, settled=True),
        Function("relu6", "min(max(x, 0), 6)", 0, 6, settled=True),
        Function("selu", "1.0507*(x if x > 0 else 1.6733*(exp(x) - 1))", -1.76),
        Function("sigmoid", "1/(1 + exp(-x))", 0, 1),
        Function("silu", "x/(1 + exp(-x))", -0.28),
        Function("soft_shrink", "x - 0.5 if x > 0.5 else x + 0.5 if x < -0.5 else 0"),
        Function("softmax", "exp(x) over the sum of exp(x) along the axis", 0, 1, alone=1),
        Function("softplus", "log(1 + exp(x))", 0),
        Function("softsign", "x/(1 + abs(x))", -1, 1),
        Function("sparse_plus", "0 if x < -1 else x if x > 1 else (x + 1)**2/4", 0),
        Function("sparse_sigmoid", "0 if x < -1 else 1 if x > 1 else (x + 1)/2", 0, 1),
        Function("sparsemax", "the nearest values along the axis that are 0 or more and add up to 1", 0, 1, settled=True, alone=1),
        Function("squareplus", "(x + sqrt(x**2 + 4))/2", 0),
        Function("swish", "x/(1 + exp(-x))", -0.28),
        Function("tanh", "tanh(x)", -1, 1),
        Function("tanh_shrink", "x - tanh(x)"),
    )
}
