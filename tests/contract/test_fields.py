"""What a kind says that one output value reads, held to what the engine shows: inputs are changed one by one.

Of a declaration, `fields` alone is asked; of the engine, which outputs change when one input value does. No output may change
by a value that it is not said to read; and from the first to the last position that it is said to read, both must change it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from every import CLASSES, EXAMPLES, network, node_of, say

import archcalc
from archcalc.engine import run
from archcalc.engine.errors import EngineError
from archcalc.reading import BY_WORD, Along, Mixed, Read, Span
from archcalc.spec import Example, Layer

MOST_VALUES = 800  # that flow in, each of which is changed by itself
UNKNOWN = {"custom", "clahe", "random_crop"}  # what they read is not said, and so it is never taken for something
SOMETIMES = {"resize", "center_crop"}  # with some arguments
# Kinds for which a position may be read and yet change nothing, whatever the numbers: of these only that nothing else is read.
# A hash sends different numbers to one place; a mel bin may be empty. A frame fades in from 0, unless it is told not to.
HIDDEN = {"hashing", "hashed_crossing", "mel_spectrogram", "stft_spectrogram"}
# Further lines, with shapes that are small enough to change every value.
MORE = [
    ("conv 2, 3x4, /2, same", ((7, 6, 2),)),
    ("conv 4, 3x2, groups=2", ((6, 5, 4),)),
    ("conv 2, 3x3, pad=2, softmax", ((5, 6, 2),)),
    ("depthwise 3x3, multiplier=2", ((6, 5, 2),)),
    ("separable 3, 3x3, /2, pad=1", ((6, 7, 2),)),
    ("conv 2, 3, causal, dilation=2", ((12, 2),)),
    ("maxpool 3x3, /2, ceil", ((6, 7, 2),)),
    ("avgpool 2x3, same", ((7, 8, 2),)),
    ("subsample 2x2", ((6, 8, 2),)),
    ("gap", ((5, 4, 3),)),
    ("gmp keepdims", ((5, 4, 3),)),
    ("adaptive_avgpool 3x4", ((7, 5, 2),)),
    ("adaptive_maxpool 1x3", ((5, 7, 2),)),
    ("conv_transpose 2, 3x2, /2x3, same", ((4, 5, 2),)),
    ("conv_transpose 2, 4, /2, pad=1", ((9, 2),)),
    ("conv_transpose 2, 3, dilation=2", ((9, 2),)),
    ("upsample 2x3", ((4, 5, 2),)),
    *((f"upsample 2x3, {word}", ((9, 8, 1),)) for word in ("bilinear", "bicubic", "lanczos3", "lanczos5")),
    *((f"resize 9x4, {word}", ((6, 12, 1),)) for word in ("nearest", "bilinear", "bicubic", "lanczos3")),
    ("resize 5x15, bilinear, antialias", ((12, 6, 1),)),
    ("resize 4x6, bicubic, antialias", ((12, 18, 1),)),
    ("resize 4x6, crop_to_aspect_ratio", ((8, 8, 1),)),
    ("center_crop 4x5", ((7, 8, 2),)),
    ("random_crop 4, 5", ((7, 8, 2),)),
    ("zero_pad ((1, 2), (0, 3))", ((4, 5, 2),)),
    ("crop ((1, 2), (0, 3))", ((6, 7, 2),)),
    ("layernorm (1, 2)", ((4, 5, 3),)),
    ("groupnorm 2", ((3, 4, 4),)),
    ("groupnorm 1", ((3, 4, 4),)),
    ("groupnorm 4", ((3, 4, 4),)),
    ("instancenorm", ((3, 4, 4),)),
    ("lrn 3", ((3, 4, 7),)),
    ("lrn axis=1", ((9, 2),)),
    ("unitnorm 1", ((5, 3),)),
    ("bn", ((4, 5, 3),)),
    ("rmsnorm", ((5, 4),)),
    ('einsum_dense "abc,cd->abd", (none, 4)', ((5, 3),)),
    ('einsum_dense "abc,cd->abd", (none, 4), softmax', ((5, 3),)),
    ("concat axis=1", ((3, 4), (5, 4))),
    ("concat", ((3, 4), (3, 2))),
    ("flatten", ((3, 4, 2),)),
    ("flatten", ((1, 1, 9),)),
    ("reshape 4x6x1", ((4, 6),)),
    ("reshape 12x2", ((3, 4, 2),)),
    ("reshape 3x2x2x2", ((3, 4, 2),)),
    ("softmax (1, 2)", ((3, 4, 2),)),
    ("activation softmax", ((3, 4),)),
    ("mha 2, 3, causal", ((6, 4),)),
    ("mha 2, 3, sliding_window=2", ((7, 4),)),
    ("mha 2, 3, sliding_window=2, causal", ((7, 4),)),
    ("gqa 3, 2, 1, sliding_window=3", ((7, 4),)),
    ("attention", ((4, 3), (5, 2), (5, 3))),
    ("additive_attention", ((4, 3), (5, 2), (5, 3))),
    ("conv_lstm 2, 3, same, sequences", ((3, 13, 1),)),
    ("conv_lstm 2, 2x3, /2x1", ((2, 12, 9, 1),)),
    ("bidirectional { conv_lstm 2, 3, same }", ((2, 9, 1),)),
    ("conv_lstm 2, 3, same", ((2, 9, 1), (9, 2), (9, 2))),
    ("time_distributed { conv 2, 3 }", ((3, 6, 2),)),
    ("time_distributed { gap }", ((3, 4, 5, 2),)),
    ("spectral_norm { conv 2, 3x3, same }", ((5, 6, 2),)),
    ("stft_spectrogram real, 16, 8, boxcar", ((64, 2),)),
    ("stft_spectrogram 16, 5, same, boxcar, expand_dims", ((60, 1),)),
    ("mel_spectrogram 16, 8, sequence_length=12, bins=3, nopower_to_db", ((64,),)),
    ("auto_contrast", ((4, 5, 3),)),
    ("dot (2, 1)", ((4, 3), (3, 2))),
    ("lstm 2, sequences", ((5, 3),)),
    ("stacked_rnn { lstm 2; gru 3 }", ((5, 3),)),
]
LINES = [pytest.param(p.values[1].line, p.values[1].inputs, id=p.values[1].line) for p in EXAMPLES if p.values[1].inputs]
LINES += [pytest.param(line, inputs, id=f"{line} on {' '.join(map(say, inputs))}") for line, inputs in MORE]


def test_every_kind_says_what_it_reads() -> None:
    words = {cls.kind: cls.field for cls in CLASSES if cls.fields is Layer.fields}
    assert {kind for kind, word in words.items() if not word} == set()
    assert set(words.values()) <= set(BY_WORD)
    assert {kind for kind, word in words.items() if word == "unknown"} == UNKNOWN


@pytest.mark.parametrize(("line", "inputs"), LINES)
def test_it_reads_what_it_says_and_nothing_else(line: str, inputs: Any) -> None:
    kind = line.split()[0]
    cls = next((cls for cls in CLASSES if cls.kind == kind), CLASSES[0])
    node = node_of(cls, Example(line, inputs, ()))
    said = node.layer.fields(node.shape, *inputs)
    assert [len(reads) for reads in said] == [len(x) for x in inputs]
    if any(read is None for reads in said for read in reads):
        assert kind in UNKNOWN | SOMETIMES
        return
    if sum(int(np.prod(x)) for x in inputs) > MOST_VALUES:
        assert any(other.split()[0] == kind for other, _ in MORE) or cls.field in ("same", "features"), "a smaller line is wanted"
        return
    graph = archcalc.analyze(text=network(cls, Example(line, inputs, ()))).graph
    for i, (reads, x) in enumerate(zip(said, inputs, strict=True)):
        changed = np.any([found for found in _changed(graph, node, i)], axis=0)
        _nothing_else_is_read(changed, reads, len(x), mirrored=kind == "mel_spectrogram")
        if kind not in HIDDEN or "boxcar" in line:
            _both_ends_are_read(changed, reads, x, alone="causal" in line)


def _changed(graph: Any, node: Any, i: int) -> Iterator[Any]:
    """For each value that flows in and each that comes out, whether a change of the one changes the other; several times."""
    shapes = [n.shape for n in graph.inputs]
    values = int(np.prod(shapes[i]))
    lookup = node.layer.indices() or getattr(getattr(node.layer, "inner", None), "indices", lambda: None)()
    for seed, step, base in product(range(60 if lookup else 3), (1.0,) if lookup else (1.0, -1.0, 40.0, -40.0, 1e-3), ("random", "even")):
        rng = np.random.default_rng(seed)
        if lookup:
            given = [rng.integers(0, lookup, x) for x in shapes]
        else:
            given = [
                rng.uniform(-1, 1, x) if base == "random" else np.full(x, float(getattr(node.layer, "mask_value", -1) or 0)) for x in shapes
            ]
        many = {n.name: np.repeat(x[None], values + 1, 0) for n, x in zip(graph.inputs, given, strict=True)}
        flat = many[graph.inputs[i].name].reshape(values + 1, -1)
        rows = np.arange(values)
        flat[rows, rows] = (flat[rows, rows] + 1) % lookup if lookup else flat[rows, rows] + step
        try:
            out = run(graph, many, seed=seed, dtype="float64").values[node.name]
        except EngineError as error:
            if "index" not in str(error):
                raise
            continue
        # products of matrices are rounded otherwise in other rows
        yield (abs(out[:-1] - out[-1]) > 1e-9 * (abs(out).max() + 1e-9)).reshape(*shapes[i], *out.shape[1:])


def _allowed(read: Read, at: tuple[int, ...]) -> tuple[int, int]:
    if isinstance(read, Along):
        return read.lo.at(at[read.axis]), read.hi.at(at[read.axis])
    assert isinstance(read, Span | Mixed)
    return read.first, read.last


def _nothing_else_is_read(changed: Any, reads: Any, rank: int, mirrored: bool) -> None:
    for place in np.argwhere(changed):
        read, comes = tuple(place[:rank]), tuple(place[rank:])
        for position, said, n in zip(read, reads, changed.shape, strict=False):
            first, last = _allowed(said, comes)
            if mirrored and (first < 0 or last >= n):
                continue
            assert first <= position <= last, (read, comes, said)


def _both_ends_are_read(changed: Any, reads: Any, x: Any, alone: bool) -> None:
    """With `alone`, what attends to itself alone has nothing to choose from, so that the query changes nothing."""
    rank = len(x)
    out = changed.shape[rank:]
    for axis, read in enumerate(reads):
        others = tuple(a for a in range(rank) if a != axis)
        seen = changed.any(axis=others)  # of this axis, and of what comes out
        if isinstance(read, Along):
            seen = seen.any(axis=tuple(a + 1 for a in range(len(out)) if a != read.axis))
            for k in range(out[read.axis]):
                first, last = read.lo.at(k), read.hi.at(k)
                found = np.flatnonzero(seen[:, k])
                if 0 <= first <= last < x[axis] and not (alone and not len(found)):
                    assert len(found), (axis, k, read)
                    assert (found[0], found[-1]) == (first, last), (axis, k, read)
        else:
            found = np.flatnonzero(seen.reshape(x[axis], -1).any(axis=1))
            assert (found[0], found[-1]) == (read.first, read.last), (axis, read)
        if isinstance(read, Mixed):  # it depends on where the value stands: no two of them read alike everywhere
            assert not seen.reshape(x[axis], -1).all(), (axis, read)
            continue
        if isinstance(read, Span):  # some value reads all of it: the last step, where each reads those before it
            assert (changed.any(axis=others).reshape(x[axis], -1)[[read.first, read.last]].all(axis=0)).any(), (axis, read)
