"""What differs between the places where a function is called: its parameters, and its arguments in terms of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import product
from typing import NamedTuple

from archcalc.codegen.names import free_name
from archcalc.codegen.structure.columns import Column, agree, holds, is_literal, joined, linear, pairs
from archcalc.codegen.structure.steps import NAME, Apply, Path, Slot, Step, variables_in

COUNTS = ("count", "start", "stop")  # what a loop's ends are called


class UnfitError(Exception):
    """What differs cannot be a parameter: it is made of what a loop inside goes through."""


class Parameter(NamedTuple):
    """A function's parameter, its value at each place, and its default if it has one."""

    name: str
    values: tuple[str, ...]
    default: str | None = None


class Parameters:
    """The parameters of one function, which grow as arguments are put in terms of them.

    `known` are candidates that a person has already named, with their text at each place; `labels` is what the names of
    the layers begin with at each place, where they begin with anything. Of the candidates, those that are `optional` have defaults.
    """

    def __init__(self, known: Mapping[str, Column], labels: Sequence[str], taken: Iterable[str], optional: Iterable[str] = ()) -> None:
        self.labels = tuple(labels)
        self.taken = {*taken, *((NAME,) if any(labels) else ())}
        self.columns: dict[str, Column] = {}
        self.known: set[str] = set()
        self.spelled: dict[str, str] = {}
        self.defaults: dict[str, str | None] = {}  # of columns: what to leave out; None where each place says it
        for name, column in known.items():
            spelling = free_name(name, self.taken)
            self.defaults[spelling] = Counter(column).most_common(1)[0][0] if name in optional else None
            self.taken.add(spelling)
            self.columns[spelling] = column
            self.known.add(spelling)
        self.used: dict[str, None] = {}  # in the order of their first use

    def text(self, column: Column, slot: Slot, one_number: bool, default: str | None, said: str = "") -> str:
        """An argument, whatever it is at each place: a constant, or in terms of parameters. Some places may leave out a default.

        `said` is what the step is called, which a second parameter of the same name begins with.
        """
        if slot.hint == NAME and (label := self._label(column)):
            return label
        given = {text for text in column if text is not None}
        if len(given) == 1:
            return given.pop()
        hint = f"{said}_{slot.hint}" if slot.hint in self.taken and said else slot.hint
        return self._in_terms(column, one_number, slot.hint) or self._new(column, hint, default if default in given else None)

    def is_label(self, column: Column, slot: Slot) -> bool:
        """Whether it is a layer's name that begins with the instance's."""
        return slot.hint == NAME and self._label(column) is not None

    def _label(self, column: Column) -> str | None:
        """A layer's name that begins with the instance's: f"{name}_conv"."""
        rests = set()
        for text, label in zip(column, self.labels, strict=True):
            if text is None:
                continue
            head = re.match(rf'f?"{re.escape(label)}_', text) if label else None
            if head is None:
                return None
            rests.add(text[head.end() - 1 : -1])
        if len(rests) != 1:
            return None
        if NAME not in self.columns:
            self.columns[NAME] = tuple(f'"{label}"' for label in self.labels)
        self.used[NAME] = None
        return f'f"{{{NAME}}}{rests.pop()}"'

    def _in_terms(self, column: Column, one_number: bool, hint: str = "") -> str | None:
        """An argument in terms of parameters that are there already, best of the one that is called like it; None if it is not."""
        names = sorted(self.columns, key=lambda name: name != hint)
        counts = hint in COUNTS  # how often is seldom what another argument is as well
        related = partial(self._related, one_number=one_number, counts=counts)
        ways: tuple[Callable[[Column, str], str | None], ...] = (self._as_is, related)
        for some in ([n for n in names if counts and n not in self.used], names):
            for way, name in product(ways, some):
                text = way(column, name)
                if text is not None:
                    self.used[name] = None
                    return text
        return self._choice(column) or self._entries(column)

    def _as_is(self, column: Column, name: str) -> str | None:
        """The parameter itself, if it is the same wherever both are needed."""
        if agree(column, self.columns[name]):
            return name
        if name in self.known or (both := joined(column, self.columns[name])) is None:
            return None
        self.columns[name] = both
        return name

    def _related(self, column: Column, name: str, one_number: bool, counts: bool) -> str | None:
        """A tuple of the parameter, or a number that goes along with it."""
        pair = pairs(column)
        if pair is not None and agree(pair[1], self.columns[name]):
            return name if one_number else "(" + ", ".join([name] * pair[0]) + ")"
        relation = linear(column, self.columns[name], counts=counts)
        return None if relation is None else relation.replace("_", name)

    def _choice(self, column: Column) -> str | None:
        """One of two constants, by whether a parameter that a person has named has some value."""
        both = list(dict.fromkeys(t for t in column if t is not None))
        if len(both) != 2 or not all(map(is_literal, both)) or pairs(column) or all(t.isdigit() for t in both):
            return None  # two sizes that go along with something else may do so by chance
        for name in self._tellers():
            told = [{v for t, v in zip(column, self.columns[name], strict=True) if t == one} for one in both]
            for one, other in ((0, 1), (1, 0)):
                if len(told[one]) == 1 and not told[one] & told[other]:
                    self.used[name] = None
                    value = told[one].pop()
                    if {*both} == {"True", "False"}:
                        return holds(name, value, wanted=both[one] == "True")
                    return f"{both[one]} if {holds(name, value)} else {both[other]}"
        return None

    def _entries(self, column: Column) -> str | None:
        """A tuple, each of whose entries is a constant or in terms of parameters."""
        found = [None if t is None else re.fullmatch(r"\(([\w.]+(?:, [\w.]+)*),?\)", t) for t in column]
        if any(m is None and t is not None for m, t in zip(found, column, strict=True)):
            return None
        rows = [None if m is None else m[1].split(", ") for m in found]
        if len({len(r) for r in rows if r is not None}) != 1:
            return None
        texts = []
        for i in range(len(next(r for r in rows if r is not None))):
            entry = tuple(None if r is None else r[i] for r in rows)
            given = {t for t in entry if t is not None}
            texts.append(given.pop() if len(given) == 1 else self._in_terms(entry, one_number=False))
        shown = [t for t in texts if t is not None]
        return "(" + ", ".join(shown) + ("," if len(texts) == 1 else "") + ")" if len(shown) == len(texts) else None

    def _new(self, column: Column, hint: str, default: str | None) -> str:
        name = free_name(hint, self.taken)
        self.taken.add(name)
        self.defaults[name] = default
        self.columns[name] = column
        self.used[name] = None
        return name

    def _tellers(self) -> list[str]:
        """The parameters that a person has named, those first that tell fewest cases apart."""
        return sorted((n for n in self.columns if n in self.known), key=lambda n: len(set(self.columns[n])))

    def condition(self, taken: Sequence[bool], hint: str) -> str:
        """The condition that holds at just these places."""
        for name in self._tellers():
            column = self.columns[name]
            for text in sorted({str(t) for t in column}):
                for wanted in (True, False):
                    if all((t == text) == (there == wanted) for t, there in zip(column, taken, strict=True)):
                        self.used[name] = None
                        return holds(name, text, wanted=wanted)
        flags = tuple(str(t) for t in taken)
        for name, column in self.columns.items():
            if column == flags:
                return name
        return self._new(flags, hint, Counter(flags).most_common(1)[0][0])

    def found(self) -> list[Parameter]:
        """The parameters that are used: first those that a person has named, then others, then those with defaults."""
        order = [n for n in self.columns if n in self.used and n in self.known]
        order += [n for n in self.used if n not in self.known and n != NAME]
        made = [self._parameter(n) for n in (*order, *([NAME] if NAME in self.used else []))]
        return sorted(made, key=lambda p: p.default is not None)

    def _parameter(self, name: str) -> Parameter:
        column, default = self.columns[name], self.defaults.get(name)
        if None in column and default is None:
            default = "None"  # a place that does not need it does not give it
        return Parameter(name, tuple(str(default) if t is None else t for t in column), default)


def _mentions(column: Column, names: Sequence[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", t or "") for t in column for name in names)


class Row(NamedTuple):
    """One step of a function: what it is at each place; None where it is not taken."""

    steps: tuple[Step | None, ...]

    @property
    def first(self) -> Step:
        return next(s for s in self.steps if s is not None)

    @property
    def said(self) -> str:
        """What a person would call the step at all places: its label, or its kind; "" for what is no layer."""
        first = self.first
        if not isinstance(first, Apply):
            return ""
        labels = {s.names[0] for s in self.steps if s is not None}
        return first.names[0] if first.node.named and len(labels) == 1 else first.node.kind


def unified(row: Row, parameters: Parameters) -> Step:
    """The step that stands for all of a row."""
    first = row.first
    slots: dict[Path, Slot] = {}
    for step in row.steps:
        slots |= {slot.path: slot for slot in (step.slots() if step else ()) if slot.path not in slots}
    texts = [None if s is None else {slot.path: slot.text for slot in s.slots()} for s in row.steps]
    chosen = {}
    for path, slot in slots.items():
        column = tuple(None if t is None else t.get(path, first.default(path)) for t in texts)
        if path[0] == "body" and _mentions(column, variables_in(first)) and len(set(column)) > 1 and not parameters.is_label(column, slot):
            raise UnfitError
        chosen[path] = parameters.text(column, slot, first.one_number(path), first.default(path), row.said)
    return first.filled(chosen)
