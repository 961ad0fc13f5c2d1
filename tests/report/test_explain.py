"""explain: what a teacher would write, walked back to the input; blocks and totals; Markdown and LaTeX."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest
from running import ROOT, one_of_each_file
from running import archcalc as command

import archcalc
from archcalc.analysis import Analysis
from archcalc.analysis.sources import sources
from archcalc.figures import FIGURES
from archcalc.report.explain import FORMS, explain, explanation
from archcalc.report.explain.blocks import Equation, Table
from archcalc.report.explain.typeset import typeset

EXAMPLES = one_of_each_file()
LENET5 = str(ROOT / "examples" / "lenet5.arch")
SUBCLASS = str(ROOT / "examples" / "mnist_subclass.arch")
RESNET = str(ROOT / "examples" / "resnet50.arch")


def told(path: str, target: str, form: str = "text") -> str:
    text, problem = explanation(archcalc.analyze(path), target, form)
    assert problem is None
    return text


def rows(text: str) -> list[str]:
    """The lines of the way back to the input, without what is beside the layer's name and its shape."""
    back = text.partition("where the sizes come from:")[2].split("\n\n")[0]
    return [line.strip() for line in back.splitlines() if line.startswith("    ")]


def test_the_connection_table_ends_in_its_sum() -> None:
    assert told(LENET5, "C3.params").splitlines()[-1] == "  = (5*5*3 + 1)*6 + (5*5*4 + 1)*9 + (5*5*6 + 1)*1 = 1516"


@pytest.mark.parametrize("target", ["F6.shape", "F6.params"])
def test_a_dense_layer_is_walked_back_to_the_input(target: str) -> None:
    back = [re.split(r"   +", line) for line in rows(told(LENET5, target)) if re.match(r"\w+( \(|   )", line)]
    assert [row[0] for row in back] == [
        "flatten_1 (flatten)",
        "C5 (conv)",
        "S4 (subsample)",
        "C3 (conv)",
        "S2 (subsample)",
        "C1 (conv)",
        "input",
    ]
    assert [row[1] for row in back] == ["120", "1x1x120", "5x5x16", "10x10x16", "14x14x6", "28x28x6", "32x32x1"]
    assert back[0][2].endswith("= 1*1*120 = 120")
    assert "filters = 120" in back[1][2]
    assert back[5][2] == "(n + 2*p - f)//s + 1 = (32 + 2*0 - 5)//1 + 1 = 28"


def test_a_flattened_size_and_where_its_sides_come_from() -> None:
    program = "network N { input 28x28x1; repeat 2 { conv 64, 5x5, same; maxpool 2x2 }; flatten: flatten; dense 10 }"
    text = explanation(archcalc.analyze(text=program), "flatten.shape")[0]
    assert text.splitlines()[-1] == "  = 7*7*64 = 3136"
    assert "(14 + 2*0 - 2)//2 + 1 = 7" in text and "(28 + 2*0 - 2)//2 + 1 = 14" in text and "filters = 64" in text and "28x28x1" in text
    assert "flat" in told(SUBCLASS, "flat.shape") and "7x7x64" in told(SUBCLASS, "flat.shape")


def test_only_what_makes_a_size_is_in_the_way_back() -> None:
    """Rectifiers and normalisations hand sizes on; a sum of equals follows one of them."""
    program = "network N { input 9x9x2; a: conv 4, 3x3, pad=1; bn; relu; b: conv 4, 1x1; add from a, b; flatten; L: dense 3 }"
    table = next(b for b in explain(archcalc.analyze(text=program), "L.params") if isinstance(b, Table))
    assert [row[0].split(" (")[0] for row in table.rows] == ["flatten_1", "a", "input"]


def test_channels_that_several_branches_make_are_all_followed() -> None:
    program = "network N { input 9x9x2; a: conv 4, 3x3; b: conv 5, 3x3 from input; concat from a, b; L: conv 7, 3x3 }"
    table = next(b for b in explain(archcalc.analyze(text=program), "L.params") if isinstance(b, Table))
    made = {row[0].split(" (")[0]: row[2] for row in table.rows}
    assert made == {"concat_1": "c1 + c2 = 4 + 5 = 9", "b": "filters = 5", "a": "filters = 4"}


def test_the_way_back_is_the_same_where_channels_come_first() -> None:
    last = "network N { input 16x20x3; conv 4, 3x5, /2; maxpool 2x1; flatten; L: dense 5 }"
    first = last.replace("input 16x20x3", "layout channels_first; input 3x16x20")
    tables = [next(b for b in explain(archcalc.analyze(text=t), "L.params") if isinstance(b, Table)) for t in (last, first)]
    by_layer = [{row[0]: set(row[2].split("; ")) for row in table.rows[1:]} for table in tables]
    assert by_layer[0] == by_layer[1]


def test_what_a_state_is_read_from_is_followed() -> None:
    program = "network N { input 5x3; enc: lstm 6, states; L: dense 2 from enc.state_h }"
    table = next(b for b in explain(archcalc.analyze(text=program), "L.params") if isinstance(b, Table))
    assert table.rows == (("enc.state_h", "6", "as enc puts it out"), ("enc (lstm)", "6", "units = 6"))


def value(formula: str) -> int:
    """What a text of numbers and whole operations comes to, worked out by Python itself."""
    known = {"ceil": math.ceil, "max": max, "min": min, "gcd": math.gcd}
    exact = re.sub(r"(?<!/)/(?!/)", "*F(1)/", formula) if "ceil" in formula else formula
    return int(eval(exact, {"__builtins__": {}}, {**known, "F": Fraction}))


@pytest.mark.parametrize("path", EXAMPLES)
def test_every_size_comes_to_what_its_numbers_say(path: str) -> None:
    analysis = archcalc.analyze(str(path))
    for row in analysis.rows:
        found = sources(row.node)
        assert [int(s.value) for s in found] == list(row.output_shape or ())
        for source in found:
            assert value(source.numbers) == int(source.value)
            if source.same:
                ((which, axis),) = source.reads
                assert (row.node.inputs[which].shape or ())[axis] == int(source.value)


@pytest.mark.parametrize("path", EXAMPLES)
def test_every_figure_of_every_layer_and_block_is_explained_in_every_form(path: str) -> None:
    """Of large networks the first layers and blocks of each kind."""
    analysis = archcalc.analyze(str(path))
    kinds = {row.kind: row.name for row in reversed(analysis.rows)}
    blocks = {group.kind: group.name for group in reversed(analysis.graph.groups) if group.outputs}
    for name in [*kinds.values(), *blocks.values(), "total"]:
        for figure in ("shape", *FIGURES):
            for form in FORMS:
                text, problem = explanation(analysis, f"{name}.{figure}", form)
                assert (problem is None and text.endswith("\n")) or (name == "total" and problem == "total has no shape")
                if form == "latex" and problem is None:
                    check_latex(text)


def check_latex(text: str) -> None:
    """Braces, brackets and environments are closed, and no special character stands for itself outside of mathematics."""
    plain = re.sub(r"\\[\\{}$&#%_]", "", text)
    assert plain.count("{") == plain.count("}")
    assert plain.count("$") % 2 == 0
    assert len(re.findall(r"\\left", plain)) == len(re.findall(r"\\right", plain)) + 0
    assert re.findall(r"\\begin\{(\w+\*?)\}", text) == re.findall(r"\\end\{(\w+\*?)\}", text)
    assert set(re.findall(r"\\([A-Za-z]+)", text)) <= {
        "paragraph", "texttt", "text", "begin", "end", "toprule", "midrule", "bottomrule", "cdot", "times", "frac", "left", "right", "lfloor", "rfloor",
        "lceil", "rceil", "item", "mathrm", "quad", "max", "min", "gcd", "bmod", "operatorname", "textbackslash", "textasciicircum", "textasciitilde", "textless",
        "textgreater",
    }  # fmt: skip
    outside = re.sub(r"\$.*?\$|\\begin\{align\*\}.*?\\end\{align\*\}", "", plain, flags=re.S)
    assert not re.search(r"[_^#%]", outside), outside


def worked(latex: str) -> int:
    """What a typeset formula of numbers comes to: a reader of its own, by the meaning of LaTeX's commands."""
    text = latex.replace("{,}", "").replace(r"\cdot", "*").replace(r"\times", "*")
    while (at := text.rfind(r"\frac{")) >= 0:
        above, end = group(text, at + len(r"\frac"))
        below, end = group(text, end)
        text = f"{text[:at]}F({above})/F({below}){text[end:]}"
    text = (
        text.replace(r"\left\lfloor", "floor(")
        .replace(r"\right\rfloor", ")")
        .replace(r"\left\lceil", "ceil(")
        .replace(r"\right\rceil", ")")
    )
    text = (
        text.replace(r"\left(", "(")
        .replace(r"\right)", ")")
        .replace("\\max", "max")
        .replace("\\min", "min")
        .replace("\\gcd", "gcd")
        .replace("\\bmod", "%")
    )
    known = {"floor": math.floor, "ceil": math.ceil, "max": max, "min": min, "gcd": lambda a, b: math.gcd(int(a), int(b))}
    return int(eval(text, {"__builtins__": {}}, {**known, "F": lambda x: Fraction(x)}))


def group(text: str, at: int) -> tuple[str, int]:
    """What is in braces from there on, and where they end."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if not depth:
            return text[at + 1 : i], i + 1
    raise AssertionError(text)


@pytest.mark.parametrize("path", EXAMPLES)
def test_what_is_typeset_comes_to_the_same(path: str) -> None:
    analysis = archcalc.analyze(str(path))
    for row in analysis.rows:
        for derivation in analysis.derivations(row.name).values():
            for part in derivation.text.split("; "):
                if "x" not in part and " = " in part:
                    numbers, _, result = part.rpartition(" = ")
                    assert worked(typeset(numbers)) == int(result)


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        ("(n + 2*p - f)//s + 1", r"\left\lfloor \frac{n + 2 \cdot p - f}{s} \right\rfloor + 1"),
        ("(5*5*3 + 1)*6", r"(5 \cdot 5 \cdot 3 + 1) \cdot 6"),
        ("ceil(n/s)", r"\left\lceil \frac{n}{s} \right\rceil"),
        ("n_out*c_out", r"n_{\mathrm{out}} \cdot c_{\mathrm{out}}"),
        ("2*macs + bias adds", r"2 \cdot \text{macs} + \text{bias adds}"),
        ("28x28x6", r"28 \times 28 \times 6"), ("n x n x filters", r"n \times n \times \text{filters}"), ("1000000", "1{,}000{,}000"),
        ("f_1*d_k + n2", r"f_{1} \cdot d_{k} + n_{2}"), ("a - (b - c)", "a - (b - c)"), ("max(n, 3)", r"\max(n, 3)"), ("-1", "-1"),
        ("a; b", r"a;\quad b"), ("100% of it_!", r"\text{100\% of it\_!}"), ("(((", r"\text{(((}"), ("", r"\text{}"), ("(" * 200 + "1" + ")" * 200, None),
        ("}\\input{x}", r"\text{\}\textbackslash{}input\{x\}}"),
    ],
)  # fmt: skip
def test_formulas_are_typeset(formula: str, latex: str | None) -> None:
    assert typeset(formula) == (latex if latex is not None else rf"\text{{{formula}}}")


def test_names_cannot_steer_latex_or_markdown() -> None:
    program = 'network N { input 4; "a$b_c#|`\\\\x": dense 3; dense 2 }'
    analysis = archcalc.analyze(text=program)
    name = analysis.rows[0].name
    for figure in ("params", "shape"):
        check_latex(explanation(analysis, f"{name}.{figure}", "latex")[0])
    total = explanation(analysis, "total.params", "markdown")[0]
    cell = next(line for line in total.splitlines() if "15" in line)
    assert len(re.findall(r"(?<!\\)\|", cell)) == 3


# ---- blocks and totals


def numbers(table: Table) -> list[tuple[int, str, int]]:
    """The rows as (depth, name, figure)."""
    return [((len(n) - len(n.lstrip())) // 2, n.strip(), int(v.replace(",", "") or 0)) for n, v in table.rows]


def check_sums(found: list[tuple[int, str, int]], depth: int, total: int) -> None:
    """Each subtotal is the sum of what stands under it, and the total that of the outermost."""
    assert sum(v for d, _, v in found if d == depth) == total
    for i, (d, _, v) in enumerate(found):
        under = []
        for below in found[i + 1 :]:
            if below[0] <= d:
                break
            under.append(below)
        if under:
            check_sums(under, d + 1, v)


@pytest.mark.parametrize("figure", ["params", "macs", "connections", "flops"])
@pytest.mark.parametrize("path", EXAMPLES)
def test_totals_are_the_sums_of_their_terms_and_subtotals(path: str, figure: str) -> None:
    analysis = archcalc.analyze(str(path))
    table = next(b for b in explain(analysis, f"total.{figure}") if isinstance(b, Table))
    if table.rows:
        check_sums(numbers(table), 0, getattr(analysis.totals, figure))


def test_a_block_instance_has_its_layers_and_their_sum() -> None:
    analysis = archcalc.analyze(RESNET)
    block = next(b for b in explain(analysis, "conv2_x.params") if isinstance(b, Table))
    found = numbers(block)
    assert {name for depth, name, _ in found if depth == 0} == {f"conv2_x.bottleneck_{i} (bottleneck)" for i in (1, 2, 3)}
    check_sums(found, 0, next(g for g in analysis.graph.groups if g.name == "conv2_x").row.params)
    assert "as conv2_x." in told(RESNET, "conv2_x.shape")


def test_a_block_inside_a_block_is_found_by_its_name() -> None:
    text = told(str(ROOT / "examples" / "transformer.arch"), "encoder[0].feed_forward_1.params")
    assert text.splitlines()[-1].split() == ["encoder[0].feed_forward_1", "2,099,712"]  # (512 + 1)*2048 + (2048 + 1)*512


# ---- targets


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("C3", "names no figure"), ("C3.parms", "did you mean C3.params?"), ("C33.params", "did you mean C3?"), ("total.shape", "total has no shape"),
        ("nothing.at.all", "names no figure"), (".params", "there is no layer called"), ("", "names no figure"),
    ],
)  # fmt: skip
def test_a_target_that_is_none_is_said_to_be(target: str, says: str) -> None:
    text, problem = explanation(archcalc.analyze(LENET5), target)
    assert text == "" and says in (problem or "")


def test_what_is_unknown_is_said_to_be_and_its_origin_too() -> None:
    analysis = archcalc.analyze(text="network N { input 4x4x1; a: conv 2, 9x9; b: conv 3, 3x3; flatten }")
    for target in ("a.params", "b.shape", "b.macs", "total.params"):
        for form in FORMS:
            assert explanation(analysis, target, form)[1] is None
    assert "?" in explanation(analysis, "b.macs")[0]


def test_a_shared_layer_says_whose_weights_it_has() -> None:
    analysis = archcalc.analyze(text="network N { input 4; a: dense 4; b: reuse a }")
    assert "its weights are those of a" in explanation(analysis, "b.params")[0]


@pytest.mark.parametrize("form", FORMS)
def test_the_command_writes_each_form(form: str) -> None:
    ran = command("explain", "examples/lenet5.arch", "C3.params", "--format", form, cwd=ROOT)
    assert (ran.code, ran.err) == (0, "")
    assert {"text": "= 1516", "markdown": "## C3.params", "latex": "&= 1{,}516"}[form] in ran.out


def test_deep_and_long_networks_are_walked_back_without_recursion() -> None:
    analysis = archcalc.analyze(text="network N { input 9x9x1; repeat 3000 { conv 1, 3x3, pad=1 }; flatten; L: dense 3 }")
    assert len(explanation(analysis, "L.params")[0].splitlines()) > 3000


# ---- other tools


@pytest.mark.parametrize("figure", ["macs", "flops"])
def test_a_total_shows_every_convention_with_what_it_counts(figure: str) -> None:
    text = told(str(ROOT / "examples" / "vgg16.arch"), f"total.{figure}")
    assert "15,470,264,320" in text  # archcalc's MACs, and fvcore's
    for tool, printed in {"tensorflow": "30,960,211,824", "torch": "30,940,528,640", "torchinfo": "15,483,821,032"}.items():
        assert re.search(rf"{tool} .* {printed} ", text)


def of(analysis: Analysis, target: str) -> Equation:
    return next(b for b in explain(analysis, target) if isinstance(b, Equation))


def test_every_line_of_a_working_comes_to_the_figure() -> None:
    analysis = archcalc.analyze(LENET5)
    for row in analysis.rows:
        for figure in FIGURES:
            if getattr(row, figure):
                last = of(analysis, f"{row.name}.{figure}")
                assert (last.steps or (last.formula,))[-1].rpartition(" = ")[2] == str(getattr(row, figure))
