"""Every command and its options, as data: the quick reader and click are both made from this table."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

from archcalc.figures import CONVENTIONS
from archcalc.languages import LANGUAGES
from archcalc.report.drawing import STYLES

Values = dict[str, Any]


class Option(NamedTuple):
    """An option: `many` collects, `flag` takes no value, `choices` are all that it takes."""

    names: tuple[str, ...]
    help: str
    default: Any = None
    choices: tuple[str, ...] = ()
    metavar: str = "TEXT"
    many: bool = False
    flag: bool = False
    number: type[int | float] | None = None
    least: float = 0

    @property
    def key(self) -> str:
        """Its name among the values: that of the longest spelling."""
        return max(self.names, key=len).lstrip("-").replace("-", "_")


class Argument(NamedTuple):
    """What stands without a dash."""

    name: str
    required: bool = True
    many: bool = False


class Command(NamedTuple):
    """A command: `run` is "module:function", imported when it is needed."""

    name: str
    help: str
    arguments: tuple[Argument, ...]
    options: tuple[Option, ...]
    run: str

    def load(self) -> Callable[[Values], int]:
        module, _, function = self.run.partition(":")
        found: Callable[[Values], int] = getattr(importlib.import_module(module), function)
        return found


FILE = Argument("FILE")
COLOR = Option(("--color",), "Colour the output.", "auto", ("auto", "always", "never"))
OUT = Option(("-o", "--output"), "Write to this file instead of standard output.", metavar="OUT")
NETWORK = Option(("--network",), "Which network, if the file has several.", metavar="NAME")
PARAMETER = Option(("-p", "--param"), "Set a parameter of the network; the value is an expression.", (), metavar="NAME=EXPR", many=True)
INPUT = Option(("--input",), "Another input size; NAME=SIZE if there are several inputs.", (), metavar="SIZE", many=True)
INCLUDE = Option(("-I", "--include"), "A folder in which files may lie that the program uses.", (), metavar="FOLDER", many=True)
STRICT = Option(("--strict",), "Give every warning there is, also those that are off by default.", False, flag=True)
BATCH = Option(("--batch",), "Samples in a batch: activations take memory for each.", 1, metavar="N", number=int, least=1)
VERIFIED = Option(("--verify",), "Show what verify found: its JSON; as often as needed.", (), metavar="RESULT", many=True)
REAL_TAPS = Option(("--real-taps",), "Leave taps that fall on padding out of the connections.", False, flag=True)
LANG = Option(("--lang",), "The language of the texts.", LANGUAGES[0], LANGUAGES)
CHOOSING = (NETWORK, PARAMETER, INPUT, INCLUDE)
WARNINGS = (
    Option(("--select",), "Give a warning that is off by default; several with commas between.", (), metavar="CODE", many=True),
    Option(("--ignore",), "Do not give a warning.", (), metavar="CODE", many=True),
    Option(("--config",), "Read this configuration, in place of the project's archcalc.toml or pyproject.toml.", metavar="FILE"),
    Option(("--no-config",), "Read no configuration.", False, flag=True),
)

COMMANDS = (
    Command(
        "analyze",
        "Show each layer's shape, parameters, connections and MACs.",
        (FILE,),
        (
            Option(("--format",), "What to write.", "table", ("table", "json", "csv", "markdown", "latex", "html")),
            Option(("--explain",), "Show how each figure came about.", False, flag=True),
            Option(("--depth",), "Fold blocks: 1 makes every instance a line, 2 opens the outermost.", metavar="N", number=int, least=1),
            Option(("--columns",), "What to show after the shape: params,trainable,macs,flops and so on.", metavar="LIST"),
            Option(("--count",), "Whose count stands in place of MACs and FLOPs.", "archcalc", CONVENTIONS),
            BATCH,
            REAL_TAPS,
            LANG,
            OUT,
            *CHOOSING,
            *WARNINGS,
            COLOR,
        ),
        "archcalc.cli.commands:analyze",
    ),
    Command(
        "check",
        "Find mistakes, and decide every expectation; show nothing else.",
        (Argument("FILE", many=True),),
        (Option(("--format",), "What to write.", "text", ("text", "json")), STRICT, PARAMETER, INCLUDE, *WARNINGS, COLOR),
        "archcalc.cli.commands:check",
    ),
    Command(
        "explain",
        "Say how a figure came about (C3.params, total.macs), or what a diagnostic's code means (E301).",
        (FILE, Argument("TARGET", required=False)),
        (Option(("--format",), "What to write.", "text", ("text", "markdown", "latex")), BATCH, REAL_TAPS, LANG, *CHOOSING, COLOR),
        "archcalc.cli.commands:explain",
    ),
    Command(
        "layers",
        "List the layer kinds, or describe one.",
        (Argument("KIND", required=False),),
        (COLOR,),
        "archcalc.cli.commands:layers",
    ),
    Command(
        "report",
        "Write an HTML report.",
        (FILE,),
        (VERIFIED, REAL_TAPS, LANG, OUT, *CHOOSING, *WARNINGS, COLOR),
        "archcalc.cli.commands:report",
    ),
    Command(
        "draw",
        "Draw the network, as SVG.",
        (FILE,),
        (
            Option(("--style",), "Layers as boxes, or stacks of feature maps.", "graph", tuple(STYLES)),
            Option(("--depth",), "Fold blocks: 1 makes every instance a box, 2 opens the outermost.", metavar="N", number=int, least=1),
            LANG,
            OUT,
            *CHOOSING,
            COLOR,
        ),
        "archcalc.cli.commands:draw",
    ),
    Command(
        "import",
        "Write a Keras model (.keras, or the JSON of model.to_json()) as an .arch file. Nothing of it is run.",
        (FILE,),
        (OUT, *WARNINGS, COLOR),
        "archcalc.cli.importing:import_model",
    ),
    Command(
        "diff",
        "Say what changed from network A to network B: the edits, and what follows from each.",
        (Argument("A"), Argument("B")),
        (
            Option(("--format",), "What to write.", "text", ("text", "json", "markdown")),
            Option(("--columns",), "What to show after the shape: params,connections,macs if not given.", metavar="LIST"),
            Option(("--all",), "Show every layer, also of long lists.", False, flag=True),
            Option(("--strict",), "Take another label for a difference, too.", False, flag=True),
            Option(("--network",), "Which network of the files; given twice, the first is A's.", (), metavar="NAME", many=True),
            Option(("-p", "--param"), "Set a parameter; of B alone with B: before it.", (), metavar="[A:|B:]NAME=EXPR", many=True),
            Option(("--input",), "Another input size; of B alone with B: before it.", (), metavar="[A:|B:]SIZE", many=True),
            INCLUDE,
            BATCH,
            OUT,
            COLOR,
        ),
        "archcalc.cli.comparing:diff",
    ),
    Command(
        "zoo",
        "List the networks that ship with archcalc, or write the text of one. FILE of any command may be zoo:NAME.",
        (Argument("NAME", required=False),),
        (Option(("--format",), "How to write the list.", "table", ("table", "json", "csv", "markdown")), OUT, COLOR),
        "archcalc.cli.zoo:zoo",
    ),
    Command(
        "codegen",
        "Write Keras code that builds and trains the network.",
        (FILE,),
        (Option(("--keras",), "For Keras 3 (the only choice so far, and the default).", True, flag=True), OUT, *CHOOSING, *WARNINGS, COLOR),
        "archcalc.cli.building:codegen",
    ),
    Command(
        "verify",
        "Build and train the network in Keras, or compute it in NumPy, and compare it with what was predicted.",
        (FILE,),
        (
            Option(("--engine",), "What to compare with.", "keras", ("keras", "numpy")),
            Option(("--backend",), "What Keras runs on: tensorflow if not given.", None, ("tensorflow", "jax", "torch")),
            Option(
                ("--device",), "Where Keras runs; auto, if not given, takes a GPU if the backend sees one.", None, ("auto", "cpu", "gpu")
            ),
            Option(
                ("--data",),
                "digits, mnist, fashion_mnist, random, or the path of an .npz or idx file; with numpy, of a JSON file with numbers.",
                metavar="DATA",
            ),
            Option(("--epochs",), "How often to go through the data.", metavar="N", number=int, least=1),
            Option(("--seed",), "Of the weights, the split and the order.", 0, metavar="N", number=int),
            Option(("--build-only",), "Build and compare, without training.", False, flag=True),
            Option(("--timeout",), "Give up after so many seconds: 1800 if not given.", metavar="SECONDS", number=float, least=1),
            Option(("--format",), "What to write.", "table", ("table", "json")),
            OUT,
            *CHOOSING,
            *WARNINGS,
            COLOR,
        ),
        "archcalc.cli.building:verify",
    ),
)
