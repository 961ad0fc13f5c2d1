"""Programs with something wrong: anything, somewhere in the text; or statements that are out of place."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction

from chance import Chance
from drawn_programs import Program
from restyled import tokens
from terms import Compare, In, Name, Neg, Num, Seq
from written import Definition, For, If, Ref, Statement

# ---- anything -----------------------------------------------------------------------------------------------------

PIECES = (
    "{", "}", "(", ")", "[", "]", ",", ";", ":", "->", "=", "==", "/", "//", "*", "**", "-", "+", "x", "×", ".", "%", '"', "#", "\n", "in", "from",
    "network", "block", "let", "def", "table", "for", "if", "else", "not", "input", "output", "branch", "repeat", "reuse", "conv", "3x3", "relu", "same",
    "0", "1", "in[1]", "e[:]", "in.c", "N", "unit", "train", "layout channels_first", "dtype", "expect", "$", "\0", "é", "true", "none", "1e9", "(),",
)  # fmt: skip
NUMBERS = ("0", "-1", "10**30", "1" + "0" * 40, "0.5", "1/3", "2**600", "1e-3", "none", "[]", "4k", "100000", "2x2", "()", '"s"')


def corrupted(text: str, chance: Chance) -> str:
    """The text with one to three things wrong."""
    for _ in range(chance.number(1, 3)):
        pieces = tokens(text)
        places = [i for i, piece in enumerate(pieces) if piece.strip()]
        if not places:
            return text
        text = "".join(chance.one(WAYS)(pieces, places, chance))
    return text


def _delete(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    del pieces[chance.one(places)]
    return pieces


def _double(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    at = chance.one(places)
    return [*pieces[:at], pieces[at], " ", *pieces[at:]]


def _insert(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    at = chance.one(places)
    return [*pieces[:at], chance.one(PIECES), chance.one((" ", "")), *pieces[at:]]


def _replace(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    pieces[chance.one(places)] = chance.one(PIECES)
    return pieces


def _swap(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    one = chance.number(0, len(places) - 1)
    other = min(one + chance.number(1, 3), len(places) - 1)
    i, j = places[one], places[other]
    pieces[i], pieces[j] = pieces[j], pieces[i]
    return pieces


def _rename(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    names = [i for i in places if pieces[i][0].isalpha()]
    if names:
        at = chance.one(names)
        other = pieces[chance.one(names)]
        pieces[at] = chance.one((other, pieces[at] + "s", pieces[at][:-1] or "y", pieces[at].upper(), pieces[at][::-1], "nothing"))
    return pieces


def _renumber(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    numbers = [i for i in places if pieces[i][0].isdigit()]
    if numbers:
        pieces[chance.one(numbers)] = chance.one(NUMBERS)
    return pieces


def _brace(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    brackets = [i for i in places if pieces[i] in "()[]{}"]
    if brackets:
        del pieces[chance.one(brackets)]
    return pieces


def _lines(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    lines = "".join(pieces).split("\n")
    i, j = chance.number(0, len(lines) - 1), chance.number(0, len(lines) - 1)
    way = chance.number(0, 2)
    if way == 0:
        del lines[i]
    elif way == 1:
        lines.insert(j, lines[i])
    else:
        lines[i], lines[j] = lines[j], lines[i]
    return ["\n".join(lines)]


def _argument(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    commas = [i for i in places if pieces[i] == ","]
    if not commas:
        return pieces
    at = chance.one(commas)
    end = next((i for i in range(at + 1, len(pieces)) if pieces[i] in (",", ")", "]", "}") or pieces[i].startswith("\n")), len(pieces))
    return pieces[:at] + pieces[end:]


def _cut(pieces: list[str], places: list[int], chance: Chance) -> list[str]:
    return pieces[: chance.one(places)]


WAYS: tuple[Callable[[list[str], list[int], Chance], list[str]], ...] = (
    _delete, _double, _insert, _replace, _swap, _rename, _rename, _renumber, _renumber, _brace, _lines, _lines, _argument, _cut,
)  # fmt: skip


# ---- statements out of place ------------------------------------------------------------------------------------------

OTHER_KINDS = (
    "conv", "dense", "flatten", "gap", "maxpool", "lstm", "bn", "add", "concat", "sub", "dot", "reshape", "depthwise", "embedding", "mha", "upsample", "input",
    "output", "branch", "repeat", "reuse", "train", "layout", "dtype", "bidirectional", "time_distributed", "stacked_rnn", "conv_transpose", "unit", "b", "Part",
    "N", "zero_pad", "crop", "permute", "rbf", "subsample", "groupnorm", "gru", "repeat_vector", "activation", "adaptive_avgpool", "einsum_dense", "Conv3D",
)  # fmt: skip


def scramble(program: Program, chance: Chance) -> None:
    """Change one to four statements of a program, for good: their kind, arguments, sources, labels, places. What comes of it may be right."""
    bodies = [top.body for top in program.tops if isinstance(top, Definition)]
    for item in program.statements():
        bodies += [body for inner in ("body", "then", "otherwise") if (body := getattr(item, inner, None)) is not None]
    for _ in range(chance.number(1, 4)):
        full = [body for body in bodies if body]
        body = chance.one(full)
        at = chance.number(0, len(body) - 1)
        item, way = body[at], chance.number(0, 9)
        if way == 0:
            del body[at]
        elif way == 1:
            chance.one(bodies).append(body.pop(at))
        elif way == 2:
            body.insert(chance.number(0, len(body)), deepcopy(item))
        elif isinstance(item, Statement):
            _scramble_statement(item, way, program, chance)
        elif isinstance(item, For):
            item.values = chance.one((Num(3), Seq("list", ()), Name("nowhere"), In(), item.values, Seq("list", (Num(1), Num(0)))))
        elif isinstance(item, If):
            item.condition = chance.one((Num(1), Name("nowhere"), Compare(In(), (("==", Num(1)),)), Name("false"), Name("true")))
        if not any(bodies):
            return


def _scramble_statement(item: Statement, way: int, program: Program, chance: Chance) -> None:
    labels = [s.label for s in program.statements() if isinstance(s, Statement) and s.label] or ["a"]
    if way == 3:
        item.kind = chance.one(OTHER_KINDS)
    elif way == 4:
        item.sources = [Ref(((name, chance.one((None, None, "all", Num(0), Num(1)))),)) for name in chance.several(labels, 1, 3)]
    elif way == 5:
        item.sources = [Ref(at=chance.one((None, Num(1)))) for _ in range(chance.number(0, 2))]
    elif way == 6:
        item.label = chance.one((None, *labels))
    elif way == 7 and item.arguments:
        argument = chance.one(item.arguments)
        values = (
            Num(0),
            Num(3),
            Num(10**30),
            Neg(Num(1)),
            Num(Fraction(1, 2), "1/2"),
            Name("same"),
            Name("nowhere"),
            Seq("size", (Num(3), Num(2))),
            Seq("list", ()),
            In(),
        )
        argument.value, argument.bare = chance.one(values), ""
    elif way == 8 and item.arguments:
        chance.one((item.arguments.pop, item.arguments.reverse))()
    else:
        item.size = chance.one((None, Num(4), Seq("size", (Num(4), Num(4), Num(2))), Name("nowhere")))
