"""Names are unique in the JSON, whatever the program calls its layers: figures and derivations are found by name."""

from __future__ import annotations

import json

import pytest

import archcalc

PROGRAMS = {
    "two layers": ("network N {\n input 4\n a: dense 2\n a: dense 3\n}\n", ["input", "a", "a#2"]),
    "two inputs": ("network N {\n a: input 4\n a: input 5\n dense 3\n}\n", ["a", "a#2", "dense_1"]),
    "one that is called like the second": (
        'network N {\n input 4\n "a#2": relu\n a: dense 2\n a: dense 3\n}\n',
        ["input", "a#2", "a", "a#3"],
    ),
    "unknown kinds": ("network N { L4: G\n L4: H }\n", ["L4", "L4#2"]),
}


@pytest.mark.parametrize("case", PROGRAMS)
def test_each_has_a_name_of_its_own(case: str) -> None:
    program, names = PROGRAMS[case]
    analysis = archcalc.analyze(text=program)
    assert "E102" in [d.code for d in analysis.diagnostics]
    document = json.loads(analysis.to_json())
    assert [x["name"] for x in (*document["inputs"], *document["layers"])] == names
    assert list(analysis.layers) == [row["name"] for row in document["layers"]]


def test_the_first_has_its_own_derivation() -> None:
    """Found by a name that two bear, it was the second's: 2 units of 4 values are 10 parameters, 3 of 2 are 9."""
    analysis = archcalc.analyze(text=PROGRAMS["two layers"][0])
    first, second = json.loads(analysis.to_json())["layers"]
    assert (first["params"], second["params"]) == (10, 9)
    assert first["formulas"]["params"].endswith("= 10") and second["formulas"]["params"].endswith("= 9")
