"""A kind's arguments: each is declared once, with its type, a line of prose and its default."""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import ValueType


class Required:
    """The default of an argument that has none."""

    def __repr__(self) -> str:
        return "required"


REQUIRED = Required()


class Arg:
    """One argument of a kind. `keras` is Keras's name for it, where that is another; both are accepted.

    `keras_needs` says that Keras has no default for it, although the language has one. `called` says that Keras takes it
    where the layer is called, not where it is made.
    """

    __slots__ = ("called", "default", "keras", "keras_needs", "name", "names", "positional", "prose", "slash", "symbol", "type")

    def __init__(
        self,
        type: ValueType,
        prose: str,
        default: Any = REQUIRED,
        *,
        keras: str | None = None,
        short: tuple[str, ...] = (),
        symbol: str | None = None,
        positional: bool = True,
        slash: bool = False,
        keras_needs: bool = False,
        called: bool = False,
    ) -> None:
        self.name = ""
        self.type = type
        self.prose = prose
        self.default = default
        self.keras = keras
        self.names = short
        self.symbol = symbol
        self.positional = positional
        self.slash = slash
        self.keras_needs = keras_needs
        self.called = called

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.keras = name if self.keras is None else self.keras
        self.names = (name, *(n for n in (*self.names, self.keras) if n and n != name))
        self.symbol = self.symbol or name

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


def arg(type: ValueType, prose: str, default: Any = REQUIRED, **options: Any) -> Any:
    """Declare an argument: its type, a line of prose, and a default unless it is required.

    Options: `keras` (Keras's name for it; "" if Keras has none), `short` (further names), `symbol` (in formulas),
    `positional` (False: only by keyword), `slash` (True: `/2` binds to it), `keras_needs` (True: Keras has no default),
    `called` (True: Keras takes it where the layer is called).
    """
    return Arg(type, prose, default, **options)
