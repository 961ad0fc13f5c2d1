"""What programs are spoiled with: values that no network has, pieces of syntax, names, bytes."""

from __future__ import annotations

from archcalc.registry import every_kind
from archcalc.testing.chance import Chance

NUMBERS = (
    "0", "1", "2", "3", "4", "-1", "-2", "7", "10**9", "10**30", "2**600", "2**64", "1e9", "0.5", "1/3", "1e-3", "1e-300", "60k", "4.2M",
    "256KiB", "9" * 40, "9" * 151, "1_000", "none", "true", "[]", "()", "(1,)", "[1, 2]", "[[1], [2]]", "2x2", "1x1x1x1x1x1x1x1", "H",
    "in.c", "range(100)", "1000000", "65536",
)  # fmt: skip

# Where any of these comes out of a page or a program as anything but text, it was not escaped. The call is looked for in generated code.
INJECTED = "_injected_"
TEXTS = (
    "a", "a b", "a/b", "a.b", "0", "", " ", "é", "名", "a\u0301", "\u202ea", "\u200b", "\ufeff", "\x1b[31m", "\x07", "\x7f", "\x85",
    "\u2028", "\t", "\\", "'", "{", "}", "<fuzz>", "</style><fuzz>", "<!--", "&lt;", "' fuzz='", "{{ 7 * 7 }}", "{x}", "%s", "=1+1", "@a",
    "|", "$x$", r"\input", "\\n", '\\"', "🦊", "\U000e0041", "a" * 300, f"');{INJECTED}();('", f"\\');{INJECTED}();(\\'", "None", "class",
    "in", "total", "input", "x", "https://a", "con", "../a.arch", "lib.arch", "/dev/zero", "\r",
)  # fmt: skip

PIECES = (
    "{", "}", "(", ")", "[", "]", ",", ";", ":", "->", "=", "==", "!=", "<", "<=", "/", "//", "*", "**", "-", "+", "x", "\u00d7", ".", "%",
    '"', "#", "\n", "\r\n", "\r", "\t", "in", "from", "network", "block", "let", "def", "table", "use", "for", "if", "else", "not", "and",
    "or", "expect", " in ", " x ", "in[1]", "in[0]", "e[:]", "e[-1]", "network N { input 4; dense 3 }", "branch { }", "repeat 2 { relu }",
    "repeat 0 { }", "reuse a", "output from a", "layout channels_first", "dtype float16", "train { data digits; loss mse; epochs 2 }",
    "from a, a", "-> 8x8x4", "a: ", '"a b": ', "nobias", "same", "axis=1", "axis=-1", "stride=2", "/2", "pad=1", "dilation=2", "groups=2",
    "units=3", "if true { } else { }", "for i in range(3) { e: dense i + 1 }", "add { branch { } branch { dense 3 } }",
    "bidirectional { lstm 4 }", "dtype mixed_float16", "max(1, 2)", "len([])", "expect total.params > 0", "expect a.c == 2", "let a = 1\n",
    "def f(n) = f(n - 1)\n", "table T { X.\n.X }\n", 'use "lib.arch"\n', " # archcalc: ignore W101\n", "# archcalc: ignore-file W103, a\n",
    "1 if 1 else 2", "[] * 10**30", "[1] * 2", "[1, 2] + [3]",
)  # fmt: skip

BYTES = (
    b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80", b"\x1b]0;a\x07", b"\r",
    b"\x0b", b"\x0c", b"\xc2\xa0", b"\xe2\x80\xae", b"\xcc\x81", b"\xf0\x9f\xa6\x8a", b"\x1a", b"\x7f", b"\xc2\x85", b"\xe2\x80\xa8",
)  # fmt: skip

CONFIGS = (
    b'strict = true\nignore = ["W101"]\n\n[per-file-ignores]\n"lib/*.arch" = ["W102"]\n\n[W113]\nshare = 0.5\nparams = 1000\n',
    b'select = ["W104", "W105"]\n',
)  # fmt: skip

NAMES = (
    "a", "b", "c", "e", "i", "n", "x", "N", "T", "u", "f", "in_", "self", "total", "input", "same", "none", "true", "名", "é", "_",
    "__class__", "a0",
)  # fmt: skip
FUNCTIONS = (
    "range", "len", "max", "min", "sum", "abs", "zip", "enumerate", "ceil", "floor", "round", "sqrt", "log2", "prod", "reversed", "f",
)  # fmt: skip
CONTROL = ("input", "output", "branch", "repeat", "reuse", "train", "layout", "dtype", "add", "concat")


def kinds() -> tuple[str, ...]:
    """The names of all kinds, and of what stands where a kind does."""
    return (*every_kind(), *CONTROL)


def words() -> tuple[str, ...]:
    """The names of all arguments, and the words that they know."""
    found: dict[str, None] = {}
    for kind in every_kind().values():
        for a in kind.args:
            found.update(dict.fromkeys((a.name, *a.type.words)))
    return tuple(found)


def nested(chance: Chance) -> str:
    """Something in something, up to a few thousand deep."""
    opening, closing = chance.one(
        (
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("repeat 1 { ", " }"),
            ("not ", ""),
            ("- ", ""),
            ("2**", ""),
            ("a[", "]"),
            ("1 + ", "1"),
            ("f(", ")"),
        )
    )
    deep = chance.one((3, 20, 99, 100, 101, 400, 3000))
    return opening * deep + chance.one(("1", "a", "relu", "")) + closing * deep
