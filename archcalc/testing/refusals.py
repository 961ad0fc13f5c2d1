"""Single layers drawn without regard to what fits: what Keras refuses archcalc refuses, and the reverse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from archcalc.api import Analysis, analyze
from archcalc.codegen import CodegenError
from archcalc.codegen.application import arguments_of
from archcalc.codegen.construct import construction
from archcalc.codegen.literals import flat
from archcalc.graph import Node, say_shape
from archcalc.sizes import Refusal
from archcalc.spec import Layer
from archcalc.testing.arguments import Around, Shape
from archcalc.testing.chance import Chance
from archcalc.testing.draft import NAME
from archcalc.testing.drawn_lines import draw_line, patterns, reads_indices
from archcalc.testing.keras_side import KerasFails, load_program
from archcalc.testing.sides import BATCH
from archcalc.verify.errors import MissingBackendError

LONGEST = 7  # of an axis


class Case(NamedTuple):
    """A network of one layer, `L`; and whether its inputs are whole numbers."""

    program: str
    whole: bool


class Verdict(NamedTuple):
    """What archcalc and Keras say of a layer: the code and Keras's words, "" from who accepts it.

    `skipped` says why they cannot be compared; `known` why they may differ.
    """

    archcalc: str
    keras: str
    skipped: str = ""
    known: str = ""

    @property
    def differs(self) -> bool:
        """Whether one refuses what the other accepts, for no reason that is known."""
        return not self.skipped and not self.known and bool(self.archcalc) != bool(self.keras)


def draw_case(chance: Chance, kinds: Sequence[type[Layer]]) -> Case:
    """A layer of one of these kinds, on inputs that may not fit it: of another rank, or of sizes that differ."""
    cls = chance.one(kinds)
    inputs = tuple(_like(chance, x) for x in chance.one(patterns(cls)))
    around = Around(inputs, chance.percent(15), {}, {})
    line = draw_line(chance, cls, around)
    names = [f"i{n}" for n in range(len(inputs))]
    lines = [*(["layout channels_first"] if around.first else [])]
    lines += [f"{name}: input {say_shape(x)}" for name, x in zip(names, inputs, strict=True)]
    tables = "".join(f"table {name} {{\n{rows}\n}}\n" for name, rows in around.tables.items())
    body = "\n ".join([*lines, f"L: {line.reading(names)}"])
    return Case(f"{tables}network {NAME} {{\n {body}\n}}\n", reads_indices(cls))


def _like(chance: Chance, x: Shape) -> Shape:
    """Another shape, of as many axes or of one more or less."""
    sizes = [n if n <= LONGEST and chance.percent(50) else chance.number(1, LONGEST) for n in x]
    if chance.percent(12):
        sizes = [*sizes, chance.number(1, 4)] if chance.percent(50) else sizes[1:]
    return tuple(sizes) or (1,)


def judge(keras: Any, case: Case) -> Verdict:
    """Ask both. Keras is asked to build the layer, and to run it once."""
    analysis = analyze(text=case.program, network=NAME)
    errors = [d.code for d in analysis.diagnostics if d.severity == "error"]
    node = next((n for n in analysis.graph.layers if n.name == "L"), None)
    if node is None or node.layer is None:
        return Verdict(errors[0] if errors else "", "", "an argument alone is refused")
    if type(node.layer).keras is None:
        return Verdict(errors[0] if errors else "", "", "Keras has no such layer")
    if errors and any(not a.keras for a in node.layer.args if a.name in node.layer.given()):
        return Verdict(errors[0], "", "Keras has no such argument")
    code = errors[0] if errors else ""
    try:
        source = _program(analysis, node)
    except (CodegenError, Refusal, ArithmeticError, ValueError, IndexError, AttributeError, TypeError) as error:
        return Verdict(code, "", f"no Keras call can be written: {type(error).__name__}")
    try:
        said = _asked(keras, source, case, analysis)
    except MissingBackendError as error:
        return Verdict(code, "", str(error))
    return Verdict(code, said, known=known_reason(node.layer, code) if code and not said else "")


def _program(analysis: Analysis, node: Node) -> str:
    """A program with a function that makes the layer and calls it. Where archcalc refuses it, its shape is made up."""
    if node.shape is None:
        node.shape = node.inputs[0].shape if node.inputs else (1,)
    made = construction(node, "")
    if made.parts and analysis.graph.findings:
        raise CodegenError("the layer is none of Keras's")
    imports, bodies = {"import keras"}, []
    for part in dict.fromkeys(made.parts):
        needed, body = part.source()
        imports |= needed
        bodies.append(body)
    names = [n.name for n in node.inputs]
    call = f"def call({', '.join(names)}):\n    return {flat(made.expression)}({arguments_of(node, names)})\n"
    return "\n\n\n".join(["\n".join(sorted(imports)), *bodies, call])


def _asked(keras: Any, source: str, case: Case, analysis: Analysis) -> str:
    """What Keras says where it refuses to build or to run it; "" where it does both, and puts out what it announces."""
    dtype = "int32" if case.whole else "float32"
    try:
        inputs = [keras.Input(n.shape, dtype=dtype) for n in analysis.graph.inputs]
        out = keras.tree.flatten(load_program(source).call(*inputs))
        model = keras.Model(inputs, out)
        values = model([keras.ops.zeros((BATCH, *(n.shape or ())), dtype) for n in analysis.graph.inputs], training=False)
        announced, came = ([tuple(v.shape[1:]) for v in keras.tree.flatten(vs)] for vs in (out, values))
        return "" if announced == came else f"it announces {announced}, and puts out {came}"
    except ImportError as error:
        raise MissingBackendError(str(error)) from None
    except Exception as error:  # noqa: BLE001  whatever it is, Keras refuses
        return str(KerasFails("do", error))


def known_reason(layer: Layer, code: str) -> str:
    """Why archcalc refuses a layer that Keras accepts; "" if that is not known."""
    return KNOWN_DIFFERENCES.get((layer.kind, code), KNOWN_DIFFERENCES.get((layer.family, code), ""))


HEADS = "Keras takes the heads for steps, or the same steps twice"
BATCH_FOR_STEPS = "Keras takes the batch for steps: one sample attends to others"
ONE_FEATURE = "Keras adds the one feature of a key to all of the query's"
BROADCAST = "Keras broadcasts a state of another length, where one of the two lengths is 1"
EQUAL = "Keras announces one shape and puts out another; here their sizes happen to be equal"
NOISE = "Keras looks at `noise_shape` only when it trains, or takes the batch for its first axis"
# What archcalc refuses with a code and Keras accepts: of a kind, or of a family.
KNOWN_DIFFERENCES = {
    ("augmentation", "E302"): "Keras looks at axes and channels only when it trains, or takes the batch for rows",
    ("dropout", "E311"): NOISE,
    ("alpha_dropout", "E311"): NOISE,
    ("resize", "E302"): "Keras takes the batch for rows",
    ("center_crop", "E302"): "Keras takes the batch for rows",
    ("stacked_rnn", "E118"): "Keras leaves the states of further cells unread",
    ("mha", "E121"): HEADS,
    ("attention", "E302"): BATCH_FOR_STEPS,
    ("additive_attention", "E302"): BATCH_FOR_STEPS,
    ("category_encoding", "E302"): EQUAL,
    ("hashing", "E302"): EQUAL,
    ("integer_lookup", "E302"): EQUAL,
    ("spectral_norm", "E134"): "Keras cannot train it",
    ("attention", "E307"): ONE_FEATURE,
    ("additive_attention", "E307"): ONE_FEATURE,
    ("rnn_cell", "E313"): BROADCAST,
    ("lstm_cell", "E313"): BROADCAST,
    ("gru_cell", "E313"): BROADCAST,
}
