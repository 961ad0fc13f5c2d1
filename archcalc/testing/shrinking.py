"""A program made smaller: bytes, statements, bodies, arguments and outputs left out, as long as what it shows is still there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

MOST = 400  # programs that are tried


def shrink(program: str, shows: Callable[[str], bool]) -> str:
    """The smallest program found that still `shows` it; of what is left out, lines come first, then pieces of lines."""
    tried = {program}
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(program):
            if candidate in tried or len(tried) >= MOST:
                continue
            tried.add(candidate)
            if shows(candidate):
                program, smaller = candidate, True
                break
    return program


def shrink_bytes(data: bytes, shows: Callable[[bytes], bool]) -> bytes:
    """The smallest input found that still `shows` it: halves of it are left out, then quarters, down to single lines and bytes."""
    for pieces, most in ((data.splitlines(True), MOST), ([], MOST)):
        data = b"".join(_without_pieces(pieces or [data[i : i + 1] for i in range(len(data))], shows, most))
    return data


def _without_pieces(pieces: list[bytes], shows: Callable[[bytes], bool], most: int) -> list[bytes]:
    size = len(pieces) // 2
    while size:
        start, smaller = 0, False
        while start < len(pieces) and most:
            left = [*pieces[:start], *pieces[start + size :]]
            most -= 1
            if shows(b"".join(left)):
                pieces, smaller = left, True
            else:
                start += size
        size = size if smaller and size == 1 and most else size // 2
    return pieces


def _smaller(program: str) -> Iterator[str]:
    """Programs with one thing less."""
    lines = program.splitlines()
    yield from _without_definitions(lines)
    yield from _without_braces(lines)
    for i in reversed(range(len(lines))):
        yield _joined([*lines[:i], *lines[i + 1 :]])
        if re.search(r"\b(repeat|for|if)\b", lines[i]):  # the body alone
            yield _joined([*lines[:i], re.sub(r"^.*?\{(.*)\}.*?$", r"\1", lines[i]), *lines[i + 1 :]])
    for i, line in enumerate(lines):
        for changed in _shorter(line):
            yield _joined([*lines[:i], changed, *lines[i + 1 :]])


def _without_definitions(lines: list[str]) -> Iterator[str]:
    starts = [i for i, line in enumerate(lines) if line and not line.startswith((" ", "}"))]
    for start, end in pairwise(starts):
        yield _joined([*lines[:start], *lines[end:]])


def _without_braces(lines: list[str]) -> Iterator[str]:
    """Without the lines in which a body begins and ends, so that what stands in it is left."""
    for i, line in enumerate(lines):
        if line.startswith(" ") and line.endswith("{"):
            end = next((j for j in range(i + 1, len(lines)) if lines[j].strip() == "}"), None)
            if end is not None:
                yield _joined([*lines[:i], *lines[i + 1 : end], *lines[end + 1 :]])


def _shorter(line: str) -> Iterator[str]:
    """The line without one of its pieces: what stands between commas, semicolons or braces; without what it reads, or its label."""
    for found in re.finditer(r"(, )?[^,;{}\[\]()]+(?=[,;}]|$)|\([^()]*\)|\[[^\[\]]*\]|branch \{[^{}]*\}", line):
        yield line[: found.start()] + line[found.end() :].removeprefix(", ")
    for pattern, without in ((r" from [^{]*", " "), (r"^(\s*)\w+: ", r"\1"), (r", [^,{}]*", ""), (r"[^;{}]*;", ""), (r";[^;{}]*", "")):
        yield from (line[: m.start()] + m.expand(without) + line[m.end() :] for m in re.finditer(pattern, line))
    for m in re.finditer(r"\d+", line):
        if int(m[0]) > 1:
            yield line[: m.start()] + "1" + line[m.end() :]
            yield line[: m.start()] + str(int(m[0]) - 1) + line[m.end() :]


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
