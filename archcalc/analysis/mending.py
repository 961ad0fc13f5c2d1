"""What would fit instead of a mistake in shapes: a change nearby is tried, and offered only if it fits.

Layers are asked for what they declare: a flag that is off, padding that could be `same`, an argument with an entry for each axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from archcalc.analysis.merging import crossed
from archcalc.analysis.trying import chain, fits, innermost, refitted, standing_in, with_argument
from archcalc.argtypes import Flag, Padding, PerAxis
from archcalc.arguments import Arg
from archcalc.graph import Graph, Node, say_shape
from archcalc.languages import phrase, together
from archcalc.sizes import Refusal, Shape

MOST = 20  # mistakes of a network for which something is tried
Facts = dict[str, Any]


def advise(graph: Graph) -> None:
    """Give the first mistakes in shapes what would fit, mostly in place of what their rules say; not where sizes are free."""
    if graph.book is not None:
        return
    found = [d for d in graph.findings if d.code in WAYS and d.layer in graph.names]
    for finding in found[:MOST]:
        node = graph.names[finding.layer or ""]
        assert node.layer is not None  # whose rule has refused what flows in, all of which is known
        if finding.code == "E303" and finding.fixes:
            continue  # a rule that says what the entries are knows better
        ways = (tuple(way(node, finding.facts)) for way in WAYS[finding.code])
        finding.fixes = next(filter(None, ways), finding.fixes)


def switched(node: Node, _: Facts) -> Iterator[str]:
    """A flag of a layer before it that is off: what puts out only its last step can put out all of them."""
    before = chain(node.inputs[0])
    for i, source in enumerate(before):
        assert source.layer is not None
        inner = innermost(source.layer)
        for a in inner.args:
            if isinstance(a.type, Flag) and not a.called and a.default is False and getattr(inner, a.name) is False:
                try:
                    found = refitted((*reversed(before[: i + 1]), node), {id(source): with_argument(source.layer, a.name, True)})
                except Refusal:
                    continue
                where = "" if inner is source.layer else phrase(" in its `{kind}`", kind=inner.kind)
                yield phrase(
                    "with `{name}`{where}, {source} puts out {shape}, which fits",
                    name=a.name,
                    where=where,
                    source=source.name,
                    shape=say_shape(found[id(source)].shape),
                )
                return


def unflattened(node: Node, _: Facts) -> Iterator[str]:
    """A place before what made a vector of it."""
    for source in chain(node.inputs[0]):
        x, out = source.inputs[0], source.shape or ()
        if source.layer is None or x.shape is None or not (source.layer.view or x.shape == out):
            return
        if source.layer.view and len(x.shape) > len(out) and fits(standing_in(node, node.layer, (x, *node.inputs[1:]))):
            yield phrase("before {source}, where it is {shape}, it would fit", source=source.name, shape=say_shape(x.shape))
            return


def per_axis(node: Node, facts: Facts) -> Iterator[str]:
    """As many entries as there are axes; and an axis for the channels, if an input may have been meant without them."""
    assert node.layer is not None
    inner, rank = innermost(node.layer), facts["rank"]
    x = node.inputs[0]
    if not x.inputs and x.shape is not None and facts["got"] == rank + 1:
        deeper = Node(x.name, None, (), None)
        deeper.shape = (1, *x.shape) if node.first else (*x.shape, 1)
        if fits(standing_in(node, node.layer, (deeper, *node.inputs[1:]))):
            yield phrase("without channels, these are maps: `input {shape}` has one", shape=say_shape(deeper.shape))
    wrong = [a for a in inner.args if isinstance(a.type, PerAxis | Padding) and _entries(getattr(inner, a.name)) not in (None, rank)]
    layer, said = node.layer, []
    for a in wrong:
        value = _of_rank(getattr(inner, a.name), rank)
        layer = with_argument(layer, a.name, value)
        said.append(_written(a, value))
    if said and fits(standing_in(node, layer)):
        ways = together(" and ", said)
        yield (
            phrase("{ways} would fit, with 1 entry", ways=ways)
            if rank == 1
            else phrase("{ways} would fit, with {n} entries", ways=ways, n=rank)
        )


def _entries(value: Any) -> int | None:
    """How many whole numbers it has, one for each axis; None where it is something else."""
    return len(value) if isinstance(value, tuple) and all(type(n) is int for n in value) else None


def _of_rank(value: Shape, rank: int) -> Any:
    """The first entries; of fewer, the first for all axes."""
    return value[0] if len(value) < rank or rank == 1 else value[:rank]


def _written(a: Arg, value: Any) -> str:
    """An argument as a program has it."""
    text = "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"`/{text}`" if a.slash else f"`{text}`" if a.required else f"`{a.name}={text}`"


WAYS: dict[str, tuple[Callable[[Node, Facts], Iterator[str]], ...]] = {
    "E302": (switched, unflattened),
    "E303": (switched, per_axis),
    "E307": (crossed,),
}
