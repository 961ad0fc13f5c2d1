"""Attention without projections: the queries, keys and values are what flows in."""

from __future__ import annotations

from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.attention import roles_of, softmax, visible
from archcalc.engine.store import Array


def _attend(call: Call, scores: Array, value: Array) -> Any:
    """The values by the softmax of the scores."""
    seen = visible(call.layer, *scores.shape[-2:])
    of_query, of_value = (*call.masks, *call.masks, None, None)[:2] if len(call.masks) < 2 else call.masks[:2]
    if of_value is not None and scores.ndim == 3:
        seen = of_value[:, None] if seen is None else seen & of_value[:, None]
    weights = softmax(scores, seen)
    output = call.product(weights, value)
    if of_query is not None and scores.ndim == 3:
        output = np.where(of_query[..., None], output, 0)
    return (output, weights) if call.layer.scores else output


def _pairs(call: Call, query: Array, key: Array) -> Array:
    """The sum of each query and each key: (..., queries, keys, features)."""
    call.room((*np.broadcast_shapes(query.shape[:-2], key.shape[:-2]), query.shape[-2], *key.shape[-2:]), query)
    return query[..., :, None, :] + key[..., None, :, :]


@kernel("attention")
def attention(call: Call, *inputs: Array) -> Any:
    """Scores are dot products; or, with `concat`, sums of tanh(query + key)."""
    layer = call.layer
    query, value, key = roles_of(inputs)
    scale = call.weight("scale", (), start=1) if layer.scale else 1
    if layer.mode == "dot":
        return _attend(call, call.product(query, key.swapaxes(-1, -2)) * scale, value)
    whole = call.weight("concat_score_weight", (), start=1)
    return _attend(call, whole * np.tanh(scale * _pairs(call, query, key)).sum(-1), value)


@kernel("additive_attention")
def additive_attention(call: Call, *inputs: Array) -> Any:
    """Scores are sums of tanh(query + key), weighted feature by feature."""
    query, value, key = roles_of(inputs)
    pairs = np.tanh(_pairs(call, query, key))
    if not call.layer.scale:
        return _attend(call, pairs.sum(-1), value)
    scale = call.weight("scale", query.shape[-1:])
    return _attend(call, call.product(pairs, scale[:, None])[..., 0], value)
