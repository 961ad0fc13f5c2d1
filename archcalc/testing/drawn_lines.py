"""Lines of the language, drawn at random: a kind with arguments, and what stands inside of a wrapper."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from archcalc.api import analyze
from archcalc.argtypes import Choice, Flag, TableName
from archcalc.arguments import Arg
from archcalc.graph import say_shape
from archcalc.layers.options import Option
from archcalc.registry import every_kind
from archcalc.spec import Example, Layer, Wrapper
from archcalc.testing.arguments import Around, Shape, draw_value
from archcalc.testing.chance import Chance

GIVEN = 22  # of a hundred optional arguments
NO_LAYERS = ("input", "custom")  # an input is drawn where a layer needs one; what custom does nobody knows
ALIASED = 10  # of a hundred kinds and arguments that have another name


class Line(NamedTuple):
    """A statement without its label and without what it reads: `head` is the kind and its arguments, `body` stands in braces."""

    head: str
    body: str = ""

    def reading(self, sources: Iterable[str] = ()) -> str:
        """The statement that reads these layers; what the one before puts out, if none are given."""
        read = ", ".join(sources)
        return " ".join(filter(None, (self.head, read and f"from {read}", self.body and f"{{ {self.body} }}")))


def draw_line(chance: Chance, cls: type[Layer], around: Around) -> Line:
    """A line of this kind. Its arguments fit what flows in by good luck alone."""
    around = around._replace(given={})
    arguments = [_argument(chance, a, around) for a in cls.args if a.required or chance.percent(GIVEN)]
    body = _body(chance, cls, around) if issubclass(cls, Wrapper) else ""
    return Line(" ".join([_name(chance, cls, around), ", ".join(arguments)]).strip(), body)


def _name(chance: Chance, cls: type[Layer], around: Around) -> str:
    """The kind, or Keras's name of its class, which says the number of spatial axes."""
    rank = cls().rank_of(*around.inputs)
    if cls.keras is None or not chance.percent(ALIASED) or ("{rank}" in cls.keras and rank not in cls.ranks):
        return cls.kind
    return cls.keras.format(rank=rank)


def _argument(chance: Chance, a: Arg, around: Around) -> str:
    value = draw_value(chance, a.type, around)
    around.given[a.name] = value
    off = getattr(a.type, "off", None)
    if isinstance(a.type, Flag):
        return chance.one(((a.name, f"no{a.name}")[value == "false"], f"{a.name}={value}"))
    if off is not None and value == off and chance.percent(50):
        return f"no{a.name}"
    bare = value in a.type.words and not (isinstance(a.type, TableName | Option) and value not in a.type.words)
    if (a.required and a.positional and a.type.by_position) or (bare and chance.percent(70)):
        return value
    if a.slash and value.replace("x", "").isdigit() and chance.percent(50):
        return f"/{value}"
    if a.required and isinstance(a.type, Choice):
        return value
    return f"{chance.one(a.names) if chance.percent(ALIASED) else a.name}={value}"


def _body(chance: Chance, cls: type[Wrapper], around: Around) -> str:
    """What stands inside of a wrapper: one layer, or several where it holds them all."""
    seen = around._replace(inputs=tuple(map(cls().inside, around.inputs)))
    count = 1 if cls.single else chance.number(1, 3)
    inside = [draw_line(chance, chance.one(_holds(cls.kind)), seen) for _ in range(count)]
    return "; ".join(line.reading() for line in inside)


@cache
def _holds(wrapper: str) -> tuple[type[Layer], ...]:
    """The kinds that a wrapper can stand around: those of whose examples it takes one."""
    cls = every_kind()[wrapper]
    kinds = (kind for name, kind in every_kind().items() if name not in NO_LAYERS)
    return tuple(kind for kind in kinds if any(_takes(cls, example) for example in kind.examples))


def _takes(cls: type[Layer], example: Example) -> bool:
    names = [f"i{n}" for n in range(len(example.inputs))]
    inputs = "".join(f"{n}: input {say_shape(x)}; " for n, x in zip(names, example.inputs, strict=True))
    analysis = analyze(text=f"network N {{ {inputs}{cls.kind} from {', '.join(names)} {{ {example.line} }} }}")
    return all(d.code != "E134" for d in analysis.diagnostics)


def patterns(cls: type[Layer]) -> tuple[tuple[Shape, ...], ...]:
    """The shapes that flow into a kind's examples. Where they have equal sizes, what it reads has."""
    return tuple(dict.fromkeys(example.inputs for example in cls.examples))


def reads_indices(cls: type[Layer]) -> bool:
    """Whether a kind may read whole numbers as the indices of entries."""
    return cls.indices is not Layer.indices and not issubclass(cls, Wrapper)
