"""What the comparison with NumPy can find: a rule that is made wrong is found out, kind by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contract.every import CLASSES, network

from archcalc.spec import Layer, Wrapper
from archcalc.testing import Differs, holds
from archcalc.testing.drawn_lines import NO_LAYERS

KINDS = [cls for cls in CLASSES if cls.kind not in NO_LAYERS]
SMALL = 300  # the sum of the sizes that flow in, so that the engine takes no time


def programs(cls: type[Layer]) -> list[str]:
    """A kind's examples, as networks: the small ones."""
    sizes = {network(cls, example): sum(n for x in example.inputs for n in x) for example in cls.examples}
    return [text for text, size in sizes.items() if size <= max(SMALL, min(sizes.values()))]


def larger(plain: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *inputs: (*plain(self, *inputs)[:-1], plain(self, *inputs)[-1] + 1)


def one_less(plain: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, out, *inputs: plain(self, out, *inputs)[1:]


def found(cls: type[Layer]) -> set[str]:
    """What of a kind's layers is not as predicted."""
    wrong = set()
    for text in programs(cls):
        try:
            holds(text)
        except Differs as differs:
            wrong |= {d.what for d in differs.differences if d.layer.startswith("L ")}
    return wrong


@pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.kind)
def test_its_examples_hold(cls: type[Layer]) -> None:
    assert found(cls) == set()


@pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.kind)
def test_a_wrong_shape_is_found(cls: type[Layer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cls, "shape", larger(cls.shape))
    assert "output shape" in found(cls)


WEIGHTED = [cls for cls in KINDS if cls.weights is not Layer.weights and not issubclass(cls, Wrapper)]


@pytest.mark.parametrize("cls", WEIGHTED, ids=lambda cls: cls.kind)
def test_a_weight_too_few_is_found(cls: type[Layer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cls, "weights", one_less(cls.weights))
    assert {"trainable parameters", "non trainable parameters"} & found(cls)


@pytest.mark.parametrize("cls", [cls for cls in KINDS if cls.multiplies and not issubclass(cls, Wrapper)], ids=lambda cls: cls.kind)
def test_multiply_accumulates_that_are_forgotten_are_found(cls: type[Layer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cls, "multiplies", False)
    monkeypatch.setattr(cls, "products", Layer.products)
    assert "macs" in found(cls)


@pytest.mark.parametrize("cls", [cls for cls in KINDS if cls.computes and not issubclass(cls, Wrapper)], ids=lambda cls: cls.kind)
def test_connections_that_are_forgotten_are_found(cls: type[Layer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cls, "computes", False)
    monkeypatch.setattr(cls, "products", Layer.products)
    assert "connections" in found(cls)
