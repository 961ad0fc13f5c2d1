"""A layer statement becomes a node: its kind is found, its arguments bound, its name made, its size checked."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from archcalc.binding import Given, bind
from archcalc.diagnostics import Diagnostic
from archcalc.graph import CHANNELS_FIRST, Node, aligned, channels_first, say_shape
from archcalc.languages import phrase
from archcalc.names import suggestion
from archcalc.registry import every_name, find_kind, known_elsewhere, refused
from archcalc.resolve.about import no_more_than, not_taken
from archcalc.resolve.context import Context
from archcalc.resolve.labels import Bearer, Frame, Label
from archcalc.resolve.scope import UNKNOWN, Scope
from archcalc.resolve.wrapping import wrapped
from archcalc.sizes import agreed, alike
from archcalc.source import Span
from archcalc.spec import Layer, Part, Wrapper
from archcalc.syntax import tree
from archcalc.values import Word, is_integer, said


def place_layer(
    context: Context, item: tree.Statement, frame: Frame, scope: Scope, sources: tuple[Node, ...], others: Iterable[str]
) -> None:
    """Add a layer to the graph, reading `sources`. `others` are names that are no kinds, for suggestions."""
    found = find_kind(item.kind)
    kind = found[0].kind if found else item.kind
    if found and found[0].inputs == (0, 0) and frame.feeds is not None:
        from archcalc.resolve.feeding import feed  # many networks use no other as a layer

        feed(context, item, frame, scope)
        for node in frame.flow or ():
            check_size(context, node, item, scope)
        return
    layer, spans = _layer(context, item, scope, others)
    if context.wrappings:
        layer, held = wrapped(context, layer, item)
        if held:
            return
        kind = layer.kind if layer else context.wrappings[0].cls.kind
    if found and layer:
        if found[0].inputs == (0, 0):
            no_more_than(context, item, ("label", "arguments", "body", "size"))
            sources = ()
        elif not sources and not item.sources and item.body is None:
            context.report("E123", item.kind_span, ("input 28x28x1",), kind=f"`{item.kind}`")
            layer = None
    node = Node(node_name(context, item, frame, kind), layer, sources, item.span, spans, named=item.label is not None, kind=kind)
    put(context, node, item, frame, scope)


def put(context: Context, node: Node, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """Add a node to the graph, let it bear its label and flow on, and check its declared size."""
    # What a layer reads counts too: a merge of all that came before, in a loop, would grow with its square.
    if not context.has_room(1, item.span) or not context.takes(len(node.inputs), item.span):
        return
    if (other := context.graph.names.get(node.name)) is not None and (item.label is None or item.label not in frame.labels):
        related = ((other.span, phrase("the first one")),) if other.span else ()
        context.graph.findings.append(Diagnostic("E102", item.label_span or item.span, {"name": f"`{node.name}`"}, related=related))
    context.graph.add(node, frame.group)
    frame.flow = (node,)
    if item.label is not None:
        label_once(context, item, frame)
        frame.put(item.label, node, inner=_parts(context, node))
    elif node.name == "input":
        frame.put("input", node)  # it may be read by many: `from input` needs no label
    check_size(context, node, item, scope)


def _parts(context: Context, node: Node) -> dict[str, Label]:
    """What a layer puts out besides its output, under its label: `encoder.state_h`."""
    if node.layer is None or node.seen is None:
        return {}
    found: dict[str, Label] = {}
    turned = node.turned
    for name, shape in node.layer.parts(node.seen, *node.input_shapes).items():
        size = channels_first(shape, aligned(turned[1], shape, node.seen)) if turned else shape
        part = Node(f"{node.name}.{name}", Part(size=size), (node,), node.span, named=True)
        found[name] = Label(Bearer(context.graph.add(part, node.group)))
    return found


def label_once(context: Context, item: tree.Statement, frame: Frame) -> None:
    """Report a second layer of one name, unless a loop makes it; and a name that the language has for itself."""
    if item.label is not None:
        not_taken(context, item.label, item.label_span)
    first = frame.labels.get(item.label or "")
    if first is None and item.label in frame.scope.values:
        context.report(
            "E102", item.label_span, (phrase("call the layer otherwise: `{label}` has a value", label=item.label),), name=f"`{item.label}`"
        )
    if first is not None and not context.loops and item.label_span is not None:
        span = first.bearer(0).node.span
        related = ((span, phrase("the first one")),) if span else ()
        context.graph.findings.append(Diagnostic("E102", item.label_span, {"name": f"`{item.label}`"}, related=related))


def node_name(context: Context, item: tree.Statement, frame: Frame, kind: str) -> str:
    """Its label; in a loop with the count of the pass, `e[0]`; without a label, its kind and a number."""
    if item.label is None:
        return frame.fresh(kind, context.graph.names)
    if not context.loops:
        return frame.prefix + item.label
    label = frame.labels.get(item.label)
    return f"{frame.prefix}{item.label}[{len(label) if label is not None else 0}]"


def check_size(context: Context, node: Node, item: tree.Statement, scope: Scope) -> None:
    """`-> size` against the shape that came out."""
    if item.size is None:
        return
    declared = context.value(item.size, scope)
    if declared is None or node.shape is None:
        return
    wanted = tuple(declared) if isinstance(declared, tuple | list) else (declared,)
    if not wanted or not all(map(is_integer, wanted)):
        context.report("E209", item.size.span, ("-> 28x28x6",), got=said(declared), wanted=phrase("a size"))
        return
    if not agreed(alike(wanted, node.shape)):
        from archcalc.resolve.advice import to_reach  # only the wrong ones need advice

        facts = {"got": say_shape(node.shape), "declared": said(declared)}
        finding = Diagnostic("E308", item.size.span, facts, fixes=to_reach(node, wanted), layer=node.name)
        context.graph.findings.append(finding)


def _layer(context: Context, item: tree.Statement, scope: Scope, others: Iterable[str]) -> tuple[Layer | None, dict[str, Span]]:
    found = find_kind(item.kind)
    if found is None and scope.find(item.kind) is UNKNOWN:
        return None, {}  # a block that could not be read
    if found is None and (why := refused(item.kind)):
        context.report("E132", item.kind_span, name=f"`{item.kind}`", why=why)
    elif found is None:
        here, own = known_elsewhere(item.kind), list(others)
        called = (phrase("here it is called `{here}`", here=here),) if here else ()
        fixes = suggestion(item.kind, own) or called or suggestion(item.kind, chain(every_name(), own))
        if item.kind == "from":
            fixes = (phrase("`from` stands before the `{`: `add from a { ... }`"),)
        context.report("E101", item.kind_span, fixes, name=f"`{item.kind}`")
    elif issubclass(found[0], Wrapper) and item.body is None:
        context.report("E133", item.kind_span, (f"{item.kind} {{ ... }}",), kind=f"`{item.kind}`")
    elif _like_a_call(item):
        first = item.arguments[0].span
        where = Span(first.source, item.kind_span.start, first.end)
        context.report("E115", where, (f"{item.kind} {first.text.strip('()')}".strip(),), kind=item.kind)
    else:
        return _bind(context, *found, item, scope)
    return None, {}


def _like_a_call(item: tree.Statement) -> bool:
    """`conv(3, 3x3)`: a bracket that follows the kind without a space."""
    end = item.kind_span.end
    return bool(item.arguments) and item.span.source.text[end : end + 1] == "("


def bind_values(context: Context, cls: type[Layer], item: tree.Statement, scope: Scope) -> dict[str, Any] | None:
    """The arguments of a wrapper; None where they have a mistake."""
    layer, _ = _bind(context, cls, None, item, scope)
    return None if layer is None else layer.given()


def _bind(context: Context, cls: type[Layer], rank: int | None, item: tree.Statement, scope: Scope) -> tuple[Layer | None, dict[str, Span]]:
    given = _outside(context, item, scope) if cls.inputs == (0, 0) else None
    if given is None:
        given = []
        for a in item.arguments:
            value = context.value(a.value, scope, words=True)
            if isinstance(value, Label) and isinstance(a.value, tree.Name) and any(a.value.name in b.type.words for b in cls.args):
                value = Word(a.value.name)  # a label takes no word away: a layer is no argument
            given.append(Given(value, a.span if a.keyword is None else a.value.span, a.keyword, a.keyword_span))
        if any(g.value is None for g in given):
            return None, {}
    bound = bind(cls, given, item.kind_span, item.kind, scope.names())
    context.graph.findings += bound.findings
    if bound.findings:
        return None, bound.spans
    if context.graph.layout == CHANNELS_FIRST:
        bound.values.update({a.name: 0 for a in cls.args if a.type.channels and a.name not in bound.values})
    layer = cls(**bound.values)
    layer.rank = rank
    return layer, bound.spans


def _outside(context: Context, item: tree.Statement, scope: Scope) -> list[Given] | None:
    """The size that `--input` gives, in place of the one that is written; it gives free sizes their values as well."""
    name = item.label or ("input" if "input" not in context.taken else None)
    key = name if name in context.sizes else None
    if key not in context.sizes:
        return None
    if key in context.taken:
        context.ambiguous = True  # a size without a name, and several inputs that it may be for
        return None
    context.taken.add(key)
    size = context.sizes[key]
    written = item.arguments[0].value if item.arguments else None
    if written is not None:
        from archcalc.resolve.feeding import bind_free

        context.graph.parameters |= bind_free(written, size, scope)
    return [Given(size, item.span)]
