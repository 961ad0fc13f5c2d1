"""SVG, element by element. A picture is drawn on a canvas of its own size, in CSS pixels, x to the right and y down.

Colours are not said here: shapes have classes, and the style (of the report, or `STYLE` for a picture by itself) says what they
look like, in light and in dark.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.report.text import clean

FONT = 'Helvetica, Arial, "Liberation Sans", sans-serif'


class Svg(NamedTuple):
    """A picture: its size, its elements, what it shows in a few words, and at length for who does not see it."""

    width: float
    height: float
    body: str
    title: str
    says: str = ""


class Canvas:
    """Collects elements. Numbers are written with at most one decimal, texts escaped, attributes in the order given."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def add(self, name: str, text: str | None = None, **attributes: Any) -> None:
        """One element, with text inside or empty. `class_` is `class`, `stroke_width` is `stroke-width`; None is left out."""
        self.parts.append(f"<{name}{written(attributes)}" + ("/>" if text is None else f">{escaped(text)}</{name}>"))

    def open(self, name: str, **attributes: Any) -> None:
        """Begin an element that holds others, such as a group or a link."""
        self.parts.append(f"<{name}{written(attributes)}>")

    def close(self, name: str) -> None:
        """End it."""
        self.parts.append(f"</{name}>")

    def svg(self, width: float, height: float, title: str, says: str = "") -> Svg:
        """The picture."""
        return Svg(width, height, "".join(self.parts), title, says)


def written(attributes: dict[str, Any]) -> str:
    """Attributes as they stand in a tag."""
    pairs = ((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items() if value is not None)
    return "".join(f' {name}="{escaped(short(value) if isinstance(value, float) else str(value))}"' for name, value in pairs)


def short(value: float) -> str:
    """A number with at most one decimal."""
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")  # + 0: no minus before a nought


def escaped(text: str) -> str:
    """Text for an element or an attribute in quotes; control characters, which XML forbids, are spelled out."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def inline(picture: Svg, id_: str, role: str = "img") -> str:
    """The picture as an element of a page; `id_` is its own among the page's. One that has links is no `img`, but a `group`."""
    described = f"{id_}-t {id_}-d" if picture.says else f"{id_}-t"
    size = written({"width": float(picture.width), "height": float(picture.height), "viewBox": _box(picture)})
    says = f'<desc id="{id_}-d">{escaped(picture.says)}</desc>' if picture.says else ""
    title = f'<title id="{id_}-t">{escaped(picture.title)}</title>'
    return f'<svg class="drawing" id="{id_}" role="{role}" aria-labelledby="{described}"{size}>{title}{says}{picture.body}</svg>'


def alone(picture: Svg, style: str) -> str:
    """The picture as a file of its own."""
    size = written({"width": float(picture.width), "height": float(picture.height), "viewBox": _box(picture)})
    says = f"<desc>{escaped(picture.says)}</desc>" if picture.says else ""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" class="drawing"'
    return f"{head}{size}><title>{escaped(picture.title)}</title>{says}<style>{style}</style>{picture.body}</svg>\n"


def _box(picture: Svg) -> str:
    return f"0 0 {short(float(picture.width))} {short(float(picture.height))}"


# Widths of Helvetica's characters, in thousandths of the font's size, by Adobe's font metrics; Arial and Liberation Sans have the same.
_WIDTHS = {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;I[\\]ft·", 333: "()-`r", 334: "{}", 355: '"', 389: "*", 469: "^", 500: "Jckvsxyz",
    556: "#$0123456789?L_abdeghnopqu", 584: "+<=>~\u00d7\u2212", 611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm",
    889: "%", 944: "W", 1015: "@",
}  # fmt: skip
_WIDTH = {char: width for width, chars in _WIDTHS.items() for char in chars}


def text_width(text: str, size: float) -> float:
    """How wide a text is at a font size, in pixels; at most, where it has characters of other scripts."""
    return sum(_WIDTH.get(char, 1000) for char in clean(text)) * size / 1000
