"""Embeddings: the rows of a table at the places that flow in."""

from __future__ import annotations

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.store import Array


def _rows(call: Call, table: Array, places: Array) -> Array:
    """The rows at these places. Refuses a place that the table lacks."""
    at = places.astype(np.int64)
    for place in (at.min(initial=0), at.max(initial=0)):
        if not 0 <= place < len(table):
            raise call.refuse(f"{place} flows in, and its vocabulary is 0 to {len(table) - 1}")
    call.room((*at.shape, table.shape[-1]), table)
    return np.asarray(table[at])


@kernel("embedding")
def embedding(call: Call, x: Array) -> Array:
    """The table, and its adaptation if it has one."""
    layer = call.layer
    rank = layer.lora_rank
    table = call.weight("embeddings", (layer.vocabulary, layer.dim), trainable=rank is None)
    if rank is None:
        return _rows(call, table, x)
    a = call.weight("lora_embeddings_a", (layer.vocabulary, rank))
    b = call.weight("lora_embeddings_b", (rank, layer.dim))
    alpha = rank if layer.lora_alpha is None else float(layer.lora_alpha)
    return np.asarray(_rows(call, table, x) + _rows(call, a, x) @ b * table.dtype.type(alpha / rank))


@kernel("reversible_embedding")
def reversible_embedding(call: Call, x: Array) -> Array:
    """Forwards the table's rows; backwards a score for each word, by the table or by one of its own."""
    layer = call.layer
    table = call.weight("embeddings", (layer.vocabulary, layer.dim))
    back = table.T if layer.tie_weights else call.weight("reverse_embeddings", (layer.dim, layer.vocabulary))
    if not layer.reverse:
        return _rows(call, table, x)
    scores = call.product(x.reshape(-1, layer.dim), back).reshape(*x.shape[:-1], layer.vocabulary)
    if layer.logit_soft_cap is None:
        return scores
    cap = scores.dtype.type(layer.logit_soft_cap)
    return np.asarray(np.tanh(scores / cap) * cap)
