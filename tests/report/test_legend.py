"""Every symbol of every formula is explained: no letter is left to be guessed."""

from __future__ import annotations

import re

import pytest

import archcalc
from archcalc.registry import every_kind
from archcalc.report.symbols import legend
from archcalc.spec import Example

EXAMPLES = [(kind, example) for kind, cls in every_kind().items() for example in cls.examples if example.inputs]


def placed(example: Example) -> str:
    """A network of the example's line alone."""
    inputs = [f"i{k}: input {'x'.join(map(str, shape))}" for k, shape in enumerate(example.inputs)]
    line, brace, body = example.line.partition("{")
    read = ", ".join(f"i{k}" for k in range(len(inputs)))
    return "\n".join(["network N {", *inputs, f"L: {line.rstrip()} from {read} {brace}{body}", "}"])


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[f"{kind}-{example.line}" for kind, example in EXAMPLES])
def test_every_symbol_has_its_meaning(kind: str, example: Example) -> None:
    analysis = archcalc.analyze(text=placed(example))
    assert analysis.ok
    for derivation in analysis.derivations("L").values():
        known = dict(legend([derivation.symbols], [analysis.layers["L"].node]))
        words = re.findall(r"bias adds|[^\W\d]\w*", derivation.symbols.replace(" x ", " * "))
        assert set(words) == set(known), derivation.symbols
        assert all(known.values())
