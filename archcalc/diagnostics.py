"""What can be wrong with a program: the table of codes, and one finding. Nothing here prints.

Codes are stable. E0 text and syntax, E1 names and arguments, E2 expressions, E3 shapes, E4 expectations, E5 the
training recipe; W warns. A message is made of a finding's facts: `{input}` is the fact called `input`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.source import Span

LONGEST_FACT = 200


class Code(NamedTuple):
    """A message with places for the facts, and the page that `archcalc explain CODE` prints."""

    message: str
    page: str


class Diagnostic:
    """One finding: where, what (a code and its facts), further places with a word on each, and what to write instead."""

    __slots__ = ("code", "facts", "fixes", "layer", "related", "span")

    def __init__(
        self,
        code: str,
        span: Span | None,
        facts: dict[str, Any] | None = None,
        *,
        related: tuple[tuple[Span, str], ...] = (),
        fixes: tuple[str, ...] = (),
        layer: str | None = None,
    ) -> None:
        self.code = code
        self.span = span
        self.facts = facts or {}
        self.related = related
        self.fixes = fixes
        self.layer = layer

    @property
    def severity(self) -> str:
        return "warning" if self.code.startswith("W") else "error"

    @property
    def message(self) -> str:
        return CODES[self.code].message.format_map({name: _short(fact) for name, fact in self.facts.items()})

    def __repr__(self) -> str:
        return f"{self.code}: {self.message}"


def _short(fact: Any) -> Any:
    """A fact that fits into a message: of a very long one, both ends."""
    if isinstance(fact, int | float):
        return fact
    text = str(fact)
    return fact if len(text) <= LONGEST_FACT else f"{text[:60]}...{text[-20:]}"


def has_errors(findings: list[Diagnostic]) -> bool:
    """Whether any of them is an error, and not only a warning."""
    return any(d.severity == "error" for d in findings)


def in_order(findings: list[Diagnostic]) -> list[Diagnostic]:
    """By place in the source, file by file in the order in which they come up; each said once."""
    unique = {(d.code, d.span, d.message): d for d in findings}
    files: dict[int, int] = {}
    for d in findings:
        if d.span:
            files.setdefault(id(d.span.source), len(files))
    places = {key: (files[id(d.span.source)], d.span.start) if d.span else (-1, -1) for key, d in unique.items()}
    return [unique[key] for key in sorted(unique, key=lambda key: (places[key], key[0]))]


CODES: dict[str, Code] = {
    # ---- text and syntax
    "E001": Code(
        "this is not UTF-8 text: byte {byte} at offset {offset}{hint}",
        "An .arch file is UTF-8 text, with or without a byte order mark. Save the file as UTF-8.",
    ),
    "E002": Code("there is a NUL character in the text", "An .arch file is text. A NUL character is a sign of a binary file."),
    "E003": Code("the file is empty: there is no network in it", "A file holds at least one `network NAME { ... }`."),
    "E004": Code(
        "the text has {size} characters; at most {limit} are read",
        "A network is written with loops and blocks, not with megabytes of text.",
    ),
    "E005": Code("this is nested more than {limit} deep", "Put inner parts into names of their own with `let`."),
    "E010": Code("{found} is not expected here; {expected}", "The text does not follow the grammar at this place."),
    "E011": Code(
        "a `{closer}` is missing for the {what} opened on line {line}",
        "Every bracket that is opened is closed. The place shown is where the text went on without it.",
    ),
    "E012": Code("this `{closer}` closes nothing", "There is a closing bracket without its opening one."),
    "E013": Code("the quote is not closed on its line", 'A string starts and ends with `"` on one line.'),
    "E014": Code("the character {char} means nothing here", "The language has no use for this character outside strings and comments."),
    "E015": Code(
        "{name} runs together: write `{spaced}`",
        "Between names, the `x` of a size needs spaces: `H x W x 3`. Between numbers it needs none: `28x28x6`.",
    ),
    "E016": Code("this number has {digits} digits; at most {limit} are read", "Write large numbers as `2**64` or `60M`."),
    "E017": Code(
        "the rows of table {name} differ in length: row {row} has {got} columns, the first has {expected}",
        "Each row of a table is one input map, each column one output map; all rows are equally long.",
    ),
    "E018": Code("table {name} has no rows", "A table has one row of `X` and `.` for each input map."),
    # ---- names and arguments
    "E101": Code("there is no layer kind, block or network called {name}", "`archcalc layers` lists every kind."),
    "E102": Code("two things are called {name}", "A name stands for one thing in its network or file."),
    "E103": Code("there is no layer called {name} before this line", "`from` names a label that stands above it."),
    "E104": Code("there is nothing called {name} here", "A name is a parameter, a `let`, a table, or a label above."),
    "E105": Code("{name} comes later, on line {line}; data flows downwards", "`from` names a layer above. Move that layer up."),
    "E106": Code("network {network} has no parameter called {name}", "`-p name=value` sets a parameter in the network's brackets."),
    "E107": Code("there is no network called {name} in this file", "`--network` takes a name that the file defines."),
    "E108": Code("there is no network in this file", "A file holds at least one `network NAME { ... }`."),
    "E109": Code(
        "parameter {name} has no value; give it a default, or a value with `-p`",
        "A parameter without a default is a free size. This version needs a number for it.",
    ),
    "E110": Code("{kind} has no argument called {name}", "`archcalc layers KIND` lists a kind's arguments."),
    "E111": Code("{name} is given twice", "Each argument is given once, by position or by name."),
    "E112": Code("{kind} needs {name}: {prose}", "This argument has no default."),
    "E113": Code("{kind} takes {most} by position; this is one more", "Further arguments are given by name, `name=value`."),
    "E114": Code("{kind} does not know the word {word}", "`archcalc layers KIND` lists the words that each argument knows."),
    "E115": Code(
        "parentheses only group here: `{kind}(...)` is not a call",
        "Arguments follow the kind without parentheses: `conv 32, 3x3`.",
    ),
    "E116": Code("{kind} has no stride for `/` to set", "`/2` is short for `stride=2`."),
    "E117": Code("{kind} takes no `{{ ... }}`", "Only merges, loops, conditions and `train` have a body."),
    "E118": Code("{kind} needs {needs}, and gets {got}", "A merge takes the layers that `from` names, or its branches."),
    "E120": Code("{kind} stands where no layer can stand", "This statement belongs elsewhere."),
    "E121": Code("{argument} is {got}; it takes {says}", "The value does not fit the argument."),
    "E122": Code("{argument} does not know the word {word}; it takes {says}", "The word is not one that the argument knows."),
    "E123": Code("nothing flows into {kind}: no `input` stands above it", "A network starts with `input SIZE`."),
    "E124": Code(
        "in[{index}] is asked for, but {count} flowed in",
        "`in` is what flowed into the innermost block, branch or loop pass; `in[1]` is the second of it.",
    ),
    "E125": Code("network {name} has no layers", "A network has an input and at least one layer."),
    "E126": Code("{name} calls itself", "A block, function or network that calls itself never ends."),
    "E127": Code(
        "network {name} would have {count} layers or more{others}; at most {limit} are built",
        "Loops and blocks are counted before they are expanded.",
    ),
    "E128": Code("nesting is deeper than {limit}", "Blocks and loops nest only so deep."),
    "E129": Code("--input: {problem}", "`--input 64x64x3`, or `--input name=64x64x3` where there are several."),
    "E130": Code(
        "expanding takes more than {limit} statements",
        "Loops, and blocks that call blocks, are counted as they are expanded, also where they make no layers.",
    ),
    "E131": Code("{name} is taken: it stands for {what}", "Give the layer another label."),
    "E132": Code(
        "{name} has no place here: {why}",
        "Keras has this class, but what it does cannot be known without running it, or it is no layer of a network.",
    ),
    "E133": Code(
        "{kind} stands around layers, and there are none in it",
        "A wrapper has a body with what it stands around: `bidirectional { lstm 64 }`.",
    ),
    "E134": Code("{wrapper} cannot stand around {layer}: {why}", "`archcalc layers KIND` says what a wrapper takes."),
    "E135": Code("{kind} comes too late: layers stand above it", "It holds for the whole network, so it stands before the first layer."),
    "E136": Code("{kind} needs {needs}; what flows in is {got}", "A network that is used as a layer takes what its `input` lines declare."),
    "E137": Code(
        "{name} cannot be used again here: {why}",
        "`reuse` applies the same weights once more, so they must fit: the same channels in, the same layers.",
    ),
    "E139": Code("{kind} has no use for {what}", "Take it away, or put it where it counts: nothing is passed over in silence."),
    "E140": Code("{path} cannot be used: {why}", "`use` reads an .arch file, by its path relative to the file that it stands in."),
    "E141": Code(
        "{path} lies outside of the project's folder",
        "A file may use files of its project's folder, and of folders given with `-I FOLDER`. The project's folder is the nearest\n"
        "one above with a .git, a pyproject.toml or an archcalc.toml; else the file's own folder.",
    ),
    "E142": Code("{path} uses itself: {ring}", "Files that use each other in a ring never end. Put what both need into a third."),
    # ---- expressions
    "E201": Code("{op} does not work on {left} and {right}", "The operator needs other kinds of values."),
    "E202": Code("division by zero", "The right side of `/`, `//` or `%` is 0."),
    "E203": Code("the number has more than {limit} bits", "Figures are exact, but not endless."),
    "E204": Code("{name} is no function; known are {known}", "Expressions know a fixed list of functions, and those of `def`."),
    "E205": Code("{name}: {problem}", "The function was called with what it does not take."),
    "E206": Code("index {index} is outside of {count}", "Indices count from 0; negative ones from the end."),
    "E207": Code("there is no {name} of {what}", "This value does not have that figure."),
    "E208": Code("the expression is nested too deep", "Put its parts into names of their own with `let`."),
    "E209": Code("this is {got}; {wanted} is needed", "Another kind of value is needed here."),
    "E210": Code(
        "a `/` inside a size: is it a stride or a whole division?",
        "`4x4, /2` is a size and a stride. `4x(4//2)` divides.",
    ),
    "E211": Code("{name} has {count} entries; at most {limit} are made", "Lists are counted before they are made."),
    "E212": Code("evaluating takes more than {limit} steps", "A function that calls itself, or loops in loops, cost too much."),
    # ---- shapes
    "E301": Code(
        "the kernel does not fit: an input of {input} padded by {padding} is shorter than a kernel that spans {reach}",
        "A window needs at least one place to stand: n + 2p >= f, where f is d(f - 1) + 1 with dilation d.",
    ),
    "E302": Code("{kind} needs {wanted}; what flows in is {shape}", "The number of axes does not fit the layer."),
    "E303": Code("{argument} has {got} entries; what flows in has {rank} spatial {axes}", "One number, or one for each spatial axis."),
    "E304": Code(
        "{filters} filters and {channels} input channels do not divide into {groups} groups", "Both must be multiples of `groups`."
    ),
    "E305": Code(
        "table {table} is {rows}x{columns}; {channels} input maps and {filters} output maps need {channels}x{filters}",
        "A connection table has a row for each input map and a column for each output map.",
    ),
    "E306": Code(
        "column {column} of table {table} is empty: output map {column} reads nothing", "Every output map reads at least one input map."
    ),
    "E307": Code(
        "{kind} cannot merge {left} with {right}: {problem}",
        "Arithmetic merges need equal axes, or 1, as NumPy broadcasts; concat needs all axes but one equal; dot, the two that it\n"
        "sums over. Attention needs a value for every key, and keys as long as the queries where nothing projects them.",
    ),
    "E308": Code("the output is {got}, not {declared}", "`-> size` is checked against what comes out."),
    "E309": Code("{input} has {have} values; {target} needs {need}", "Reshaping keeps the number of values."),
    "E310": Code("-1 in {target} has no whole number: {have} values do not divide by {rest}", "-1 stands for what is left."),
    "E311": Code("{first} and {second} do not go together: {why}", "Two arguments contradict each other."),
    "E312": Code(
        "axis {axis} is outside of a shape with {rank} axes",
        "Axes count as in Keras: the batch is 0, a sample's axes are from 1 on, or from -1 backwards.",
    ),
    "E313": Code(
        "{kind} begins with a state {name} of {wanted}; what flows in for it is {got}",
        "`lstm 64 from x, h, c`: after the sequence come the states that a recurrent layer begins with, each of the size that it has\n"
        "at the end. Without them it begins with zeros.",
    ),
    "E314": Code("{cut} cut off an axis of {input} leaves nothing", "What is cut off at both ends is less than the axis has."),
    "E315": Code("what comes out would have {what}; at most {limit} are counted", "Sizes are exact, but not endless."),
    # ---- expectations
    "E401": Code("expected {text}, but {left} {op} {right} does not hold", "An expectation is checked against the figures."),
    "E402": Code("expected {text}, but it is {got}", "An expectation is checked against the figures."),
    # ---- training
    "E501": Code("the recipe has no line called {name}", "`train { data mnist; optimizer adam, 1e-3; loss mse; epochs 5; batch 128 }`"),
    "E502": Code("a recipe has this line already", "Each line of a recipe is given once."),
    "E503": Code(
        "{name} is no output of {network}",
        "`loss which=mse, age=mae` names outputs by their labels: those after `output from`, or the last layer's.",
    ),
    # ---- warnings
    "W101": Code(
        "no window reads {lost}: {working}",
        "The rule (n + 2p - f)/s + 1 is rounded down. Where the stride does not go up, the rows and columns at the end are\n"
        "read by no window: their pixels do not reach the output.",
    ),
    "W102": Code("{name} reaches no output, and is left out{more}", "Name what the network puts out with `output from a, b`."),
    "W103": Code("{name} of {where} is never used", "Use it, or take it away: it may have been meant somewhere."),
    "W104": Code(
        "{name} of {where} is read by nothing",
        "`archcalc check --strict` says so of each label. A label also names its layer in the tables, so this may be meant.",
    ),
}
