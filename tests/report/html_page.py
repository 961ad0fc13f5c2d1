"""Reads a report back: its elements, its text, its tables. Nothing but the standard library."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "wbr", "hr", "img", "input"}


class Element:
    """A tag with its attributes and children; a child is an Element or a text."""

    def __init__(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element | str] = []

    def all(self, tag: str | None = None, **wanted: str) -> list[Element]:
        """The elements inside, in order, of that tag and with those attributes."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if tag in (None, child.tag) and all(child.attributes.get(k.rstrip("_")) == v for k, v in wanted.items()):
                    found.append(child)
                found += child.all(tag, **wanted)
        return found

    def one(self, tag: str | None = None, **wanted: str) -> Element:
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} elements {tag} {wanted}"
        return found[0]

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    @property
    def cells(self) -> list[Element]:
        """Of a row: its cells."""
        return [c for c in self.children if isinstance(c, Element) and c.tag in ("th", "td")]


class Reader(HTMLParser):
    """Builds the tree; every tag must be closed by its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in {tag}"
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: str) -> Element:
    """The page as a tree."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root], "an element is not closed"
    return reader.root
