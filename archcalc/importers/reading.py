"""From the bytes of a model's JSON to a program: what the rest of archcalc goes on with."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from archcalc.diagnostics import Diagnostic
from archcalc.files import source_of
from archcalc.importers.config import Reader
from archcalc.importers.script import Script
from archcalc.importers.strict import parse_json
from archcalc.importers.writer import Writer, plain
from archcalc.source import Source, Span
from archcalc.syntax import tree


class ModelRead(NamedTuple):
    """A model as a program: the text that was made of it, its tree, the network that is the whole of it, and what was found.

    `shapes` has, for each layer of that network, the shapes that the file says flow in, with the batch.
    """

    source: Source
    program: tree.Program
    main: str
    findings: list[Diagnostic]
    shapes: dict[str, Any]


def read_model(name: str, data: bytes, path: str = "") -> ModelRead:
    """The program that a model's JSON describes. Never raises: what is wrong is in `findings`."""
    file, findings = source_of(name, data, path)
    if findings:
        return _nothing(file, findings)
    parsed, findings = parse_json(file)
    if findings:
        return _nothing(file, findings)
    reader = Reader(file)
    model = reader.top(parsed)
    if model is None or reader.findings:
        return _nothing(file, reader.findings)
    text = Source(f"{name} (as .arch)", "", path)
    script = Script(reader, Writer(text))
    found = script.whole(model, _who(plain(os.path.basename(name)), parsed))
    if reader.findings:
        return _nothing(file, reader.findings)
    return ModelRead(text, found.program, found.main, script.findings, found.shapes)


def _who(name: str, parsed: dict[str, Any]) -> str:
    version = parsed.get("keras_version")
    return f"Read from {name}" + (f", which Keras {plain(version)} wrote" if isinstance(version, str) else "")


def _nothing(source: Source, findings: list[Diagnostic]) -> ModelRead:
    return ModelRead(source, tree.Program((), Span(source, 0, 0)), "", findings, {})
