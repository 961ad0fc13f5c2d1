"""Programs made at random: token soup, near-programs, and programs of the grammar's own shape."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = [
    "network", "N", "{", "}", "input", "conv", "dense", "add", "branch", "repeat", "for", "if", "else", "in", "from", "expect", "let", "def", "use",
    "table", "block", "train", "output", "layout", "(", ")", "[", "]", ",", ";", ":", "->", "=", "==", "!=", "<", "<=", "+", "-", "*", "/", "//", "%",
    "**", ".", "x", "×", "and", "or", "not", "X..X", "..", "C1", "C1:", "C1.params", "total.macs", "8", "3x3", "28x28x1", "1e-3", "60k", "5.", "same",
    "relu", "nobias", "e[0]", "e[:]", '"a b"', '"a b":', '"open', "#c", "\n", "\n", "\n", " ", "\t", "\r\n", "é", "\0", "'", "$", "1/0", "10**9", "reuse",
    "flatten", "maxpool", "max(", "range(", "in.c", "in[1]", "true", "none", "data digits", "dtype", "float16", "2**999", "groups=2", "maps=T", "T",
]  # fmt: skip
token_soup = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)
in_a_network = token_soup.map("network N {{ input 8x8x4\n {} }}".format)

names = st.sampled_from(["a", "b", "x", "table", "C1", "same", "in_c"])
numbers = st.sampled_from(["1", "2", "3", "8", "1e-3", "60k", "0.5"])
atoms = (
    names
    | numbers
    | st.sampled_from(["3x3", "8 x 8 x 1", "true", "[1, 2]", "(1,)", "()", '"s"', "in.c", "f(1, 2)", "a[0].c", "[]", "(\n 1 +\n 2)"])
)
expressions = st.recursive(
    atoms,
    lambda e: (
        st.tuples(e, st.sampled_from(["+", "-", "*", "//", "%", "**", "/", "==", "<", "in", "not in", "and", "or", "x"]), e).map(" ".join)
        | e.map("({})".format)
        | e.map("-{}".format)
        | e.map("not {}".format)
        | st.tuples(e, e, e).map("{0[0]} if {0[1]} else {0[2]}".format)
        | st.tuples(e, e).map("[{0[0]}, {0[1]}, ]".format)
    ),
    max_leaves=5,
)
arguments = st.lists(
    expressions | expressions.map("k={}".format) | expressions.map("/{}".format) | st.sampled_from(["same", "relu", "nobias"]), max_size=3
)
kinds = st.sampled_from(["conv", "dense", "relu", "add", "output", "b.c", "nonsense", "table"])
labels = st.just("") | names.map("{}: ".format) | st.just('"q r": ')
sources = st.just("") | st.sampled_from([" from a", " from a, b", " from in[1], e[:]", ' from "q r".c'])
sizes = st.just("") | st.just(" -> 8x8x1")
layers = st.tuples(labels, kinds, arguments.map(", ".join), sources, sizes).map(lambda p: f"{p[0]}{p[1]} {p[2]}{p[3]}{p[4]}")
simple = layers | st.tuples(names, expressions).map("let {0[0]} = {0[1]}".format) | expressions.map("expect {}".format)


def body(statements: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(statements, max_size=4).flatmap(
        lambda items: st.lists(st.sampled_from(["\n", "; ", "\n\n", " # c\n", "\r\n"]), min_size=len(items), max_size=len(items)).map(
            lambda ends: "{ " + "".join(i + e for i, e in zip(items, ends, strict=True)) + "}"
        )
    )


statements = st.recursive(
    simple,
    lambda s: (
        st.tuples(st.sampled_from(["repeat 2", "branch", "add", "train", "m: add"]), body(s)).map(" ".join)
        | st.tuples(expressions, body(s)).map("if {0[0]} {0[1]}".format)
        | st.tuples(expressions, body(s), body(s)).map("if {0[0]} {0[1]} else {0[2]}".format)
        | st.tuples(expressions, body(s)).map("for i, (j, k) in {0[0]} {0[1]}".format)
    ),
    max_leaves=6,
)
tops = (
    st.tuples(names, body(statements)).map("network {0[0]} {0[1]}".format)
    | st.tuples(names, expressions, body(statements)).map("block {0[0]}(a, b = {0[1]}) {0[2]}".format)
    | st.tuples(names, expressions).map("let {0[0]} = {0[1]}".format)
    | st.tuples(names, expressions).map("def {0[0]}(a, b = 2,) = {0[1]}".format)
    | st.just("table T { X.X\n .X.\n}")
    | st.just('use "other.arch"')
)
programs = st.lists(tops, max_size=3).map("\n".join)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A program with one piece cut out, doubled, or another put in."""
    text = draw(programs)
    at = draw(st.integers(0, max(len(text) - 1, 0)))
    length = draw(st.integers(0, 6))
    return (
        text[:at]
        + draw(st.sampled_from(["", " ", text[at : at + length] * 2, ",", "}", "{", ")", "else", ":", "\n", " x "]))
        + text[at + length :]
    )
