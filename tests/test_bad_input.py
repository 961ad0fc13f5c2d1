"""Whatever is put in, through the command line: exit code 0, 1 or 2, never a traceback, never a hang, never gigabytes."""

from __future__ import annotations

import pytest
from running import Ran, analyze_text, archcalc

NETWORK = "network N {{\n input {size}\n {line}\n}}\n"


def of(line: str, size: str = "8x8x4", head: str = "") -> Ran:
    return analyze_text(head + NETWORK.format(size=size, line=line))


def test_texts_that_are_none() -> None:
    cases = {
        b"": "E003", b"   \n\t": "E003", b"\x7fELF\x02\x01\x01\0\0\0": "E0", bytes(range(256)): "E001", b"\xff\xfen\0e\0t\0": "E001", b"network N {\0}": "E002",
        "network N { input 4; dense 3 }".encode("utf-16"): "UTF-16", b"\xef\xbb\xbf": "E003", b"\xef\xbb\xbf\xef\xbb\xbf": "E",
    }  # fmt: skip
    for data, said in cases.items():
        ran = analyze_text(data)
        assert ran.code == 1 and said in ran.err, (data, ran)


HUGE = {
    "one line of a megabyte": ("network N { input 4; dense " + "1+" * 500_000 + "1 }\n", {0, 1}),
    "a name of a megabyte": ("network N { input 4; " + "a" * 1_000_000 + " 3 }\n", {1}),
    "a string of a megabyte": ('network N { input 4; "' + "a" * 1_000_000 + '": dense 3 }\n', {0, 1}),
    "a comment of nine megabytes": ("#" * 9_000_000 + "\nnetwork N { input 4; dense 3 }\n", {0}),
    "twenty megabytes": ("network N { input 4; dense 3 }\n" * 700_000, {1}),
    "20,000 nested parentheses": ("let a = " + "(" * 20_000 + "1" + ")" * 20_000 + "\n", {1}),
    "20,000 nested lists": ("let a = " + "[" * 20_000 + "]" * 20_000 + "\n", {1}),
    "20,000 nested bodies": ("network N { input 4; " + "repeat 1 { " * 20_000 + "relu" + " }" * 20_000 + " }\n", {1}),
    "unclosed braces": ("network N { " * 20_000, {1}),
    "closing braces": ("}" * 20_000, {1}),
    "a tower of powers": ("network N { input 4; dense 10**10**9 }\n", {1}),
    "powers in a row": ("network N { input 4; dense " + "2**" * 5_000 + "2 }\n", {1}),
    "5,000 digits": ("network N { input 4; dense " + "9" * 5_000 + " }\n", {1}),
    "5,000 digits after the point": ("network N { input 4; dropout 0." + "1" * 5_000 + " }\n", {1}),
    "an exponent of a billion": ("network N { input 4; dense 1e1000000000 }\n", {1}),
    "an exponent of 5,000 digits": ("network N { input 4; dense 1e" + "9" * 5_000 + " }\n", {1}),
    "a deep not": ("network N { input 4; dense 3\n expect " + "not " * 30_000 + "true }\n", {1}),
    "deep signs": ("network N { input 4; dense " + "- " * 30_000 + "3 }\n", {1}),
    "a deep condition": ("network N { input 4; dense " + "1 if true else " * 10_000 + "1 }\n", {0, 1}),
    "deep attributes": ("network N { input 4; a: dense 3\n dense a" + ".c" * 30_000 + " }\n", {1}),
    "deep indices": ("network N { input 4; a: dense 3\n dense a" + "[0]" * 30_000 + " }\n", {1}),
    "deep or": ("network N { input 4; dense 3\n expect " + "false or " * 30_000 + "true }\n", {0, 1}),
    "a chain of comparisons": ("network N { input 4; dense 3\n expect " + "1 < " * 30_000 + "2 }\n", {1}),
    "a deep else if": ("network N { input 4\n" + "if false { relu } else " * 5_000 + "{ dense 3 } }\n", {0, 1}),
    "a sum of 100,000 terms": ("network N { input 4; dense " + "+".join(["1"] * 100_000) + " }\n", {0}),
    "a size of 100,000 entries": ("network N { input " + "x".join(["1"] * 100_000) + "; flatten }\n", {1}),
    "a list of 100,000 entries": ("let a = [" + "1, " * 100_000 + "]\nnetwork N { input 4; dense len(a) }\n", {0}),
    "20,000 labels": ("network N { input 4\n" + "".join(f"l{i}: relu\n" for i in range(20_000)) + "}\n", {0}),
    "a let of a let": ("".join(f"let a{i} = a{i - 1} + a{i - 1}\n" if i else "let a0 = 1\n" for i in range(2_000)) + "network N { input 4; dense a10 }\n", {0, 1}),
    "lists that double": ("let a0 = [1]\n" + "".join(f"let a{i} = a{i - 1} + a{i - 1}\n" for i in range(1, 60)) + "network N { input 4; dense len(a59) }\n", {1}),
    "lists of lists that double": ("let a0 = [1]\n" + "".join(f"let a{i} = [a{i - 1}, a{i - 1}]\n" for i in range(1, 60)) + "network N(p = a59) { input 4; dense 2 }\n", {0, 1}),
    "comparing lists that double": (
        "let a0 = [1]\n" + "".join(f"let a{i} = [a{i - 1}, a{i - 1}]\n" for i in range(1, 40)) + "let b0 = [1]\n"
        + "".join(f"let b{i} = [b{i - 1}, b{i - 1}]\n" for i in range(1, 40)) + "network N { input 4; dense 2\n expect a39 == b39 }\n", {0, 1},
    ),
    "showing lists that double": (
        "let a0 = [1]\n" + "".join(f"let a{i} = [a{i - 1}, a{i - 1}]\n" for i in range(1, 40)) + "network N { input 4; dense a39 }\n", {1},
    ),
    "a function that calls itself twice": ("def f(n) = f(n - 1) + f(n - 1)\nnetwork N { input 4; dense f(10**9) }\n", {1}),
    "a function that doubles": ("def f(n) = 1 if n == 0 else f(n - 1) + f(n - 1)\nnetwork N { input 4; dense f(30) }\n", {1}),
    "functions that call each other": ("def f(n) = g(n)\ndef g(n) = f(n)\nnetwork N { input 4; dense f(1) }\n", {1}),
    "a billion passes": ("network N { input 4; repeat 10**9 { } }\n", {1}),
    "a billion layers": ("network N { input 4; repeat 10**9 { relu } }\n", {1}),
    "a loop over a billion": ("network N { input 4; for i in range(10**9) { relu } }\n", {1}),
    "loops in loops": ("network N { input 4; " + "repeat 1000 { " * 6 + "relu" + " }" * 6 + " }\n", {1}),
    "loops in loops with nothing in them": ("network N { input 4; dense 3\n " + "repeat 1000 { " * 8 + "let a = 1" + " }" * 8 + " }\n", {1}),
    "loops over lists in loops": ("network N { input 4; dense 3\n " + "for i in range(1000) { " * 4 + "if false { relu }" + " }" * 4 + " }\n", {1}),
    "loops in merges": ("network N { input 4; add { " + "for i in range(1000) { " * 4 + "branch { }" + " }" * 4 + " } }\n", {1}),
    "loops of labels": ("network N { input 4; repeat 30000 { e: relu } }\n", {0}),
    "blocks that double": ("block b0 { relu }\n" + "".join(f"block b{i} {{ b{i - 1}; b{i - 1} }}\n" for i in range(1, 40)) + "network N { input 4; b39 }\n", {1}),
    "empty blocks that double": ("block b0 { }\n" + "".join(f"block b{i} {{ b{i - 1}; b{i - 1} }}\n" for i in range(1, 40)) + "network N { input 4; dense 3; b39 }\n", {1}),
    "blocks one in another": ("block b0 { relu }\n" + "".join(f"block b{i} {{ b{i - 1} }}\n" for i in range(1, 2_000)) + "network N { input 4; b1999 }\n", {1}),
    "a wide merge": ("network N { input 4; add { " + "branch { dense 4 } " * 20_000 + "} }\n", {0}),
    "merges of merges": ("network N { a0: input 4\n" + "".join(f"a{i}: add from a{i - 1}, a{i - 1}\n" for i in range(1, 3_000)) + "}\n", {0}),
    "axes by the thousand": ("network N { input 4; reshape (" + "1, " * 5_000 + "4) }\n", {1}),
    "a table of a million": ("table T {\n" + ("X" * 1_000 + "\n") * 1_000 + "}\nnetwork N { input 3x3x1000; conv 1000, 3x3, maps=T }\n", {0}),
    "10,000 mistakes": ("network N { input 4\n" + "nope 3\n" * 10_000 + "}\n", {1}),
    "10,000 names that are nearly one": ("network N { input 4\n" + "".join(f"layer{i}: relu\n" for i in range(3_000)) + "add from layre, layre1\n}\n", {1}),
    "20,000 names that are nearly one of thousands": ("network N { input 4\n" + "".join(f"layer{i}: relu\n" for i in range(5_000)) + "".join(f"relu from layre{i}\n" for i in range(20_000)) + "}\n", {1}),
    "40,000 layers, all with labels": ("network N { input 4\n" + "".join(f"layer{i}: dense 3\n" for i in range(40_000)) + "}\n", {0}),
    "a name far too long to compare": ("network N { input 4; " + "conv" * 20_000 + " 3 }\n", {1}),
}  # fmt: skip


@pytest.mark.parametrize("name", HUGE)
def test_what_is_huge_or_deep_ends(name: str) -> None:
    text, codes = HUGE[name]
    ran = analyze_text(text)
    assert ran.code in codes, (ran.code, ran.err[:500])
    assert ran.code == 0 or "error[" in ran.err
    assert len(ran.err) < 200_000


@pytest.mark.parametrize(
    ("line", "size", "code"),
    [
        ("dense 0", "4", "E121"), ("dense -1", "4", "E121"), ("dense 2.5", "4", "E121"), ("conv 2, 0x3", "8x8x4", "E121"), ("conv 2, 3, /0", "8x8x4", "E121"),
        ("conv 2, 3, dilation=0", "8x8x4", "E121"), ("conv 2, 3, groups=0", "8x8x4", "E121"), ("conv 2, 3, pad=-1", "8x8x4", "E121"), ("dense 3", "0x4", "E121"),
        ("dense 3", "4x-1", "E121"), ("dense 3", "2.5", "E121"), ("maxpool 0", "8x8x4", "E121"), ("dense true", "4", "E121"), ('dense "3"', "4", "E121"),
        ("dense [3]", "4", "E121"), ("dense 3 // 0", "4", "E202"), ("dense 3 / 0", "4", "E202"), ("dense 3 % 0", "4", "E202"), ("conv 2, 9x9", "8x8x4", "E301"),
        ("conv 2, 11x11, pad=1", "8x8x4", "E301"), ("conv 6, 3, groups=4", "8x8x4", "E304"), ("conv 3, 3, groups=3", "8x8x4", "E304"),
        ("conv 2, ()", "8x8x4", "E121"), ("conv 2, 3, pad=((1, 2, 3), 1)", "8x8x4", "E121"), ("reshape -2", "4", "E121"), ("reshape (-1, -1)", "4", "E121"),
        ("reshape 3x-1", "4", "E310"), ("dropout 1.5", "4", "E121"), ("dropout same", "4", "E114"), ("concat axis=9", "4", "E118"), ("bn axis=-5", "4", "E312"),
        ("nope 3", "4", "E101"), ("conv 2, 3, nope=1", "8x8x4", "E110"), ("conv 2, 3, nope", "8x8x4", "E114"), ("relu from nope", "4", "E103"),
        ("conv 2, 3, 1, same, 1", "8x8x4", "E111"), ("flatten 3", "8x8x4", "E113"), ("conv 2, kernel=3, kernel_size=5", "8x8x4", "E111"), ("conv 2", "8x8x4", "E112"), ("rbf 10, bitmaps", "4", "E311"),
        ("conv 2, 3", "4", "E302"), ("conv 2, 3", "2x2x2x2x2", "E302"), ("conv 2, 3, causal", "8x8x4", "E302"), ("gap", "4", "E302"),
    ],
)  # fmt: skip
def test_sizes_and_arguments_that_do_not_fit(line: str, size: str, code: str) -> None:
    ran = of(line, size)
    assert ran.code == 1 and f"error[{code}]" in ran.err, ran.err


def test_tables_that_do_not_fit() -> None:
    for rows, code in (("X.\nX.\nX.\nX.", "E306"), ("XX\nXX", "E305"), ("XX\nX\nXX\nXX", "E017"), ("", "E018"), ("XX\nXX\nXY\nXX", "E010")):
        ran = of("conv 2, 3, maps=T", head=f"table T {{\n{rows}\n}}\n")
        assert ran.code == 1 and f"error[{code}]" in ran.err, ran.err


def test_shapes_that_do_not_merge_show_both_producers() -> None:
    ran = of("a: conv 2, 3\n b: conv 2, 5\n add from a, b", "9x9x1")
    assert ran.code == 1
    assert "a is 7x7x2" in ran.err and "b is 3x3x2" in ran.err


def test_names_and_expectations_that_do_not_hold() -> None:
    for line, code in (
        ("a: relu\n a: relu", "E102"),
        ("add from a, b\n a: relu\n b: relu", "E105"),
        ("relu\n expect total.params == 1", "E401"),
    ):
        assert f"error[{code}]" in of(line).err


def test_results_beyond_64_bits_are_exact() -> None:
    ran = analyze_text("network N { input 10**40 x 3; dense 10**40 }\n", "--format", "json")
    assert ran.code == 0 and f'"params": {4 * 10**40},' in ran.out and f'"connections": {10**40 * 4 * 10**40},' in ran.out


def test_figures_may_be_longer_than_python_likes_to_print() -> None:
    size = "x".join(["2**500"] * 16)
    for form in ("table", "json", "csv", "markdown", "latex"):
        ran = analyze_text(f"network N {{ input {size}; flatten; dense 2**500 }}\n", "--format", form)
        assert ran.code in (0, 1), ran.err
        assert str(2**500)[:20] in ran.out or form in ("table", "markdown", "latex") or ran.code == 1
    ran = analyze_text(f"network N {{ input {size}; flatten; dense 2**500 }}\n", "--explain")
    assert ran.code in (0, 1)
    ran = analyze_text(f"network N {{ input {size}; flatten; dense 2**500\n expect total.params == 1 }}\n")
    assert ran.code == 1


@pytest.mark.parametrize(
    "option",
    [
        ("-p", "n=1+"),
        ("-p", "m=1"),
        ("-p", "n"),
        ("-p", "n=" + "(" * 5_000),
        ("-p", "n=1\nlet m = 2"),
        ("--input", "x"),
        ("--input", "4x"),
        ("--network", "M"),
    ],
)
def test_options_that_do_not_fit_exit_with_2(option: tuple[str, str]) -> None:
    ran = analyze_text("network N(n = 3) { input 4; dense n }\n", *option)
    assert ran.code == 2 and ran.err and not ran.out


def test_a_parameter_that_makes_a_mistake_exits_with_1() -> None:
    assert analyze_text("network N(n = 3) { input 4; dense n }\n", "-p", "n=0").code == 1


@pytest.mark.parametrize("path", ["missing.arch", ".", "a\0b", "x" * 5_000, "/dev/null/x", "zoo:nothing"])
def test_files_that_cannot_be_read_exit_with_2_in_one_line(path: str) -> None:
    if "\0" in path:
        return  # no command line holds one
    ran = archcalc("analyze", path)
    assert ran.code == 2 and len(ran.err.splitlines()) == 1 and not ran.out
