"""Multiply-accumulates as the backend's own counter has them, one layer at a time, inside the child process: here TensorFlow's.

TensorFlow's profiler knows the floating point operations of some kinds of operations: two for each multiply-accumulate of a matrix
product or a convolution (`PRODUCTS`). Others it passes over, Einsum above all, and a few it estimates. A layer with one of these
has no count but a reason: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import Any, NamedTuple

from archcalc.verify import torch_counter
from archcalc.verify.recording import Application

Counter = Callable[[Any, Application], int]

PRODUCTS = ("BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Conv2D", "Conv3D", "Conv2DBackpropInput", "DepthwiseConv2dNative", "MatMul")
# What may hold products that the profiler does not see.
PASSED_OVER = (
    "Conv3DBackpropInputV2", "Einsum", "If", "PartitionedCall", "StatefulPartitionedCall", "StatelessIf", "StatelessWhile", "While",
)  # fmt: skip
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
MAX_STEPS = 512  # of a layer's loops, which are unrolled to be counted


class Count(NamedTuple):
    """Multiply-accumulates of one sample; None where there is no count, and why."""

    macs: int | None
    uncounted: str = ""


class Uncounted(Exception):
    """The profiler has no count of a layer; the message says why."""


def counts(keras: Any, applications: Sequence[Application]) -> list[Count]:
    """The count of each application of a layer."""
    backend = keras.backend.backend()
    counter = {"tensorflow": _by_tensorflow, "torch": _by_torch}.get(backend)
    if counter is None:
        return [Count(None, f"{backend} has no counter of products alone")] * len(applications)
    return [_count(keras, application, counter) for application in applications]


def _count(keras: Any, application: Application, counter: Counter) -> Count:
    try:
        return Count(counter(keras, application))
    except Uncounted as reason:
        return Count(None, str(reason))
    except Exception as error:  # noqa: BLE001  a layer that cannot be run by itself has no count, and the others do
        return Count(None, f"it cannot be run by itself: {_cause(error)}")


def _by_tensorflow(keras: Any, application: Application) -> int:
    steps = _steps(keras, application)
    if steps > MAX_STEPS:
        raise Uncounted(f"a loop of {steps:,} steps is not counted")
    with _unrolled(application.layer):
        return _macs(_traced(keras, application))


def _steps(keras: Any, application: Application) -> int:
    """How many turns its loops take: those over its first axis, and over the next one for loops in loops."""
    layer, loops = application.layer, 0
    while isinstance(layer, keras.layers.TimeDistributed):
        layer, loops = layer.layer, loops + 1
    loops += bool(_recurrent(layer))
    return int(prod(application.args[0].shape[1 : 1 + loops])) if loops else 0


def _recurrent(layer: Any) -> list[Any]:
    return [inner for inner in layer._flatten_layers() if hasattr(inner, "unroll")]  # noqa: SLF001


def _by_torch(keras: Any, application: Application) -> int:
    if why := torch_counter.why_unseen(application):
        raise Uncounted(why)
    return torch_counter.macs(keras, *_alone(keras, application))


def _alone(keras: Any, application: Application) -> tuple[Callable[..., list[Any]], list[Any]]:
    """One application as a function of the values that flow in, as at inference; and these values, which are symbolic."""
    tree, given = keras.tree, (application.args, application.kwargs)

    class Inference(keras.layers.Layer):  # type: ignore[misc]  # all that is called inside is told that nothing is trained
        def call(self, values: list[Any], training: bool = False) -> Any:
            left = iter(values)
            args, kwargs = tree.map_structure(lambda v: next(left) if isinstance(v, keras.KerasTensor) else v, given)
            return application.layer(*args, **kwargs)

    outer = Inference(autocast=False)
    return lambda *values: tree.flatten(outer(list(values), training=False)), [
        v for v in tree.flatten(given) if isinstance(v, keras.KerasTensor)
    ]


def _cause(error: Exception) -> str:
    """What an error of Keras says in the line that it prints in bold, or in its first."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    said = next((line for line in lines if line.startswith(_BOLD)), lines[0])
    return said.removeprefix(_BOLD).removesuffix(_PLAIN)


@contextmanager
def _unrolled(layer: Any) -> Iterator[None]:
    """Recurrent layers as one operation after another: of a loop the profiler would count one turn."""
    loops = _recurrent(layer)
    before = [loop.unroll for loop in loops]
    for loop in loops:
        loop.unroll = True
    try:
        yield
    finally:
        for loop, unroll in zip(loops, before, strict=True):
            loop.unroll = unroll


def _traced(keras: Any, application: Application) -> Any:
    """The TensorFlow graph of one application to one sample, as at inference."""
    import tensorflow as tf

    call, values = _alone(keras, application)
    # Functions inside of the layer become part of its graph, where the profiler sees them.
    eagerly = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        return tf.compat.v1.wrap_function(call, [tf.TensorSpec((1, *v.shape[1:]), v.dtype) for v in values]).graph
    finally:
        tf.config.run_functions_eagerly(eagerly)


def _macs(graph: Any) -> int:
    """Half of the operations that the profiler counts for the products on which the outputs depend.

    Raises:
        Uncounted: it does not count, or only estimates, one of them.
    """
    needed = _needed(graph)
    kinds = {operation.type for operation in needed}
    if missed := [kind for kind in PASSED_OVER if kind in kinds]:
        raise Uncounted(f"TensorFlow does not count {', '.join(missed)}")
    products = [operation for operation in needed if operation.type in PRODUCTS]
    if not products:
        return 0
    if "SpaceToBatchND" in kinds:
        raise Uncounted("TensorFlow carries a dilation out on padded parts of the image, and counts the padding")
    counted = _profiled(graph)
    for operation in products:
        if operation.name not in counted:
            raise Uncounted(f"TensorFlow cannot count this {operation.type}")
        if operation.type == "Conv2DBackpropInput" and not _is_exact(operation):
            raise Uncounted("TensorFlow estimates a transposed convolution by its output's size")
    return sum(counted[operation.name] for operation in products) // 2


def _needed(graph: Any) -> list[Any]:
    """The operations that the outputs depend on. Tracing leaves others behind, as frozen graphs would not."""
    found: dict[str, Any] = {}
    waiting = [tensor.op for tensor in graph.outputs]
    while waiting:
        operation = waiting.pop()
        if operation.name not in found:
            found[operation.name] = operation
            waiting += [tensor.op for tensor in operation.inputs]
    return list(found.values())


def _profiled(graph: Any) -> dict[str, int]:
    """The floating point operations of each operation that the profiler knows, by the operation's name."""
    import tensorflow as tf

    builder = tf.compat.v1.profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    found: dict[str, int] = {}
    waiting = [tf.compat.v1.profiler.profile(graph, cmd="scope", options=options)]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.float_ops:
            found[node.name] = node.float_ops
    return found


def _is_exact(operation: Any) -> bool:
    """Whether a transposed convolution puts out `stride` values for each that flows in: then the estimate is the count."""
    strides, read = operation.get_attr("strides"), operation.inputs[2].shape
    return all(int(n) == int(m) * stride for n, m, stride in zip(operation.outputs[0].shape[1:-1], read[1:-1], strides[1:-1], strict=True))
