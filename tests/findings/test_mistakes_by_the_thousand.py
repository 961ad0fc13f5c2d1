"""A mistake in a block is made again in each of its instances, and looking for what was meant takes time: the work has an end."""

from __future__ import annotations

import time

import pytest

import archcalc
from archcalc.resolve.context import MAX_FINDINGS

DOUBLING = "".join(f"block b{i} {{ b{i - 1}; b{i - 1} }}\n" for i in range(1, 40))
PROGRAMS = {
    "an unknown kind in blocks that double": DOUBLING + "network N { input 4; dense 3; b39 }\n",
    "an unknown kind in a loop": "network N { input 4; dense 3\n repeat 150000 { relo }\n}\n",
    "an unknown word in a loop": "network N { input 4\n for i in range(150000) { dense nope }\n}\n",
    "an unknown argument in a loop": "network N { input 4\n for i in range(150000) { dense 3, noep=3 }\n}\n",
    "an unknown label in a loop": "network N { input 4\n for i in range(150000) { relu from abc }\n}\n",
    "a figure that there is not in a loop": "network N { input 4\n for i in range(150000) { relu; let a = in.foo }\n}\n",
    "a size that is not declared in a loop": "network N { input 4\n for i in range(150000) { dense 3 -> 4 }\n}\n",
}


@pytest.mark.parametrize("case", PROGRAMS)
def test_the_work_has_an_end(case: str) -> None:
    begun = time.process_time()
    analysis = archcalc.analyze(text=PROGRAMS[case])
    assert time.process_time() - begun < 5  # it was a minute and more
    assert not analysis.ok
    assert len(analysis.graph.findings) <= MAX_FINDINGS + 2


@pytest.mark.parametrize("case", PROGRAMS)
def test_what_was_left_out_is_not_counted_as_nothing(case: str) -> None:
    assert archcalc.analyze(text=PROGRAMS[case]).totals.params is None


def test_a_network_too_large_has_no_totals() -> None:
    """Of a billion layers one was built: its 15 parameters are not those of the network."""
    for program in ("repeat 10**9 { dense 3 }", "repeat 10**3 { " * 8 + "let a = 1" + " }" * 8):
        analysis = archcalc.analyze(text=f"network N {{ input 4; dense 3\n {program} }}\n")
        assert {d.code for d in analysis.diagnostics} <= {"E127", "E130"} and not analysis.ok
        assert set(analysis.totals) == {None}
