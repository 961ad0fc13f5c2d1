"""Attention with projections and heads: queries by keys, a softmax, and the scores by values."""

from __future__ import annotations

from math import prod, sqrt
from typing import Any, TypeVar

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.activation import sigmoid
from archcalc.engine.store import Array

T = TypeVar("T")

HIDDEN = -1e9  # what a mask puts in the place of a score


def softmax(scores: Array, seen: Array | None = None) -> Array:
    """The exponentials along the last axis, over their sum. What is not seen counts as if it were not there."""
    if seen is not None:
        scores = np.where(seen, scores, scores.dtype.type(HIDDEN))
    found = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(found / found.sum(-1, keepdims=True))


def visible(layer: Any, queries: int, keys: int) -> Array | None:
    """Which keys each query sees by its place: none after itself, or none far from it; None if all of them."""
    apart = np.arange(queries)[:, None] - np.arange(keys)
    seen = apart >= 0 if layer.causal else None
    if getattr(layer, "sliding_window", None) is not None:
        near = abs(apart) < layer.sliding_window
        seen = near if seen is None else seen & near
    return seen


def roles_of(inputs: tuple[T, ...]) -> tuple[T, T, T]:
    """Query, value and key: the key is the value, and the value the query, where none flow in."""
    query, value, key = (*inputs, *inputs[-1:], *inputs[-1:])[:3] if len(inputs) < 3 else inputs
    return query, value, key


def _projected(call: Call, name: str, x: Array, heads: int, size: int) -> Array:
    """A dense layer along the last axis, with a value for each head and place: (..., heads, size)."""
    return _dense(call, name, x, (x.shape[-1],), (heads, size))


def _dense(call: Call, name: str, x: Array, read: tuple[int, ...], made: tuple[int, ...]) -> Array:
    """A dense layer that reads the last axes, `read`, and makes others in their place."""
    weights = call.weight(f"{name}/kernel", (*read, *made))
    places = x.shape[: x.ndim - len(read)]
    out = call.product(x.reshape(-1, prod(read)), weights.reshape(-1, prod(made))).reshape(*places, *made)
    return out + call.weight(f"{name}/bias", made) if call.layer.bias == "shared" else out


def _weighed(call: Call, query: Array, key: Array, *, plain: bool) -> Array:
    """How much each query attends to each key, of (..., heads, queries, size) and (..., heads, keys, size).

    A query that sees no key attends to none, or, where Keras computes it all in one, to all alike.
    """
    scores = call.product(query / query.dtype.type(sqrt(query.shape[-1])), key.swapaxes(-1, -2))
    seen = visible(call.layer, query.shape[-2], key.shape[-2])
    for hidden in _padding(call) if query.ndim == 4 else ():
        seen = hidden if seen is None else seen & hidden
    weights = softmax(scores, seen)
    return weights if seen is None or not plain else np.where(seen, weights, 0).astype(weights.dtype)


def _padding(call: Call) -> list[Array]:
    """Which pairs of a query and a key hold data, by the masks: of the query; of the value, which the query may be; of the key.

    Keras cannot run what has a mask of steps along several axes: such a mask hides nothing here.
    """
    masks = call.masks if len(call.masks) != 1 else call.masks * 2
    along = (np.s_[:, None, :, None], *(np.s_[:, None, None, :],) * 2)
    return [mask[at] for mask, at in zip(masks, along, strict=False) if mask is not None and mask.ndim == 2]


@kernel("mha")
def mha(call: Call, *inputs: Array) -> Any:
    """Multi-head attention."""
    layer = call.layer
    query, value, key = roles_of(inputs)
    size = layer.key_dim if layer.value_dim is None else layer.value_dim
    axes = attended(layer, query.ndim)
    queries = _projected(call, "query", query, layer.heads, layer.key_dim)
    keys = _projected(call, "key", key, layer.heads, layer.key_dim)
    gate = sigmoid(_projected(call, "gate", query, layer.heads, size)) if layer.gate else None
    values = _projected(call, "value", value, layer.heads, size)
    plain = bool(layer.scores or layer.dropout or query.ndim != 3)
    weights = _weighed(call, _by_heads(queries, axes), _by_heads(keys, axes), plain=plain)
    out = _back(call.product(weights, _by_heads(values, axes)), axes, queries.shape)
    out = out if gate is None else out * gate
    made = query.shape[-1:] if layer.output_shape is None else tuple(layer.output_shape)
    output = _dense(call, "attention_output", out, (layer.heads, size), made)
    if not layer.scores:
        return output
    steps = [tuple(x.shape[a] for a in axes) for x in (query, key)]
    return output, weights.reshape(*weights.shape[:-2], *steps[0], *steps[1])


def attended(layer: Any, ndim: int) -> tuple[int, ...]:
    """The axes that are steps, the batch counted."""
    if layer.attention_axes is None:
        return tuple(range(1, ndim - 1))
    given = layer.attention_axes if isinstance(layer.attention_axes, tuple) else (layer.attention_axes,)
    return tuple(a + 1 if a >= 0 else a + ndim for a in given)


def _order(axes: tuple[int, ...], ndim: int) -> list[int]:
    """The axes of (batch, ..., heads, size): those that go along, the heads, the steps, the size."""
    return [*(i for i in range(ndim - 1) if i not in axes), *axes, ndim - 1]


def _by_heads(x: Array, axes: tuple[int, ...]) -> Array:
    """(..., heads, size) as (batch, what goes along, heads, all steps, size)."""
    turned = x.transpose(_order(axes, x.ndim))
    return turned.reshape(*turned.shape[: -len(axes) - 1], -1, x.shape[-1])


def _back(x: Array, axes: tuple[int, ...], shape: tuple[int, ...]) -> Array:
    """What `_by_heads` did, undone, for the steps of this shape."""
    order = _order(axes, len(shape))
    whole = x.reshape(*(shape[i] for i in order[:-1]), x.shape[-1])
    return whole.transpose(np.argsort(order))


@kernel("gqa")
def gqa(call: Call, *inputs: Array) -> Any:
    """Grouped-query attention: each head of keys and values serves several heads of queries, one after another."""
    layer = call.layer
    query, value, key = roles_of(inputs)
    heads, few, size = layer.query_heads, layer.key_value_heads, layer.head_dim
    queries = _projected(call, "query", query, heads, size)
    keys = _projected(call, "key", key, few, size).repeat(heads // few, -2)
    gate = sigmoid(_projected(call, "gate", query, heads, size)) if layer.gate else None
    values = _projected(call, "value", value, few, size).repeat(heads // few, -2)
    plain = bool(layer.scores or layer.dropout)
    weights = _weighed(call, queries.swapaxes(1, 2), keys.swapaxes(1, 2), plain=plain)
    out = call.product(weights, values.swapaxes(1, 2)).swapaxes(1, 2)
    output = _dense(call, "attention_output", out if gate is None else out * gate, (heads, size), query.shape[-1:])
    return (output, weights) if layer.scores else output
