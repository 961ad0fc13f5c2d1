"""Dense layers by an equation: Einstein's sum of what flows in and of a kernel."""

from __future__ import annotations

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.activation import activate
from archcalc.engine.store import Array

DOTS = "..."


def _sizes(call: Call, read: str, out: str, x: Array) -> dict[str, int]:
    """The length of each letter's axis: of the input's as they flow in, of the others as the arguments say."""
    front, _, back = read.partition(DOTS)
    sizes = dict(zip(front, x.shape, strict=False)) | dict(zip(reversed(back), reversed(x.shape), strict=False))
    made = out.replace(DOTS, "")
    # Where `...` stands before them, it is the batch; else the first letter is.
    before = read.startswith(DOTS) and x.ndim > len(back)
    for letter, size in zip(made if before else made[1:], call.layer.output_shape, strict=True):
        sizes.setdefault(letter, size)
    return sizes


@kernel("einsum_dense")
def einsum_dense(call: Call, x: Array) -> Array:
    """The sum, the biases at their axes, and the activation."""
    layer = call.layer
    equation = layer.equation.replace(" ", "")
    terms, _, out = equation.partition("->")
    read, letters = terms.split(",")
    sizes = _sizes(call, read, out, x)
    shape = tuple(sizes[c] for c in letters)
    rank = layer.lora_rank
    weights = call.weight("kernel", shape, trainable=rank is None)
    biases = _biases(call, out, sizes, x.ndim - len(read.replace(DOTS, "")))
    if rank is not None:
        a, b = call.weight("lora_kernel_a", (*shape[:-1], rank)), call.weight("lora_kernel_b", (rank, shape[-1]))
        alpha = rank if layer.lora_alpha is None else float(layer.lora_alpha)
        weights = weights + a @ b * weights.dtype.type(alpha / rank)
    return activate(layer.activation, call.einsum(equation, x, weights) + biases)


def _biases(call: Call, out: str, sizes: dict[str, int], elided: int) -> Array | int:
    """A bias for each place along the axes that have one, shaped so that it spreads over the others; 0 if there are none.

    Keras leaves out the axes before the first that has one, and gives length 1 to the others that have none.
    """
    biased = call.layer.bias_axes
    if biased is None:
        return 0
    front, dots, back = out.partition("...")
    letters = front or back
    kept = letters[min(map(letters.index, biased)) :]
    after = elided if front and dots else 0
    return call.weight("bias", (*(sizes[c] if c in biased else 1 for c in kept), *(1,) * after))
