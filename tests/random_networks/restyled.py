"""The same program in other clothes: blank lines, comments, `;`, Windows line ends, brackets over several lines."""

from __future__ import annotations

import re

from chance import Chance

TOKENS = re.compile(r'"[^"\n]*"|#[^\n]*|\n *| +|[^\W\d]\w*|\d[\w.]*|->|\*\*|//|[=!<>]=|\S')
COMMENTS = ("# a comment", "#", '# } " { ; ( [', "# größer, x × ,")
NAME = re.compile(r"[^\W\d]\w*|\"")


def tokens(text: str) -> list[str]:
    """The pieces of a text, white space and line ends among them; together they are the text."""
    return TOKENS.findall(text)


def restyle(text: str, chance: Chance) -> str:
    """A text with the same meaning."""
    found = Restyling(tokens(text), chance, chance.number(5, 40)).run()
    ends = chance.number(0, 3)
    if ends == 1:
        found = found.replace("\n", "\r\n")
    elif ends == 2:
        found = "".join("\r\n" if c == "\n" and chance.percent(50) else c for c in found)
    return "\ufeff" * chance.percent(20) + found


class Restyling:
    """Goes through the tokens, and now and then writes one otherwise. `often`, in a hundred."""

    def __init__(self, pieces: list[str], chance: Chance, often: int) -> None:
        self.pieces = pieces
        self.chance = chance
        self.often = often
        self.open: list[list[str]] = []  # for each open bracket: itself, what it is, and what is in it
        self.targets = False  # between `for` and `in`

    def run(self) -> str:
        out: list[str] = []
        for i, piece in enumerate(self.pieces):
            before, after = self.neighbours(i)
            out.append(self.one(i, piece, before, after))
        return "".join(out)

    def neighbours(self, i: int) -> tuple[str, str]:
        """The nearest pieces on both sides that are no white space."""
        before = next((p for p in reversed(self.pieces[:i]) if p.strip()), "")
        return before, next((p for p in self.pieces[i + 1 :] if p.strip()), "")

    def one(self, i: int, piece: str, before: str, after: str) -> str:
        if piece.startswith("\n"):
            return self.line_end(piece, before, after)
        if piece in "([{":
            return self.opening(i, piece)
        if piece in ")]}":
            return self.closing(piece, before)
        if not piece.strip():
            return self.space(piece, before, after)
        if piece == "for" and after != ":" and self.first_on_line(i):
            self.targets = True
        elif piece == "in":
            self.targets = False
        elif piece == "," and self.open:
            self.open[-1].append(",")
        if piece == "," and self.now():
            return "," + self.chance.one(("\n", "\n\n        ", f" {self.comment()}\n  ", "\t"))
        return piece

    def now(self) -> bool:
        return self.chance.percent(self.often)

    def comment(self) -> str:
        return self.chance.one(COMMENTS)

    def first_on_line(self, i: int) -> bool:
        return i == 0 or self.pieces[i - 1].startswith("\n")

    def line_end(self, piece: str, before: str, after: str) -> str:
        if not self.now():
            return piece
        ways = ["\n\n", f"  {self.comment()}\n", "\n", "\n\t \n\n  ", f"\n{self.comment()}\n"]
        if not (self.open and self.open[-1][1] == "table"):
            ways += ["; ", ";", " ;; ", f"; {self.comment()}\n"]
            if before in ("{", "}", "") or after == "}":
                ways += [" "] * 3
        return self.chance.one(ways)

    def opening(self, i: int, piece: str) -> str:
        beside = self.pieces[i - 1] if i else ""
        line = "".join(self.pieces[:i]).rpartition("\n")[2]
        what = "group"
        if piece == "{":
            what = "table" if re.match(r"table \w+ $", line) else "body"
        elif piece == "[":
            what = "index" if NAME.match(beside) or beside in (")", "]") else "list"
        elif NAME.match(beside):
            what = "call"
        self.open.append([piece, what])
        return piece + (self.within() if piece != "{" else "")

    def within(self) -> str:
        """White space in ( ) and [ ], where line ends mean nothing."""
        return self.chance.one((" ", "\n", f" {self.comment()}\n    ", "\t\n\n")) if self.now() else ""

    def closing(self, piece: str, before: str) -> str:
        if piece == "}":
            self.open.pop()
            return piece
        opened, what, *commas = self.open.pop()
        text = ""
        if before not in (",", opened) and not self.targets and (what in ("list", "call") or (what == "group" and commas)) and self.now():
            text = "," + self.within()
        return text + self.within() + piece

    def space(self, piece: str, before: str, after: str) -> str:
        if not self.now():
            return piece
        if before == "}" and after == "else":
            return self.chance.one(("\n", "\n\n    ", f" {self.comment()}\n", ""))
        if self.open and self.open[-1][0] != "{":
            return self.chance.one(("\n", "  ", f" {self.comment()}\n", "\t"))
        return self.chance.one(("  ", "\t", " \t "))
