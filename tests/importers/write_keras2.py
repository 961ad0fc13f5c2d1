"""Writes `keras2.jsonl.gz`: what Keras 2 writes of models, and what it says of their layers.

    pip install tf_keras tensorflow
    PYTHONPATH=.:tests python tests/importers/write_keras2.py

It has the models of `keras_models.py` that can be built there, some that only Keras 2 writes so, and the lines of tests/against_keras.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from against_keras.table import CONFIGS, build
from importers.facts import facts_of
from importers.keras_models import BUILDERS
from importers.recording import store, without_code

RECORDING = "keras2.jsonl.gz"
OLD: dict[str, Callable[[Any, Any], Any]] = {}


def _old(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    OLD[function.__name__] = function
    return function


@_old
def old_chain(k: Any, tf: Any) -> Any:
    return k.Sequential(
        [
            k.layers.Conv2D(4, 3, input_shape=(12, 12, 3), name="c"), k.layers.LeakyReLU(alpha=0.2, name="l"),
            k.layers.BatchNormalization(name="b"), k.layers.Flatten(name="f"), k.layers.Dense(2, name="d"),
        ],
        name="old_chain",
    )  # fmt: skip


@_old
def old_batch(k: Any, tf: Any) -> Any:
    return k.Sequential(
        [k.layers.LSTM(3, stateful=True, batch_input_shape=(8, 5, 2), name="l"), k.layers.Dense(2, name="d")], name="batches"
    )


@_old
def old_embedding(k: Any, tf: Any) -> Any:
    return k.Sequential([k.layers.Embedding(100, 8, input_length=10, name="e"), k.layers.Flatten(name="f"), k.layers.Dense(1, name="d")])


@_old
def old_operations(k: Any, tf: Any) -> Any:
    x, y = k.Input((6, 4), name="x"), k.Input((6, 4), name="y")
    z = tf.nn.relu(x * 2.0 + y - 1.0) / 4.0
    z = tf.concat([z, tf.nn.sigmoid(x)], axis=-1)
    z = tf.transpose(z, perm=[0, 2, 1])
    z = tf.reshape(z, [-1, 4, 12])
    return k.Model([x, y], k.layers.Dense(3, name="d")(1.0 - z), name="operations")


@_old
def old_attention(k: Any, tf: Any) -> Any:
    q, v = k.Input((5, 8), name="q"), k.Input((7, 8), name="v")
    y, scores = k.layers.MultiHeadAttention(2, 4, value_dim=3, name="m")(query=q, value=v, key=v, return_attention_scores=True)
    return k.Model([q, v], [k.layers.Attention(name="a")([y, v]), scores], name="attends")


@_old
def old_states(k: Any, tf: Any) -> Any:
    x, s = k.Input((5, 3), name="x"), k.Input((5, 4), name="s")
    _, h, c = k.layers.LSTM(4, return_state=True, name="enc")(x)
    y = k.layers.LSTM(4, return_sequences=True, name="dec")(s, initial_state=[h, c])
    return k.Model([x, s], k.layers.TimeDistributed(k.layers.Dense(2), name="out")(y), name="seq2seq")


@_old
def old_nested_twice(k: Any, tf: Any) -> Any:
    x = k.Input((4,), name="x")
    inner = k.Model(x, [k.layers.Dense(4, name="a")(x), k.layers.Dense(4, name="b")(x)], name="inner")
    y = k.Input((4,), name="y")
    first = inner(y)
    second = inner(first[1])
    return k.Model(y, [second[1], first[0], second[0]], name="outer")


@_old
def old_settings(k: Any, tf: Any) -> Any:
    x = k.Input((8, 8, 4), name="x")
    y = k.layers.SeparableConv2D(6, 3, depth_multiplier=2, depthwise_regularizer="l2", name="s")(x)
    y = k.layers.DepthwiseConv2D(3, name="w")(y)
    y = k.layers.Conv2DTranspose(3, 2, strides=2, name="t")(y)
    y = k.layers.ThresholdedReLU(theta=0.5, name="r")(k.layers.BatchNormalization(axis=[3], name="b")(y))
    y = k.layers.LayerNormalization(axis=[1, 2], name="n")(k.layers.SpatialDropout2D(0.1, name="p")(y))
    return k.Model(x, k.layers.GlobalMaxPooling2D(name="g")(y), name="settings")


def main() -> None:
    """Build all models, and write the recording."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf
    import tf_keras as keras

    entries: list[Any] = [{"keras": keras.__version__}]
    makers = {**BUILDERS, **{name: (lambda k, f=f: f(k, tf)) for name, f in OLD.items()}}
    for name, make in makers.items():
        keras.backend.clear_session()
        try:
            model = make(keras)
        except (AttributeError, TypeError, ValueError):  # there is no such layer yet, or a name that TensorFlow refuses
            assert name not in OLD
            continue
        entries.append([name, without_code(model.to_json()), facts_of(keras, model)])
    lines = [c for c in CONFIGS if c.inputs and not c.first and not c.refused and not c.differs]
    for number, config in enumerate(lines):
        if number % 100 == 0:
            keras.backend.clear_session()
        try:
            _, model = build(config, keras)
            entries.append([[config.path.stem, *_written(config)], model.to_json(), None])
        except Exception:  # noqa: BLE001  another Keras: what it refuses is not held against anybody
            continue
    store(RECORDING, json.loads(json.dumps(entries)))


def _written(config: Any) -> list[str]:
    return [", ".join("x".join(map(str, x)) for x in config.inputs), config.line, config.keras]


if __name__ == "__main__":
    main()
