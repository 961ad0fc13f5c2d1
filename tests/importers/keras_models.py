"""Models of many shapes, built in Keras: `models.jsonl.gz` has what Keras writes of each, and what it says of their layers.

Each function builds one; its name is the model's in the recording.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BUILDERS: dict[str, Callable[[Any], Any]] = {}


def _model(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    BUILDERS[function.__name__] = function
    return function


def _block(k: Any, name: str, inner: Any = None, size: int = 8) -> Any:
    """A small model of its own, perhaps around another."""
    x = k.Input((size,), name=f"{name}_in")
    y = k.layers.Dense(size, name="dense")(x)
    y = inner(y) if inner is not None else y
    return k.Model(x, k.layers.Dense(size, activation="relu", name="out")(y), name=name)


@_model
def three_deep(k: Any) -> Any:
    deepest = _block(k, "deepest")
    middle = _block(k, "middle", deepest)
    outer = _block(k, "outer", middle)
    x = k.Input((8,), name="x")
    return k.Model(x, k.layers.Dense(2, name="head")(outer(x)), name="three")


@_model
def nested_and_shared(k: Any) -> Any:
    shared = _block(k, "shared")
    a, b = k.Input((8,), name="a"), k.Input((8,), name="b")
    y = k.layers.Concatenate(name="both")([shared(a), shared(b), shared(a)])
    return k.Model([b, a], k.layers.Dense(1, name="end")(y), name="siamese")


@_model
def ends_in_a_nested_model(k: Any) -> Any:
    x = k.Input((8,), name="x")
    return k.Model(x, _block(k, "inner")(k.layers.Dense(8, name="first")(x)), name="wrapped")


@_model
def nested_with_several_outputs(k: Any) -> Any:
    x = k.Input((6, 4), name="x")
    states = k.layers.LSTM(5, return_sequences=True, return_state=True, name="rnn")(x)
    inner = k.Model(x, [k.layers.Dense(3, name="p")(states[0]), states[1], states[2]], name="inner")
    middle_in = k.Input((6, 4), name="m")
    p, h, c = inner(middle_in)
    middle = k.Model(middle_in, [c, p, k.layers.Dense(2, name="q")(h)], name="middle")
    z = k.Input((6, 4), name="z")
    c, p, q = middle(z)
    return k.Model(z, [k.layers.Dense(2, name="r")(c), q, p], name="outer")


@_model
def nested_with_several_inputs(k: Any) -> Any:
    a, b = k.Input((4,), name="a"), k.Input((3,), name="b")
    inner = k.Model([a, b], k.layers.Concatenate(name="join")([b, a]), name="inner")
    x, y = k.Input((3,), name="x"), k.Input((4,), name="y")
    return k.Model([x, y], k.layers.Dense(2, name="d")(inner([y, x])), name="crossed")


@_model
def chain_in_a_chain(k: Any) -> Any:
    inner = k.Sequential([k.layers.Conv2D(4, 3, name="c"), k.layers.ReLU(name="r")], name="stem")
    return k.Sequential([k.Input((12, 12, 3)), inner, k.layers.Flatten(name="f"), k.layers.Dense(2, name="d")], name="chain")


@_model
def chain_without_an_input(k: Any) -> Any:
    model = k.Sequential([k.layers.Dense(4, name="a"), k.layers.Dense(2, name="b")], name="later")
    model.build((None, 7))
    return model


@_model
def model_in_time_distributed(k: Any) -> Any:
    inner = k.Sequential([k.Input((8, 8, 3)), k.layers.Conv2D(4, 3, name="c"), k.layers.GlobalAveragePooling2D(name="g")], name="frame")
    x = k.Input((5, 8, 8, 3), name="clip")
    return k.Model(x, k.layers.LSTM(3, name="over")(k.layers.TimeDistributed(inner, name="each")(x)), name="video")


@_model
def dictionaries(k: Any) -> Any:
    x = {"left": k.Input((4,), name="left"), "right": k.Input((4,), name="right")}
    y = k.layers.Add(name="sum")([x["right"], x["left"]])
    return k.Model(x, {"b": k.layers.Dense(2, name="one")(y), "a": k.layers.Dense(3, name="two")(y)}, name="named")


@_model
def nested_lists(k: Any) -> Any:
    a, b, c = (k.Input((4,), name=n) for n in "abc")
    y = k.layers.Add(name="sum")([a, b, c])
    return k.Model([a, [b, c]], [y, [k.layers.Dense(2, name="d")(y)]], name="lists")


@_model
def the_same_twice(k: Any) -> Any:
    x = k.Input((6, 4), name="x")
    y = k.layers.Add(name="twice")([x, x])
    y = k.layers.Concatenate(name="joined")([y, y, x])
    y = k.layers.MultiHeadAttention(2, 3, name="self")(y, y)
    y = k.layers.Multiply(name="squared")([y, y])
    return k.Model(x, [y, k.layers.Dot(axes=2, name="dot")([y, y])], name="twice_over")


@_model
def one_output_twice(k: Any) -> Any:
    x = k.Input((4,), name="x")
    y = k.layers.Dense(3, name="d")(x)
    return k.Model(x, [y, y, x], name="again")


@_model
def shared_out_of_order(k: Any) -> Any:
    x = k.Input((4,), name="x")
    shared, other = k.layers.Dense(4, name="shared"), k.layers.Dense(4, name="other")
    first = shared(x)
    second = shared(other(first))
    third = shared(k.layers.Add(name="sum")([second, first]))
    return k.Model(x, [third, second, first], name="order")


@_model
def shared_merge(k: Any) -> Any:
    x = k.Input((4,), name="x")
    add, a, b = k.layers.Add(name="add"), k.layers.Dense(4, name="a"), k.layers.Dense(4, name="b")
    y = add([a(x), b(x)])
    return k.Model(x, add([a(y), y]), name="merges")


@_model
def residual(k: Any) -> Any:
    x = y = k.Input((16, 16, 8), name="x")
    for i in range(3):
        z = k.layers.Conv2D(8, 3, padding="same", name=f"c{i}_1")(y)
        z = k.layers.Conv2D(8, 3, padding="same", name=f"c{i}_2")(k.layers.ReLU(name=f"r{i}")(z))
        y = k.layers.Add(name=f"add{i}")([z, y])
    left, right = k.layers.MaxPooling2D(name="m")(y), k.layers.AveragePooling2D(2, name="a")(y)
    return k.Model(x, k.layers.Concatenate(name="cat")([left, right]), name="residual")


def _labels() -> list[str]:
    words = "use let def table block network expect for in if else from and or not true false none"
    kinds = "conv dense input output add branch repeat reuse train layout dtype total custom relu frozen unknown"
    odd = ["a b", 'q"uote', "it's", "back\\slash", "dots.in.it", "{{7*7}}", "<script>", "#x", "naïve", "层", "😀", "1st", "3x3", "_", "a-b"]
    return [*words.split(), *kinds.split(), *odd, "tab\there", "line\nend", " ", "x" * 10_000, "Dense", "dense_1"]


@_model
def strange_labels(k: Any) -> Any:
    x = y = k.Input((4,), name="x")
    for name in _labels():
        y = k.layers.Dense(4, name=name)(y)
    return k.Model(x, [y, k.layers.Add(name="in_2")([x, y])], name="strange labels: 层")


@_model
def named_as_a_kind(k: Any) -> Any:
    inner = _block(k, "dense")
    x = k.Input((8,), name="input")
    return k.Model(x, k.layers.Dense(3, name="output")(inner(x)), name="conv")


@_model
def free_sizes(k: Any) -> Any:
    x = k.Input((None, None, 3), name="image")
    y = k.layers.Conv2D(4, 3, name="H")(x)
    return k.Model(x, k.layers.GlobalAveragePooling2D(name="W")(k.layers.MaxPooling2D(name="p")(y)), name="any_size")


@_model
def free_length(k: Any) -> Any:
    x = k.Input((None, 8), name="steps")
    return k.Model(x, k.layers.Dense(2, name="d")(k.layers.LSTM(4, name="length", return_sequences=True)(x)), name="any_length")


@_model
def free_width(k: Any) -> Any:
    x = k.Input((16, None, 3), name="x")
    return k.Model(x, k.layers.GlobalMaxPooling2D(name="g")(k.layers.Conv2D(2, 3, strides=2, name="c")(x)), name="any_width")


@_model
def two_free_inputs(k: Any) -> Any:
    a, b = k.Input((None, 4), name="a"), k.Input((None, 4), name="b")
    return k.Model([a, b], k.layers.Attention(name="att")([a, b]), name="two_lengths")


@_model
def fixed_batch(k: Any) -> Any:
    x = k.Input(batch_shape=(32, 10, 4), name="x")
    return k.Model(x, k.layers.GRU(3, stateful=True, name="g")(x), name="batched")


@_model
def channels_first(k: Any) -> Any:
    x = k.Input((3, 12, 10), name="x")
    y = k.layers.Conv2D(4, 3, data_format="channels_first", name="c")(x)
    y = k.layers.BatchNormalization(axis=1, name="b")(y)
    y = k.layers.MaxPooling2D(data_format="channels_first", name="p")(y)
    y = k.layers.Concatenate(axis=1, name="cat")([y, y])
    return k.Model(x, k.layers.GlobalAveragePooling2D(data_format="channels_first", name="g")(y), name="first")


@_model
def channels_first_within(k: Any) -> Any:
    inner = k.Sequential([k.Input((3, 8, 8)), k.layers.Conv2D(4, 3, data_format="channels_first", name="c")], name="inner")
    x = k.Input((3, 8, 8), name="x")
    return k.Model(x, k.layers.Flatten(name="f")(inner(x)), name="around")


@_model
def mixed_precision(k: Any) -> Any:
    x = k.Input((8, 8, 3), name="x")
    y = k.layers.Conv2D(4, 3, dtype="mixed_float16", name="c")(x)
    y = k.layers.BatchNormalization(dtype="mixed_float16", name="b")(y)
    y = k.layers.Flatten(dtype="mixed_float16", name="f")(y)
    return k.Model(x, k.layers.Dense(3, dtype="float32", name="d")(y), name="mixed")


@_model
def half_precision(k: Any) -> Any:
    x = k.Input((8,), name="x")
    y = k.layers.Dense(4, dtype="bfloat16", name="a")(x)
    return k.Model(x, k.layers.Dense(4, dtype="bfloat16", name="b")(y), name="half")


@_model
def frozen_layers(k: Any) -> Any:
    x = k.Input((8, 8, 3), name="x")
    y = k.layers.Conv2D(4, 3, trainable=False, name="c")(x)
    y = k.layers.BatchNormalization(trainable=False, name="b")(y)
    y = k.layers.ReLU(trainable=False, name="r")(y)
    y = k.layers.TimeDistributed(k.layers.Conv1D(3, 2, name="inside"), trainable=False, name="t")(y)
    return k.Model(x, k.layers.Dense(3, name="d")(k.layers.Flatten(name="f")(y)), name="frozen")


@_model
def frozen_nested_model(k: Any) -> Any:
    base = k.Sequential([k.Input((8,)), k.layers.Dense(4, name="a"), k.layers.BatchNormalization(name="b")], name="base")
    base.trainable = False
    x = k.Input((8,), name="x")
    return k.Model(x, k.layers.Dense(2, name="head")(base(x)), name="transfer")


@_model
def frozen_whole(k: Any) -> Any:
    model = _block(k, "still", _block(k, "inner"))
    model.trainable = False
    return model


@_model
def attention(k: Any) -> Any:
    q, v, key = (k.Input((7, 8), name=name) for name in ("q", "v", "key"))
    y, scores = k.layers.MultiHeadAttention(2, 4, name="m")(query=q, key=key, value=v, return_attention_scores=True, use_causal_mask=True)
    z = k.layers.Attention(use_scale=True, name="a")([y, v, key])
    w = k.layers.AdditiveAttention(name="w")([z, v])
    return k.Model([q, v, key], [w, scores, k.layers.GroupQueryAttention(4, 4, 2, name="g")(z, v, key=key)], name="attends")


@_model
def states(k: Any) -> Any:
    x, h = k.Input((5, 3), name="x"), k.Input((4,), name="h")
    y, a, b = k.layers.LSTM(4, return_state=True, return_sequences=True, name="enc")(x)
    z = k.layers.LSTM(4, name="dec", return_sequences=True)(y, initial_state=[a, h])
    both = k.layers.Bidirectional(k.layers.LSTM(4, return_state=True), name="both")(z)
    cells = k.layers.RNN([k.layers.LSTMCell(3), k.layers.GRUCell(4)], return_state=True, name="stack")(z)
    return k.Model([x, h], [b, both[0], both[3], cells[2], cells[0]], name="recurrent")


@_model
def arithmetic(k: Any) -> Any:
    x, y = k.Input((6, 4), name="x"), k.Input((6, 4), name="y")
    z = 2.0 * x + y - 1.0
    z = (z / 4.0) * y - x
    z = k.ops.relu(z) + k.ops.sigmoid(z)
    z = 1.0 - z
    z = k.ops.maximum(z, k.ops.minimum(x, y))
    z = k.ops.concatenate([z, x], axis=-1)
    z = k.ops.reshape(z, (-1, 4, 12))
    z = k.ops.transpose(z, (0, 2, 1))
    return k.Model([x, y], k.ops.stop_gradient(z), name="sums")


@_model
def operations(k: Any) -> Any:
    x = k.Input((6, 4), name="x")
    o = k.ops
    values = [
        o.matmul(x, o.transpose(x, (0, 2, 1))), o.einsum("bij,bkj->bik", x, x), o.mean(x, axis=1), o.mean(x, axis=(1, 2), keepdims=True),
        o.squeeze(o.expand_dims(x, 1), 1), o.expand_dims(x, -1), o.split(x, 2, axis=1)[1], x[:, 0], x[:, 1:3, ::2], o.sum(x, -1),
        o.max(x, 1), o.exp(x), o.sqrt(o.abs(x)), o.softmax(x, axis=1), o.stack([x, x], axis=1), o.pad(x, ((0, 0), (1, 2), (0, 0))),
        o.tile(x, (1, 2, 1)), o.repeat(x, 2, axis=1), o.cast(x, "float16"), o.clip(x, 0, 1), -x, x**2, x @ o.swapaxes(x, 1, 2),
        o.argmax(x, axis=-1), o.top_k(x, 2)[0], o.flip(x, 1), o.where(x > 0, x, 0.0 * x), o.one_hot(o.argmax(x, -1), 5), x / x,
        o.concatenate([x, x], axis=1), o.add(x, x), o.multiply(x, 3), o.gelu(x, approximate=False), o.leaky_relu(x, negative_slope=0.1),
    ]  # fmt: skip
    return k.Model(x, values, name="operations")


@_model
def ends_in_operations(k: Any) -> Any:
    """Each is put out and read by nothing, so that Keras does not write its shape."""
    x, y, v, free = k.Input((5, 4, 3), name="x"), k.Input((7, 6), name="y"), k.Input((6,), name="v"), k.Input((None, 6), name="free")
    o = k.ops
    values = [
        y[:, -1], y[:, ..., 0], y[..., 1:], y[:, None], y[:, ::2, -3:], y[:, ::-1], x[:, 1, :, -1], x[:, 4:1:-2, ..., 0:2], x[..., None, :],
        o.sum(x, axis=(1, -1)), o.sum(x, axis=(1, 2), keepdims=True), o.max(y, axis=-1, keepdims=True), o.norm(y, axis=-1), o.var(x, axis=2),
        o.argmax(y, axis=1), o.logsumexp(y, axis=1), o.any(y > 0, axis=1), o.count_nonzero(y, axis=2), o.normalize(y), o.cumsum(y, axis=1),
        o.squeeze(o.sum(x, axis=(1, 2), keepdims=True)), o.squeeze(o.max(y, axis=1, keepdims=True), 1), o.expand_dims(y, (1, -1)),
        o.expand_dims(v, 1), o.swapaxes(x, -1, 1), o.moveaxis(x, (1, 2), (-1, 1)), o.moveaxis(x, 3, 1), o.stack([v, v, v], axis=-1),
        o.stack([y, y], axis=2), o.pad(y, ((0, 0), (0, 3), (2, 1))), o.repeat(y, 3, axis=-1), o.tile(y, (1, 3)), o.tile(x, (1, 2, 1, 3)),
        *o.split(y, 3, axis=-1), *o.split(y, [2, 5], axis=1), *o.unstack(x, axis=-1), o.one_hot(o.argmax(y, -1), 9),
        *o.top_k(y, 2), o.matmul(x, o.swapaxes(x, 2, 3)), o.einsum("bij,bj->bi", y, v), o.einsum("bijk,bj->bki", x, v[:, :4]),
        o.image.resize(x, (8, 9)), o.depth_to_space(o.tile(x, (1, 1, 1, 4)), 2), o.space_to_depth(o.image.resize(x, (6, 4)), 2), 1.0 / y, y / v[:, None], o.where(y > 0, y, v[:, None]), o.arctan2(y, y + 1.0), o.flip(y, axis=1), abs(y),
        free[:, 0], free[:, :, 1:], o.sum(free, axis=1), o.square(free) / 2.0, o.tile(free, (1, 1, 2)), o.expand_dims(free, 1), o.minimum(free, 0.5),
        o.reshape(x, (-1, 60)), o.reshape(x, (-1, 20, 3)), o.log_softmax(y), o.mean(free, axis=-1), o.roll(y, 1, axis=1), o.sort(y, axis=-1),
    ]  # fmt: skip
    return k.Model([x, y, v, free], values, name="ends")


@_model
def lambdas(k: Any) -> Any:
    x = k.Input((6, 4), name="x")
    y = k.layers.Lambda(lambda t: t * 2, name="same")(x)
    z = k.layers.Lambda(lambda t: t[:, 0], output_shape=(4,), name="first")(y)
    return k.Model(x, k.layers.Dense(2, name="d")(z), name="lambdas")


@_model
def own_layers(k: Any) -> Any:
    class Own(k.layers.Layer):  # type: ignore[misc, name-defined]
        def __init__(self, units: int = 3, **given: Any) -> None:
            super().__init__(**given)
            self.units = units

        def build(self, shape: Any) -> None:
            self.w = self.add_weight(shape=(shape[-1], self.units))

        def call(self, x: Any) -> Any:
            return k.ops.matmul(x, self.w)

        def get_config(self) -> Any:
            return {**super().get_config(), "units": self.units}

    k.saving.register_keras_serializable("mine")(Own)
    x = k.Input((6, 4), name="x")
    y = Own(5, name="known")(x)
    y = k.layers.Dense(2, name="d")(Own(4, name="as it was")(y))
    return k.Model(x, Own(3, name="last")(y), name="own")


@_model
def own_layers_with_several_outputs(k: Any) -> Any:
    class Pair(k.layers.Layer):  # type: ignore[misc, name-defined]
        def call(self, x: Any) -> Any:
            return x[:, 0], x, x[:, :, 0]

    k.saving.register_keras_serializable("mine")(Pair)
    x = k.Input((6, 4), name="x")
    own = Pair(name="own")
    first, second, third = own(x)
    again = own(second)
    y = k.layers.Dense(2, name="d")(third)
    return k.Model(x, [y, k.layers.Dense(3, name="e")(again[1]), k.layers.Dense(4, name="f")(first)], name="pairs")


@_model
def one_layer(k: Any) -> Any:
    return k.Sequential([k.Input((3,)), k.layers.Dense(2)], name="one")


@_model
def inputs_that_nothing_reads(k: Any) -> Any:
    a, b = k.Input((3,), name="a"), k.Input((5,), name="b")
    return k.Model([a, b], k.layers.Dense(2, name="d")(b), name="idle")


@_model
def initializers_and_regularizers(k: Any) -> Any:
    x = k.Input((4,), name="x")
    y = k.layers.Dense(3, kernel_initializer=k.initializers.HeNormal(seed=3), kernel_regularizer="l2", bias_constraint="non_neg", name="d")(
        x
    )
    return k.Model(x, k.layers.Dense(2, activation=k.layers.LeakyReLU(negative_slope=0.1), name="e")(y), name="settings")
