"""Models as a program: a network for each, those that others hold first. Text and tree are made together (writer.py)."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from archcalc.diagnostics import Diagnostic
from archcalc.importers.config import ModelConfig, Reader
from archcalc.importers.lines import Key, Plan
from archcalc.importers.network import NetworkText
from archcalc.importers.writer import Writer, is_name
from archcalc.registry import find_kind
from archcalc.resolve.context import MAX_LAYERS
from archcalc.resolve.expand import TAKES
from archcalc.resolve.scope import TAKEN
from archcalc.source import Span
from archcalc.syntax import tree


class Scripted(NamedTuple):
    """What became of a file: its program, which network is the whole, and what it says of the shapes that flow in, by layer."""

    program: tree.Program
    main: str
    shapes: dict[str, Any]


class Script:
    """Writes one model after another. What is wrong is reported to the reader, or is in `findings`, which point into the text."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self.reader = reader
        self.writer = writer
        self.findings: list[Diagnostic] = []
        self.networks: dict[int, str] = {}  # a model's name as a network
        self.labels: dict[int, dict[Key, str]] = {}  # those of its layers' calls
        self.taken: set[str] = set()
        self.items: list[tree.Network] = []
        self.shapes: dict[int, dict[str, Any]] = {}

    def whole(self, model: ModelConfig, said_first: str) -> Scripted:
        """The program of a file whose model this is."""
        self.writer.pass_on(f"# {said_first}\n")
        self.network(model)
        self.writer.finish()
        span = Span(self.writer.source, 0, self.writer.at)
        return Scripted(tree.Program(tuple(self.items), span), self.networks[id(model)], self.shapes[id(model)])

    def network(self, model: ModelConfig) -> None:
        """A model, after those that it holds."""
        for layer in model.layers.values():
            if layer.model is not None and id(layer.model) not in self.networks:
                self.network(layer.model)
        name = self.networks[id(model)] = self._fresh(model.name)
        plan = Plan(self.reader, model, self.networks)
        if not plan.make():
            self.shapes[id(model)] = {}
            self.labels[id(model)] = {}
            return
        put = self.writer.put
        put("\n")
        start = put("network ").start
        name_span = put(name)
        parameters = tuple(self._parameter(size, i) for i, size in enumerate(plan.free))
        put(") " if parameters else " ")
        opening = put("{\n").start
        body = NetworkText(plan, self.writer, self.labels)
        items = body.write()
        self.labels[id(model)] = body.labels
        self.findings += body.findings
        put("}")
        end = self.writer.at
        put("\n")
        inside = tree.Body(items, Span(self.writer.source, opening, end))
        self.items.append(tree.Network(name, name_span, parameters, inside, Span(self.writer.source, start, end)))
        self.shapes[id(model)] = body.shapes | self._inside(body)

    def _inside(self, body: NetworkText) -> dict[str, Any]:
        """The shapes inside of the models that a network uses as layers, as long as there are not too many."""
        found: dict[str, Any] = {}
        for label, model in body.models.items():
            inner = self.shapes[id(model)]
            if len(found) + len(inner) > MAX_LAYERS:
                break
            found |= {f"{label}.{name}": claims for name, claims in inner.items()}
        return found

    def _parameter(self, name: str, i: int) -> tree.Parameter:
        self.writer.pass_on(", " if i else "(")
        return tree.Parameter(name, None, self.writer.put(name))

    def _fresh(self, wanted: str) -> str:
        """A name for a network: the model's own, if that is a name, is free, and is no kind's."""
        name = re.sub(r"\W+", "_", wanted).strip("_") or "model"
        name = name if is_name(name) and not name[0].isdigit() else f"model_{name}"
        if find_kind(name) or name in TAKES or name in TAKEN:
            name += "_model"
        found, n = name, 1
        while found in self.taken:
            n += 1
            found = f"{name}_{n}"
        self.taken.add(found)
        return found
