"""Every JSON document is what the schema that ships with the package says."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from running import one_of_each_file

import archcalc

jsonschema: Any = pytest.importorskip("jsonschema", reason="jsonschema is not installed")

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = sorted([*map(Path, one_of_each_file()), *ROOT.glob("tests/programs/*.arch"), *ROOT.glob("tests/mistakes/*.arch")])


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads((files("archcalc") / "analysis.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_document_of_every_program_is_valid(validator: Any, path: Path) -> None:
    """Right programs and wrong ones: the document is whole with exit code 1 as well."""
    try:
        document = archcalc.analyze(str(path)).to_json()
    except archcalc.ArchError as error:
        assert "name a network" in str(error)  # several networks: there is no one document
        return
    validator.validate(json.loads(document))


def test_a_document_that_is_none_is_refused(validator: Any) -> None:
    document = json.loads(archcalc.analyze(text="network N { input 4; relu }").to_json())
    document["layers"][0]["params"] = 1.5
    assert not validator.is_valid(document)
