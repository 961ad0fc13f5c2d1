"""Syntax tree to graph: picks the network, gives its parameters their values, and has its body expanded.

Every stage returns its value with a list of findings; a network with mistakes still becomes a graph, as far as it goes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.checks import Checks
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph
from archcalc.languages import phrase
from archcalc.names import suggestion
from archcalc.resolve.about import finish
from archcalc.resolve.context import Context
from archcalc.resolve.definitions import Definitions, defined_above
from archcalc.resolve.expand import Expander
from archcalc.resolve.expressions import evaluate
from archcalc.resolve.labels import Frame
from archcalc.resolve.scope import FREE, UNKNOWN, Deferred, Fail, Scope
from archcalc.source import Source
from archcalc.syntax import tree
from archcalc.syntax.parser import parse
from archcalc.values import Dims


class Options(NamedTuple):
    """What the user sets from outside: parameters as expressions (`classes=5`), input sizes by name (None: the only one), the batch,
    which warnings are on, and whether taps that fall on padding are left out of the connections.
    """

    parameters: dict[str, str] = {}
    inputs: dict[str | None, str] = {}
    batch: int = 1
    checks: Checks = Checks()
    real_taps: bool = False


class UsageError(Exception):
    """The command's own words do not fit the file: no such network, no such parameter. Holds a diagnostic."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


def choose(definitions: Definitions, name: str | None) -> list[tree.Network]:
    """The network of that name, or all of them.

    Raises:
        UsageError: there is none of that name.
    """
    networks = definitions.networks
    if name is None:
        return list(networks.values())
    if name not in networks:
        raise UsageError(Diagnostic("E107", None, {"name": f"`{name}`"}, fixes=suggestion(name, networks)))
    return [networks[name]]


def resolve(network: tree.Network, definitions: Definitions, options: Options = Options()) -> Graph:
    """One network as a graph, its mistakes in `graph.findings`.

    Raises:
        UsageError: `options` name a parameter or an input that the network does not have, or are no expressions.
    """
    graph = Graph(network.name, network.span.source.name)
    graph.span = network.name_span
    scope = Scope(definitions.scope)
    _set_parameters(network, scope, options, graph)
    sizes = {name: _size(text) for name, text in options.inputs.items()}
    context = Context(graph, sizes, definitions.spent)
    frame = Frame(scope, "", network.body, home=definitions)
    Expander(context, network).expand(network.body, frame, scope)
    definitions.spent = context.others + len(graph.layers), context.statements
    finish(context, frame, network)
    _all_taken(context)
    graph.settle()
    graph.findings = [d for d in graph.findings if not _may_be_missing(d, definitions)]
    return graph


def _may_be_missing(finding: Diagnostic, definitions: Definitions) -> bool:
    """Whether a name that was not found may be one of a used file that could not be read, which was said."""
    return definitions.incomplete and finding.code in ("E101", "E104", "E204")


def _all_taken(context: Context) -> None:
    known = ", ".join(n.name for n in context.graph.inputs)
    if context.ambiguous:
        raise UsageError(
            Diagnostic("E129", None, {"problem": phrase("there are several inputs: name one of {known}, as in NAME=64x64x3", known=known)})
        )
    for name in context.sizes.keys() - context.taken:
        problem = (
            phrase("there is no input called `{name}`; there is {known}", name=name, known=known)
            if name
            else phrase("the network has no input left for it")
        )
        raise UsageError(Diagnostic("E129", None, {"problem": problem}))


def _set_parameters(network: tree.Network, scope: Scope, options: Options, graph: Graph) -> None:
    known = [p.name for p in network.parameters]
    given = _given(network, options)
    for name in options.parameters:
        if name not in known:
            facts = {"network": network.name, "name": f"`{name}`"}
            fixes = suggestion(name, known) or ((phrase("it has {names}", names=", ".join(known)),) if known else ())
            raise UsageError(Diagnostic("E106", network.name_span, facts, fixes=fixes))
    for parameter in network.parameters:
        if parameter.name in scope.values:
            graph.findings.append(Diagnostic("E102", parameter.span, {"name": f"`{parameter.name}`"}))
        elif parameter.name in options.parameters:
            value = outside(parameter.name, options.parameters[parameter.name])
            scope.values[parameter.name] = graph.parameters[parameter.name] = value
        elif parameter.default is not None:
            try:
                value = defined_above(parameter.default, evaluate(parameter.default, scope, words=True), known)
            except Fail as failure:
                free = options.inputs and failure.finding is not None and failure.finding.code == "E109"
                scope.values[parameter.name] = Deferred(parameter.default) if free else UNKNOWN
                graph.findings += [] if free else failure.findings
                continue
            scope.values[parameter.name] = graph.parameters[parameter.name] = value
        elif parameter.name in given:  # by the size of an input
            scope.values[parameter.name] = FREE
        else:
            from archcalc.resolve.free import free_size  # most networks have none

            scope.values[parameter.name] = free_size(graph, parameter.name)


def _given(network: tree.Network, options: Options) -> set[str]:
    """Names that sizes of inputs from outside may give values to: those in the lines of these inputs."""
    if not options.inputs:
        return set()
    from archcalc.resolve.feeding import names_of_inputs

    return names_of_inputs(network.body, set(options.inputs))


def outside(name: str, text: str) -> Any:
    """The value of an expression that stands on the command line.

    Raises:
        UsageError: it is no expression, or has no value.
    """
    source = Source(f"-p {name}", f"let {name} = {text}\n")
    program, findings = parse(source)
    if findings or len(program.items) != 1 or not isinstance(program.items[0], tree.Let):
        raise UsageError(findings[0] if findings else Diagnostic("E209", None, {"got": f"`{text}`", "wanted": phrase("one expression")}))
    try:
        return evaluate(program.items[0].value, Scope(), words=True)
    except Fail as failure:
        # A scope without layers has nothing unknown in it, so a finding is there.
        raise UsageError(failure.finding or Diagnostic("E129", None, {"problem": phrase("`{text}` has no value", text=text)})) from None


def _size(text: str) -> Dims:
    value = outside("input", text)
    entries = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in entries):
        raise UsageError(Diagnostic("E129", None, {"problem": phrase("`{text}` is no size such as 64x64x3", text=text)}))
    return Dims(entries)
