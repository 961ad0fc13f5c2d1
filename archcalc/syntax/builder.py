"""Makes the syntax tree's nodes: one method for each node name of the grammar."""

from __future__ import annotations

from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.languages import phrase
from archcalc.source import Source, Span
from archcalc.syntax import tree
from archcalc.syntax.scanner import Token

MAX_DIGITS = 150
_SUFFIXES = {
    "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30,
}  # fmt: skip


class Builder:
    """`build(name, children, span)` calls the method of that name. Tokens arrive as they were read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Diagnostic] = []

    def build(self, name: str, children: list[Any], span: Span) -> Any:
        return getattr(self, "on_" + name)(children, span)

    def _span(self, token: Token) -> Span:
        return Span(self.source, token.start, token.end)

    # ---- the top level ----------------------------------------------------------------------------------------

    def on_start(self, items: list[Any], span: Span) -> tree.Program:
        return tree.Program(tuple(i for i in items if isinstance(i, tree.Top)), span)

    def on_use(self, parts: list[Any], span: Span) -> tree.Use:
        return tree.Use(parts[0].text[1:-1], span)

    def on_let(self, parts: list[Any], span: Span) -> tree.Let:
        return tree.Let(parts[0].text, self._span(parts[0]), parts[1], span)

    def on_def(self, parts: list[Any], span: Span) -> tree.Def:
        return tree.Def(parts[0].text, self._span(parts[0]), parts[1], parts[2], span)

    def on_table(self, parts: list[Any], span: Span) -> tree.TableDef:
        name, *rows = parts
        found = tuple((_row(r.text), self._span(r)) for r in rows if isinstance(r, Token) and r.type == "ROW")
        table = tree.TableDef(name.text, self._span(name), found, span)
        if not found:
            self.findings.append(Diagnostic("E018", table.name_span, {"name": table.name}))
        for i, (row, where) in enumerate(found, 1):
            if len(row) != len(found[0][0]):
                facts = {"name": table.name, "row": i, "got": len(row), "expected": len(found[0][0])}
                self.findings.append(Diagnostic("E017", where, facts, related=((found[0][1], phrase("the first row")),)))
                table.rows = ()  # said once; a table without rows fits nothing
                break
        return table

    def on_block(self, parts: list[Any], span: Span) -> tree.Block:
        return tree.Block(parts[0].text, self._span(parts[0]), parts[1] or (), parts[2], span)

    def on_network(self, parts: list[Any], span: Span) -> tree.Network:
        return tree.Network(parts[0].text, self._span(parts[0]), parts[1] or (), parts[2], span)

    def on_params(self, parts: list[Any], span: Span) -> tuple[tree.Parameter, ...]:
        return tuple(p for p in parts if p is not None)

    def on_param(self, parts: list[Any], span: Span) -> tree.Parameter:
        return tree.Parameter(parts[0].text, parts[1], span)

    # ---- statements -------------------------------------------------------------------------------------------

    def on_body(self, items: list[Any], span: Span) -> tree.Body:
        return tree.Body(tuple(i for i in items if i is not None and not isinstance(i, Token)), span)

    def on_expect(self, parts: list[Any], span: Span) -> tree.Expect:
        return tree.Expect(parts[0], span)

    def on_for(self, parts: list[Any], span: Span) -> tree.For:
        targets, _, values, body = parts
        return tree.For(targets, values, body, span)

    def on_targets(self, parts: list[Any], span: Span) -> tuple[Any, ...]:
        return tuple(p.text if isinstance(p, Token) else p for p in parts)

    def on_target(self, parts: list[Any], span: Span) -> Any:
        return parts[0]

    def on_if(self, parts: list[Any], span: Span) -> tree.If:
        condition, then, *rest = parts
        otherwise = next((r for r in rest if isinstance(r, tree.Body | tree.If)), None)
        if isinstance(otherwise, tree.If):
            otherwise = tree.Body((otherwise,), otherwise.span)
        return tree.If(condition, then, otherwise, span)

    def on_layer(self, parts: list[Any], span: Span) -> tree.Statement:
        label, kind, arguments, sources, size = parts
        return self._statement(label, kind, arguments, sources, None, size, span)

    def on_nested(self, parts: list[Any], span: Span) -> tree.Statement:
        label, kind, arguments, sources, body, size = parts
        return self._statement(label, kind, arguments, sources, body, size, span)

    def _statement(self, label: Any, kind: Any, arguments: Any, sources: Any, body: Any, size: Any, span: Span) -> tree.Statement:
        name = None if label is None else label.text[1:-1] if label.type == "STRING" else label.text
        where = None if label is None else self._span(label)
        kind_name, kind_span = kind
        return tree.Statement(name, where, kind_name, kind_span, arguments or (), sources or (), body, size, span)

    def on_label(self, parts: list[Any], span: Span) -> Token:
        label: Token = parts[0]
        return label

    def on_shape(self, parts: list[Any], span: Span) -> Any:
        return parts[0]

    def on_kind(self, parts: list[Any], span: Span) -> tuple[str, Span]:
        return ".".join(p.text for p in parts), span

    def on_args(self, parts: list[Any], span: Span) -> tuple[tree.Argument, ...]:
        return tuple(p if isinstance(p, tree.Argument) else tree.Argument(p, None, None, p.span) for p in parts)

    def on_keyword(self, parts: list[Any], span: Span) -> tree.Argument:
        return tree.Argument(parts[1], parts[0].text, self._span(parts[0]), span)

    def on_stride(self, parts: list[Any], span: Span) -> tree.Argument:
        return tree.Argument(parts[0], "/", None, span)

    def on_from(self, parts: list[Any], span: Span) -> tuple[tree.Reference, ...]:
        return tuple(parts)

    def on_in_ref(self, parts: list[Any], span: Span) -> tree.Reference:
        return tree.Reference((), True, parts[1], span)

    def on_ref(self, parts: list[Any], span: Span) -> tree.Reference:
        return tree.Reference(tuple(parts), False, None, span)

    def on_refseg(self, parts: list[Any], span: Span) -> tuple[str, Any]:
        name, index = parts
        index = "all" if isinstance(index, Token) else index
        return (name.text[1:-1] if name.type == "STRING" else name.text), index

    # ---- expressions ------------------------------------------------------------------------------------------

    def on_conditional(self, parts: list[Any], span: Span) -> tree.Conditional:
        then, condition, otherwise = parts
        return tree.Conditional(then, condition, otherwise, span)

    def on_logical(self, parts: list[Any], span: Span) -> tree.Logical:
        return tree.Logical(parts[1].text, parts[0], parts[2], span)

    def on_unary(self, parts: list[Any], span: Span) -> tree.Unary:
        return tree.Unary(parts[0].text, parts[1], span)

    def on_binary(self, parts: list[Any], span: Span) -> tree.Binary:
        return tree.Binary(parts[1].text, parts[0], parts[2], span)

    def on_compare(self, parts: list[Any], span: Span) -> tree.Compare:
        rest: list[tuple[str, Any]] = []
        words: list[str] = []
        for part in parts[1:]:
            if isinstance(part, Token):
                words.append(part.text)
            else:
                rest.append((" ".join(words), part))
                words = []
        return tree.Compare(parts[0], tuple(rest), span)

    def on_size(self, parts: list[Any], span: Span) -> tree.Sequence:
        return tree.Sequence("size", tuple(p for p in parts if not isinstance(p, Token)), span)

    def on_tuple(self, parts: list[Any], span: Span) -> tree.Sequence:
        return tree.Sequence("tuple", tuple(p for p in parts if p is not None), span)

    def on_list(self, parts: list[Any], span: Span) -> tree.Sequence:
        return tree.Sequence("list", tuple(p for p in parts if p is not None), span)

    def on_group(self, parts: list[Any], span: Span) -> tree.Group:
        return tree.Group(parts[0], span)

    def on_attribute(self, parts: list[Any], span: Span) -> tree.Attribute:
        name = parts[1].text  # or a label in quotes
        return tree.Attribute(parts[0], name[1:-1] if parts[1].type == "STRING" else name, span)

    def on_index(self, parts: list[Any], span: Span) -> tree.Index:
        return tree.Index(parts[0], parts[1], span)

    def on_slice(self, parts: list[Any], span: Span) -> tree.Slice:
        return tree.Slice(parts[0], parts[1], parts[3], span)

    def on_call(self, parts: list[Any], span: Span) -> tree.Call:
        return tree.Call(parts[0], tuple(p for p in parts[1:] if p is not None), span)

    def on_name(self, parts: list[Any], span: Span) -> tree.Name:
        return tree.Name(parts[0].text, span)

    def on_in_value(self, parts: list[Any], span: Span) -> tree.InValue:
        return tree.InValue(span)

    def on_string(self, parts: list[Any], span: Span) -> tree.String:
        return tree.String(parts[0].text[1:-1], span)

    def on_number(self, parts: list[Any], span: Span) -> tree.Number:
        text = parts[0].text
        if len(text) > MAX_DIGITS:
            self.findings.append(Diagnostic("E016", span, {"digits": len(text), "limit": MAX_DIGITS}))
            return tree.Number(1, span)
        plain = text.replace("_", "")
        if plain.isascii() and plain.isdigit():
            return tree.Number(int(plain), span)
        return tree.Number(self._number(text, span), span)

    def _number(self, text: str, span: Span) -> Any:
        """An exact number: `60_000`, `0.25`, `1e-3`, `4.2M`, `256KiB`."""
        from fractions import Fraction  # only for what is no plain integer

        digits = text.rstrip("kKMGTBi")
        mantissa, _, exponent = digits.lower().replace("_", "").partition("e")
        if abs(int(exponent or 0)) > MAX_DIGITS:
            self.findings.append(Diagnostic("E016", span, {"digits": exponent.lstrip("+-"), "limit": MAX_DIGITS}))
            return 1
        value = Fraction(mantissa) * Fraction(10) ** int(exponent or 0) * _SUFFIXES.get(text[len(digits) :], 1)
        return value.numerator if value.denominator == 1 else value


def _row(text: str) -> str:
    return text.replace(" ", "").replace("\t", "").upper()
