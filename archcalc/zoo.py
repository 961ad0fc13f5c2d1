"""The networks that ship with archcalc: the folder `examples`, whose networks are named `zoo:NAME`. Nothing here is parsed."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from archcalc.files import ZOO, UnreadableFile, read_regular
from archcalc.names import nearest
from archcalc.resources import resource

FOLDER = "examples"
SHOWN = 60  # characters of a name that is not found
# Small networks of tutorials, exercises, and parts of others; all the rest is known from a paper.
EXERCISES = (
    "conv_7x7", "image_and_metadata", "lenet_tutorial", "mnist_cnn", "mnist_deep", "mnist_mlp", "mnist_same", "mnist_small",
    "mnist_strided", "mnist_subclass", "pool_4x4", "twin",
)  # fmt: skip
_NETWORK = re.compile(r"^network (\w+)", re.MULTILINE)
_ITEM = re.compile(r"^(?:network|block|def|let|table) (\w+)|^use \"([^\"]+)\"")
_YEAR = re.compile(r"\(\d{4}\)")  # of a paper: the comment names a source of its own
_SENTENCE = re.compile(r"(?<!\bal)\.(?= [A-Z`]|$)")


class Entry(NamedTuple):
    """A network of the zoo: its name there, the file that it stands in, and its name in that file."""

    name: str
    path: str
    network: str

    @property
    def stem(self) -> str:
        """The file's name, without its ending."""
        return _stem(self.path)

    @property
    def published(self) -> bool:
        """Whether it is known from a paper, and not from a tutorial."""
        return self.stem not in EXERCISES


def find(name: str) -> Entry:
    """The network of that name, with or without `zoo:`; case, `-`, `_` and `.` make no difference.

    Raises:
        UnreadableFile: there is none; the text has the nearest names.
    """
    name = name.removeprefix(ZOO)
    wanted = _key(name)
    paths = _paths()
    # A file is mostly called as its network is, and then no other is looked into.
    for path in sorted(paths, key=lambda path: (wanted != _key(_stem(path)), not wanted.startswith(_key(_stem(path))))):
        for entry in _entries(path):
            if wanted in (_key(entry.name), _key(entry.network)):
                return entry
    known = {_key(entry.name): entry.name for entry in entries()}
    near = nearest(wanted, known, 3) or [key for key in known if wanted and (wanted in key or key in wanted)][:3]
    advice = f"did you mean {', '.join(ZOO + known[key] for key in near)}?" if near else "`archcalc zoo` lists them"
    raise UnreadableFile(f"there is no network called {name[:SHOWN]!r} in the zoo; {advice}")


def entries() -> list[Entry]:
    """Every network: published ones first, each sort by name, numbers in it as numbers."""
    found = [entry for path in _paths() for entry in _entries(path)]
    return sorted(found, key=lambda e: (not e.published, [part.zfill(9) if part.isdigit() else part for part in _pieces(e.name)]))


def title(entry: Entry) -> str:
    """Whose network it is: the first sentence of its file, and of the comment above the network; the latter alone if it names a source."""
    own = next(c for c in _chunks(entry.path) if c.name == entry.network).comment
    head = _first(_comment(_text(entry.path)))
    return head if not own else _first(own) if _YEAR.search(_first(own)) else f"{head}: {_first(own)}"


def about(entry: Entry) -> tuple[str, str]:
    """All that the comments at the head of its file, and above the network, say; the latter is mostly short, or missing."""
    return _comment(_text(entry.path)), next(c for c in _chunks(entry.path) if c.name == entry.network).comment


def text_of(entry: Entry) -> str:
    """The text of a network alone: its file without the other networks, and with what it takes from other files put in."""
    own = _chunks(entry.path)
    available = [chunk for used in _used(entry.path) for chunk in _chunks(used)] + own
    needed, waiting = set[str](), [entry.network]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            words = {w for c in available if c.name == name for w in re.findall(r"\w+", re.sub(r"#.*", "", c.text))}
            waiting += [c.name for c in available if c.name in words]
    header = _text(entry.path)[: len(_text(entry.path)) - sum(len(c.text) for c in own)]
    return header + "".join(c.text.rstrip("\n") + "\n\n" for c in available if c.name in needed).rstrip("\n") + "\n"


class _Chunk(NamedTuple):
    """What a file defines, with the comment above it. `use` has no name."""

    name: str
    text: str
    uses: str

    @property
    def comment(self) -> str:
        return _comment(self.text)


def _chunks(path: str) -> list[_Chunk]:
    """A file cut into what it defines. What stands before the first line that is no comment is its header, which belongs to none."""
    found: list[_Chunk] = []
    lines = _text(path).splitlines(keepends=True)
    begin = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    begin += not lines[begin].strip()
    while begin < len(lines):
        first = next((i for i in range(begin, len(lines)) if lines[i].strip() and not lines[i].startswith("#")), len(lines) - 1)
        end = next((i for i in range(first + 1, len(lines)) if lines[i].startswith("#") or _ITEM.match(lines[i])), len(lines))
        item = _ITEM.match(lines[first])
        assert item, f"{path}: {lines[first]}"
        found.append(_Chunk(item[1] or "", "".join(lines[begin:end]), item[2] or ""))
        begin = end
    return found


def _used(path: str) -> list[str]:
    """The files that a file uses, those that they use before them."""
    found: list[str] = []
    for chunk in _chunks(path):
        if chunk.uses:
            other = os.path.join(os.path.dirname(path), chunk.uses)
            found += [p for p in (*_used(other), other) if p not in found]
    return found


def _paths() -> list[str]:
    try:
        folder = resource(FOLDER)
    except FileNotFoundError as error:
        raise UnreadableFile(f"the zoo is not there: {error}") from None
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".arch")]


def _entries(path: str) -> list[Entry]:
    """The networks of a file. One that stands alone in a file of a longer name is called as the file: `densenet121`."""
    names = _NETWORK.findall(_text(path))
    stem = _stem(path)
    if len(names) == 1 and _key(names[0]) != _key(stem):
        return [Entry(stem, path, names[0])]
    return [Entry(name, path, name) for name in names]


def _text(path: str) -> str:
    return read_regular(path).decode()


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


def _key(name: str) -> str:
    return re.sub(r"[-_./ ]", "", name.lower())


def _pieces(name: str) -> list[str]:
    return re.findall(r"\d+|\D+", name.lower())


def _comment(text: str) -> str:
    """The lines of comment that a text begins with, as one."""
    lines: list[str] = []
    for line in text.lstrip("\n").splitlines():
        if not line.startswith("# "):
            break
        lines.append(line[2:].strip())
    return " ".join(lines)


def _first(text: str) -> str:
    """The first sentence."""
    return _SENTENCE.split(text, maxsplit=1)[0].strip()
