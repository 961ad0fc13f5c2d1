"""A body of generated code before it is text: its steps, and the values that flow between them.

A value has the name of the node that gives it, so it is the same one wherever it is met. Steps and bodies never change;
what rewrites them makes new ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from archcalc.codegen.application import arguments_of, parts_of, targets_of
from archcalc.codegen.literals import Expression, Group, prefixed
from archcalc.graph import Node

Path = tuple[Any, ...]
NAME = "name"  # the keyword that a layer's label is given by


class Slot(NamedTuple):
    """An argument in a step: where it is, what Keras calls it, and its text."""

    path: Path
    hint: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """A line: what is called, with which arguments, on which values, and the values that it gives.

    `defaults` are the texts of arguments that may be left out. `names` are what a person would call the values given.
    `when` is the condition on which the step is taken, "" for always.
    """

    made: Group
    reads: tuple[str, ...]
    gives: tuple[str, ...]
    names: tuple[str, ...]
    defaults: Mapping[str, str] = field(default_factory=dict)
    hints: tuple[str, ...] = ()  # what Keras calls the arguments that stand by position
    numbers: frozenset[str] = frozenset()  # arguments for which one number serves all axes
    when: str = ""

    def key(self) -> Any:
        """Equal for steps that do the same with other arguments."""
        return (type(self).__name__, self.when, skeleton(self.made, self.defaults))

    def slots(self) -> Iterator[Slot]:
        """Its arguments, in order."""
        return slots_of(self.made, self.hints)

    def default(self, path: Path) -> str | None:
        """The text of an argument that is left out; None where it may not be."""
        return self.defaults.get(path[0]) if len(path) == 1 else None

    def one_number(self, path: Path) -> bool:
        """Whether one number serves for all axes there."""
        (word,) = path if len(path) == 1 else ("",)
        names = self.hints[word : word + 1] if isinstance(word, int) else (word,)
        return any(name in self.numbers for name in names)

    def filled(self, texts: Mapping[Path, str]) -> Step:
        """With other texts for arguments. A keyword that is not there yet is added, one that is its default left out."""
        return replace(self, made=filled(self.made, texts, self.defaults))


@dataclass(frozen=True, slots=True)
class Apply(Step):
    """A layer, made and applied; or, with `layer_of`, one that several places apply, which is a value itself."""

    node: Node = None  # type: ignore[assignment]
    makes: bool = True
    shared: bool = False

    def key(self) -> Any:
        places = [f"<{i}>" for i in range(len(self.node.inputs))]
        return (*Step.key(self), self.makes, self.shared, arguments_of(self.node, places), targets_of(self.node, self._blanks()))

    def _blanks(self) -> list[str]:
        return [f"<{i}>" for i in range(1 + len(parts_of(self.node)))]


@dataclass(frozen=True, slots=True)
class Call(Step):
    """A call of a function; its arguments follow the values that it reads."""

    function: Any = None

    def key(self) -> Any:
        return (*Step.key(self), id(self.function))

    def filled(self, texts: Mapping[Path, str]) -> Step:
        made = filled(self.made, texts, self.defaults)
        order = {p.name: i for i, p in enumerate(self.function.parameters)} | {NAME: len(self.function.parameters)}
        return replace(self, made=made._replace(items=sorted(made.items, key=lambda item: order.get(keyword_of(item), -1))))


@dataclass(frozen=True, slots=True)
class Stack(Step):
    """Layers that are applied one after the other, in several places. `made` lists them; elsewhere the list is a value that is read."""

    @property
    def makes(self) -> bool:
        return self.made.head == "["


@dataclass(frozen=True, slots=True)
class Loop(Step):
    """A body that is gone through for each of the items that `made` lists. `reads[0]` flows in, and from pass to pass."""

    body: Body = None  # type: ignore[assignment]
    variables: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it goes through a count, not through a list."""
        return self.made.head.startswith("range")

    def key(self) -> Any:
        return (*Step.key(self), self.variables, self.body.key())

    def slots(self) -> Iterator[Slot]:
        yield from Step.slots(self)
        for i, step in enumerate(self.body.steps):
            yield from (slot._replace(path=("body", i, *slot.path)) for slot in step.slots())

    def default(self, path: Path) -> str | None:
        return self.body.steps[path[1]].default(path[2:]) if path[0] == "body" else Step.default(self, path)

    def one_number(self, path: Path) -> bool:
        return self.body.steps[path[1]].one_number(path[2:]) if path[0] == "body" else Step.one_number(self, path)

    def filled(self, texts: Mapping[Path, str]) -> Step:
        own = {path: text for path, text in texts.items() if path[0] != "body"}
        steps = list(self.body.steps)
        for i, step in enumerate(steps):
            steps[i] = step.filled({path[2:]: text for path, text in texts.items() if path[:2] == ("body", i)})
        return replace(self, made=filled(self.made, own, self.defaults), body=self.body._replace(steps=tuple(steps)))


class Body(NamedTuple):
    """Steps, the values that flow into them, and those that come out.

    `otherwise`: what a value is, where the step that gives it is not taken.
    """

    steps: tuple[Step, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    otherwise: Mapping[str, str] = {}

    def all_steps(self) -> Iterator[Step]:
        """Its steps, and those in loops."""
        for step in self.steps:
            yield step
            if isinstance(step, Loop):
                yield from step.body.all_steps()

    def key(self) -> Any:
        """Equal for bodies that do the same with other arguments."""
        number = {value: i for i, value in enumerate(self.inputs)}
        rows = []
        for step in self.steps:
            rows.append((step.key(), tuple(number.get(r, r) for r in step.reads)))
            for value in step.gives:
                number[value] = len(number)
        return len(self.inputs), tuple(rows), tuple(number.get(o, o) for o in self.outputs)


def variables_in(step: Step) -> tuple[str, ...]:
    """The loop variables in a step."""
    if not isinstance(step, Loop):
        return ()
    own = (name for text in step.variables for name in re.findall(r"\w+", text))
    return (*own, *(v for s in step.body.steps for v in variables_in(s)))


# ---- arguments --------------------------------------------------------------------------------------------------

_KEYWORD = re.compile(r"([a-zA-Z_]\w*)=(?!=)")


def keyword_of(item: Expression) -> str:
    """The keyword that an argument is given by; "" for one that stands by its position."""
    found = _KEYWORD.match(item if isinstance(item, str) else item.head)
    return found[1] if found else ""


def _bare(item: Expression) -> Expression:
    """An argument without its keyword."""
    cut = len(keyword_of(item)) + 1 if keyword_of(item) else 0
    return item[cut:] if isinstance(item, str) else item._replace(head=item.head[cut:])


def skeleton(made: Expression, defaults: Mapping[str, str] = {}) -> Any:
    """What is left of an expression without the texts of its arguments, and without arguments that may be left out."""
    if isinstance(made, str):
        return ""
    items = [i for i in made.items if keyword_of(i) not in defaults or not isinstance(i, str)]
    return made.head, tuple((keyword_of(i), skeleton(_bare(i))) for i in items), made.tail


def slots_of(made: Group, hints: tuple[str, ...] = (), path: Path = ()) -> Iterator[Slot]:
    """The arguments in an expression that are plain text, those of inner calls too."""
    for i, item in enumerate(made.items):
        word = keyword_of(item)
        hint = word or (hints[i] if i < len(hints) else "value")
        bare = _bare(item)
        if isinstance(bare, str):
            yield Slot((*path, word or i), hint, bare)
        else:
            yield from slots_of(bare, (), (*path, word or i))


def filled(made: Group, texts: Mapping[Path, str], defaults: Mapping[str, str] = {}) -> Group:
    """An expression with other texts for some of its arguments."""
    items: list[Expression] = []
    there = set()
    for i, item in enumerate(made.items):
        word = keyword_of(item)
        there.add(word)
        bare = _bare(item)
        if isinstance(bare, str):
            text = texts.get((word or i,), bare)
            if not word or defaults.get(word) != text:
                items.append(f"{word}={text}" if word else text)
        else:
            inner = {path[1:]: text for path, text in texts.items() if path[0] == (word or i)}
            changed = filled(bare, inner)
            items.append(prefixed(f"{word}=", changed) if word else changed)
    more = {path[0]: text for path, text in texts.items() if len(path) == 1 and isinstance(path[0], str) and path[0] not in there}
    added = [f"{word}={text}" for word, text in more.items() if defaults.get(word) != text]
    last = [i for i in items if keyword_of(i) == NAME]  # a name stays at the end
    return made._replace(items=[*(i for i in items if keyword_of(i) != NAME), *added, *last])
