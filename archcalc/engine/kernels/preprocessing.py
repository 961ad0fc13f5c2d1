"""Categories as numbers: bins, places in a vocabulary, hashes, and rows of zeros and ones.

What Keras's `adapt` would find before training is made up here, from what flows in: see `SHAPES_ONLY`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.fingerprint import crossed, fingerprint
from archcalc.engine.store import Array

# Kinds, and why their values are no more than of the right shape and range.
SHAPES_ONLY = {
    "discretization": "with `bins`, Keras's `adapt` finds the boundaries in data; the engine takes those that divide what flows in",
    "integer_lookup": "without `vocabulary`, Keras's `adapt` finds it in data; the engine knows no number then",
}


def encoded(call: Call, places: Array, depth: int, mode: str) -> Array:
    """Categories, by their numbers, as rows as long as there are categories: their own, or one of each sample."""
    if mode == "one_hot" and places.ndim > 1 and places.shape[-1] == 1:
        places = places[..., 0]
    call.room((*places.shape, depth), np.empty(0, np.float32))
    rows: Array = (places[..., None] == np.arange(depth)).astype(np.float32)
    if mode == "one_hot":
        return rows
    return np.asarray(rows.max(1) if mode == "multi_hot" else rows.sum(1, dtype=np.float32))


def _put_out(call: Call, places: Array, depth: Any) -> Array:
    """The categories as the argument `mode` says."""
    return places if call.layer.mode == "int" else encoded(call, places, int(depth), call.layer.mode)


@kernel("category_encoding")
def category_encoding(call: Call, x: Array) -> Array:
    """Rows for the categories that flow in."""
    return _put_out(call, x.astype(np.int64), call.layer.tokens)


@kernel("discretization")
def discretization(call: Call, x: Array) -> Array:
    """How many boundaries are not above each value."""
    layer = call.layer
    if layer.boundaries is None:
        boundaries = np.quantile(x, np.arange(1, layer.bins) / layer.bins)
    else:
        boundaries = np.array([float(b) for b in layer.boundaries], np.float32)
    return _put_out(call, np.digitize(x, boundaries), len(boundaries) + 1)


@kernel("hashing")
def hashing(call: Call, x: Array) -> Array:
    """The fingerprint of each number's digits, by how many bins there are. A value that is masked has bin 0 for itself."""
    layer = call.layer
    masked = layer.mask_value is not None and layer.bins > 1
    values, places = np.unique(x.astype(np.int64), return_inverse=True)
    bins = layer.bins - masked
    found = np.array([fingerprint(str(int(v)).encode()) % bins + masked for v in values], np.int64)[places].reshape(x.shape)
    if masked:
        found = np.where(x == int(layer.mask_value), 0, found)
    if layer.mode == "one_hot":  # the last axis gives way here already, and another one does not
        return encoded(call, found[..., 0][..., None], layer.bins, layer.mode)
    return _put_out(call, found, layer.bins)


@kernel("hashed_crossing")
def hashed_crossing(call: Call, one: Array, other: Array) -> Array:
    """The fingerprint of both numbers, by how many bins there are."""
    pairs = zip(one.reshape(-1).tolist(), other.reshape(-1).tolist(), strict=True)
    found = np.array([crossed(int(a), int(b)) % call.layer.bins for a, b in pairs], np.int64).reshape(one.shape)
    return _put_out(call, found, call.layer.bins)


@kernel("integer_lookup")
def integer_lookup(call: Call, x: Array) -> Array:
    """Places in the vocabulary 0, 1, 2, ..., after those of what is not in it; or back again."""
    layer = call.layer
    size, oov = layer.vocabulary or 0, layer.oov
    x = x.astype(np.int64)
    if layer.invert:
        return np.where((x >= oov) & (x < size + oov), x - oov, -1)
    known = (x >= 0) & (x < size)
    if oov == 0 and not known.all():
        raise call.refuse(f"{x[~known][0]} flows in, and is not among the {size} of its vocabulary; `oov=1` makes a place for such")
    places = np.where(known, x + oov, x % max(oov, 1))
    depth = layer.max_tokens if layer.pad_to_max_tokens else size + oov
    if layer.mode == "tf_idf":  # the weights are those of generated code: 1 each
        return encoded(call, places, int(depth), "count")
    return _put_out(call, places, depth)
