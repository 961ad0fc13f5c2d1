"""Every layer kind, and every class of `keras.layers` with its kind or the reason why it has none: docs/layers.md.

    python scripts/keras_layers.py            print the table of Keras's classes
    python scripts/keras_layers.py --write    write docs/layers.md from the declarations
    python scripts/keras_layers.py --record   read the names of the classes from the Keras that is installed, then write

All but `--record` works without Keras: the names, and the version that has them, are in keras_classes.txt beside this file.
"""  # noqa: INP001  a script

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from archcalc.argtypes import Flag  # noqa: E402  the checkout's own, installed or not
from archcalc.arguments import Arg  # noqa: E402
from archcalc.graph import say_shape  # noqa: E402
from archcalc.registry import FAMILIES, TRAINABLE, every_kind, find_kind, refused  # noqa: E402
from archcalc.spec import Example, Layer  # noqa: E402
from archcalc.values import said  # noqa: E402

PAGE = ROOT / "docs" / "layers.md"
RECORD = Path(__file__).with_name("keras_classes.txt")

INTRODUCTION = """\
# Layer kinds

`python scripts/keras_layers.py --write` writes this page from the declarations in `archcalc/layers/`. `archcalc layers KIND` prints
what it says of one kind.

Arguments are given by position, by name (`stride=2`), or, where they take words, by the word alone (`same`, `relu`). A yes-or-no
argument is set by its name and unset by `no` and its name. Keras's names are taken too, of arguments and of classes. Each example is
a line, what flows in, and what comes out: one sample, without the batch, channels last.

Every kind that has weights takes the word `frozen`, or Keras's `trainable=false`, besides what is said of it below.
"""


def recorded() -> tuple[str, list[str]]:
    """The version of Keras, and the names of its classes, as they were when they were recorded."""
    version, *names = RECORD.read_text(encoding="utf-8").split()
    return version, names


def installed() -> tuple[str, list[str]]:
    """The version of the Keras that is installed, and the names of its public layer classes."""
    keras = importlib.import_module("keras")
    found = vars(keras.layers).items()
    return keras.__version__, sorted(name for name, value in found if inspect.isclass(value) and not name.startswith("_"))


def place(name: str) -> str:
    """What becomes of a class of Keras: its kind, or why it has none."""
    found = find_kind(name)
    return _link(found[0]) if found else f"none: {refused(name)}"


def table(version: str, names: list[str]) -> str:
    """Every class of Keras with its place."""
    said_first = f"Keras {version} has {len(names)}. One that is no kind is refused where it is written (E132), with the reason."
    rows = [f"| `{name}` | {place(name)} |" for name in names]
    return "\n".join(["## Every class of keras.layers", "", said_first, "", "| class | kind |", "| --- | --- |", *rows]) + "\n"


def page(version: str, names: list[str]) -> str:
    """The whole page."""
    families: dict[str, list[type[Layer]]] = {}
    for cls in every_kind().values():
        families.setdefault(cls.family, []).append(cls)
    parts = [INTRODUCTION, "\n".join(f"- {_title(f)}: {', '.join(map(_link, families[f]))}" for f in sorted(families)) + "\n"]
    for family in sorted(families):
        module = importlib.import_module(f"{FAMILIES}.{family}")
        parts += [f"## {_title(family)}\n", inspect.cleandoc(module.__doc__ or "") + "\n"]
        parts += [_section(cls) for cls in families[family] if not _is_plain(cls)]
        if plain := [cls for cls in families[family] if _is_plain(cls)]:
            rows = [f"| `{cls.kind}` | {cls.summary()} |" for cls in plain]
            parts.append("\n".join(["Without arguments:", "", "| kind | what it is |", "| --- | --- |", *rows]) + "\n")
    return "\n".join([*parts, table(version, names)])


def _is_plain(cls: type[Layer]) -> bool:
    """Whether a line says it all: it has no arguments, and no class of Keras, and one example, its name."""
    return all(a is TRAINABLE for a in cls.args) and not cls.keras and [e.line for e in cls.examples] == [cls.kind]


def _title(family: str) -> str:
    return family.replace("_", " ").capitalize()


def _link(cls: type[Layer]) -> str:
    return f"`{cls.kind}`" if _is_plain(cls) else f"[`{cls.kind}`](#{cls.kind})"


def _section(cls: type[Layer]) -> str:
    lines = [f"### `{cls.kind}`", "", inspect.cleandoc(cls.__doc__ or ""), ""]
    classes = [cls.keras.format(rank=rank) for rank in (cls.ranks if "{rank}" in cls.keras else ("",))] if cls.keras else []
    others = [alias.format(rank=rank) for alias in cls.aliases for rank in (cls.ranks if "{rank}" in alias else ("",))]
    if classes:
        lines += [f"In Keras: {_code(classes)}." + (f" Also called {_code(others)}." if others else ""), ""]
    elif others:
        lines += [f"Also called {_code(others)}.", ""]
    if any(a is not TRAINABLE for a in cls.args):
        rows = [_argument(a, cls) for a in cls.args if a is not TRAINABLE]
        lines += ["| argument | what it is | given | default |", "| --- | --- | --- | --- |", *rows, ""]
    width = max((len(e.line) for e in cls.examples), default=0)
    shown = [f"{e.line:<{width}}    {_flow(e)}" for e in cls.examples]
    return "\n".join([*lines, "```text", *shown, "```", ""])


def _flow(example: Example) -> str:
    """What flows in, and what comes out."""
    return " -> ".join([*([", ".join(map(say_shape, example.inputs))] if example.inputs else []), say_shape(example.output)])


def _code(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _argument(a: Arg, cls: type[Layer]) -> str:
    """A row: its names, its prose, how it is given, and its default."""
    first, *others = a.names
    names = f"`{first}`" + (f" ({_code(others)})" if others else "")
    places = [b.name for b in cls.args if b.positional and b.type.by_position]
    if isinstance(a.type, Flag):
        given = f"`{first}` or `no{first}`"
    else:
        by = "by position, " if a.name in places else "`/2`, " if a.slash else ""
        given = by + a.type.says
    default = "required" if a.required else "" if a.default is None else f"`{said(a.default)}`"
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in (names, a.prose, given, default)) + " |"


def main(arguments: list[str] | None = None) -> int:
    """Print, write, or record and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write docs/layers.md")
    parser.add_argument("--record", action="store_true", help="take the names of the classes from the Keras that is installed, then write")
    given = parser.parse_args(arguments)
    if given.record:
        version, names = installed()
        RECORD.write_text("\n".join([version, *names]) + "\n", encoding="utf-8")
    if given.write or given.record:
        PAGE.write_text(page(*recorded()), encoding="utf-8")
    else:
        print(table(*recorded()), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
