"""Symbolic figures against numbers: every formula of a network with free sizes, worked out, and the network analyzed with `-p`.

Where the assumptions hold, the analysis with numbers succeeds and has the formulas' values. Where they do not, it fails; but
for merges that broadcast an axis of 1, where archcalc assumes that the sizes are equal, and for encodings whose axis of 1 gives
way, where it is assumed to be longer ("H != 1").
"""

from __future__ import annotations

import json
import platform
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import archcalc
from archcalc.api import Analysis, analyze
from archcalc.figures import FIGURES, LIVE, TOTALS
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_networks import kinds_by_name
from archcalc.testing.formulas import holds, value
from archcalc.testing.free_networks import draw_chain, draw_free_network, draw_ladder

TRIES = 400  # of sizes that are drawn
WANTED = 5  # sizes of each sort that are compared
NUMBERS_NEEDED = ("E213", "E316")  # codes: an analysis that ends without formulas, and says so

Sizes = dict[str, int]
Found = list[str]


class FreeSizes:
    """A run over many networks, and what it has found so far."""

    def __init__(self, count: int, seed: int = 0, real_taps: bool = False) -> None:
        self.count, self.seed, self.real_taps = count, seed, real_taps
        self.done = 0
        self.seconds = 0.0
        self.counts: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.assumed: Counter[str] = Counter()
        self.differences: list[dict[str, Any]] = []

    def run(self, progress: Any = str) -> None:
        """Compare all networks; half of them are of the whole catalogue, half are chains and ladders of windows."""
        kinds = kinds_by_name()
        begun = said = time.monotonic()
        for number in range(self.count):
            chance = Chance.seeded(self.seed, number)
            text, names = draw_free_network(chance, kinds) if number % 2 else (draw_ladder if number % 4 else draw_chain)(chance)
            if found := self.compare(text, names, chance):
                self.differences.append({"number": number, "program": text, "found": found})
                progress(f"network {number}: {found[0]}"[:300])
            self.done = number + 1
            self.seconds = time.monotonic() - begun
            if time.monotonic() - said > 5:
                said = time.monotonic()
                progress(self.summary())

    def compare(self, text: str, names: tuple[str, ...], chance: Chance) -> Found:
        """All that is different in a network."""
        free = analyze(text=text, network="N", real_taps=self.real_taps)
        codes = {d.code for d in free.diagnostics if d.severity == "error"}
        if codes:
            self.counts["refused: a number is needed" if codes & set(NUMBERS_NEEDED) else "refused at every size"] += 1
            return [] if codes & set(NUMBERS_NEEDED) else self._never(text, names, chance)
        document = json.loads(free.to_json())
        self.counts["symbolic"] += 1
        self.kinds.update(row.kind for row in free.rows)
        self.assumed.update(_sort_of(a) for a in document["assumptions"])
        good, bad = _drawn(document["assumptions"], names, chance, free)
        found = [problem for sizes in good for problem in self._agrees(text, document, sizes)]
        return found + [problem for sizes in bad for problem in self._fails(text, document, sizes)]

    def _agrees(self, text: str, document: dict[str, Any], sizes: Sizes) -> Iterator[str]:
        """Where the assumptions hold: the analysis with numbers, and every formula."""
        fixed = analyze(text=text, network="N", params=sizes, real_taps=self.real_taps)
        self.counts["sizes where the assumptions hold"] += 1
        if not fixed.ok:
            yield f"{sizes}: {document['assumptions']} hold, but {_errors(fixed)}"
            return
        seen = {layer["name"]: layer["receptive_field"] for layer in json.loads(fixed.to_json())["layers"]}
        yield from self._fields({layer["name"]: layer["receptive_field"] for layer in document["layers"]}, seen, sizes)
        known = document["totals"]["peak_activation_bytes"] is not None  # else it depends on the sizes what is a view
        for one, row in zip(document["layers"], fixed.rows, strict=True):
            pairs = {f: (one[f], getattr(row, f)) for f in ("output_shape", *FIGURES)}
            live = {LIVE.name: (one[LIVE.name], fixed.totals.live_bytes(row.name))}
            yield from self._figures(one["name"], {**pairs, **(live if known else {})}, sizes)
        yield from self._figures(
            "total", {f: (document["totals"][f], getattr(fixed.totals, f)) for f in (TOTALS if known else FIGURES)}, sizes
        )
        lost = [d.layer for d in fixed.diagnostics if d.code == "W101"]
        always = any(d["code"] == "W101" for d in document["diagnostics"])
        if not always and bool(lost) is all(holds(condition, sizes) for condition in document["lossless"]):
            yield f"{sizes}: no pixel is lost where {document['lossless']}, and {lost or 'none'} lose some"

    def _figures(self, layer: str, pairs: dict[str, tuple[Any, Any]], sizes: Sizes) -> Iterator[str]:
        for figure, (formula, number) in pairs.items():
            formulas = formula if isinstance(formula, list) else [formula]
            values = [value(one, sizes) for one in formulas]
            self.counts["formulas worked out"] += sum(isinstance(one, str) for one in formulas)
            if values != (list(number) if isinstance(number, tuple) else [number]):
                yield f"{sizes}: {layer}.{figure} is {number}, and {formula} gives {values}"

    def _fields(self, claimed: Any, seen: Any, sizes: Sizes) -> Iterator[str]:
        """Receptive fields, layer by layer: wherever one is claimed, it is that."""
        for layer, field in claimed.items():
            several = isinstance(field, dict) and "size" not in field
            for key, one in field.items() if several else [("", field)]:
                self.counts["receptive fields compared" if one else "receptive fields not known"] += 1
                if one is not None and one != (seen[layer][key] if several else seen[layer]):
                    yield f"{sizes}: {layer} reads {seen[layer]}, and {field} is claimed"

    def _fails(self, text: str, document: dict[str, Any], sizes: Sizes) -> Iterator[str]:
        """Where the assumptions do not hold: the analysis with numbers fails, too."""
        fixed = analyze(text=text, network="N", params=sizes)
        if fixed.ok and _broadcasts(fixed):
            self.counts["sizes of 1 that are broadcast"] += 1
        elif fixed.ok and all(holds(a, sizes) or a.endswith("!= 1") for a in document["assumptions"]):
            self.counts["sizes of 1 with which other axes come out"] += 1
        elif fixed.ok:
            yield f"{sizes}: {document['assumptions']} do not hold, and nothing fails"
        else:
            self.counts["sizes where the assumptions fail"] += 1

    def _never(self, text: str, names: tuple[str, ...], chance: Chance) -> Found:
        """Where no size is said to fit, none does."""
        for _ in range(2 * WANTED):
            sizes = {name: chance.number(1, 40) for name in names}
            fixed = analyze(text=text, network="N", params=sizes)
            if fixed.ok and not _broadcasts(fixed):
                return [f"{sizes}: refused with free sizes, and fine with these"]
        return []

    def summary(self) -> str:
        """How far it is."""
        return f"{self.done:,} of {self.count:,} networks, {len(self.differences)} differences, {self.seconds:.0f} s"

    def result(self, command: str) -> dict[str, Any]:
        """All that was found, as plain data."""
        return {
            "schema": "archcalc/symbolic/1",
            "command": command,
            "complete": self.done >= self.count,
            "archcalc": archcalc.__version__,
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}",
            "seed": self.seed,
            "networks": self.done,
            "counts": dict(sorted(self.counts.items())),
            "assumptions": dict(self.assumed.most_common()),
            "kinds": dict(sorted(self.kinds.items())),
            "differences": self.differences,
            "seconds": round(self.seconds, 1),
        }


def _sort_of(assumption: str) -> str:
    return (
        "congruences"
        if " mod " in assumption or "%" in assumption
        else "bounds"
        if ">=" in assumption or "<=" in assumption
        else "equations"
    )


def _drawn(assumptions: list[str], names: tuple[str, ...], chance: Chance, free: Analysis) -> tuple[list[Sizes], list[Sizes]]:
    """Sizes with which the assumptions hold, and with which they do not; the least that may hold, and those one below, among them."""
    good: list[Sizes] = []
    bad: list[Sizes] = []
    least = {name: symbol.low for name, symbol in free.graph.book.free.items()}
    for i in range(TRIES):
        near = i < 40 or chance.percent(50)
        sizes = {name: least[name] + chance.number(-2, 12) if near else chance.number(1, 90) for name in names}
        if i == 0:
            sizes = dict(least)
        elif i <= len(names):
            sizes = {**least, names[i - 1]: least[names[i - 1]] - 1}
        if min(sizes.values()) < 1:
            continue
        group = good if all(holds(a, sizes) for a in assumptions) else bad
        if len(group) < WANTED and sizes not in group:
            group.append(sizes)
        if len(good) == len(bad) == WANTED:
            break
    return good, bad


def _broadcasts(fixed: Analysis) -> bool:
    """Whether a layer reads shapes that differ where one of them is 1, and the longer comes out."""
    for node in fixed.graph.names.values():  # those that reach no output, too
        shapes = node.input_shapes
        for sizes in zip(*(x[::-1] for x in (*shapes, node.seen or ())), strict=False) if len(shapes) > 1 else ():
            if len(set(sizes)) == 2 and 1 in sizes[:-1] and sizes[-1] == max(sizes) and max(sizes) in sizes[:-1]:
                return True
    return False


def _errors(fixed: Analysis) -> str:
    return "; ".join(d.message for d in fixed.diagnostics if d.severity == "error")
