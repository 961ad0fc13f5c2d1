"""The names that declarations share with Keras 3 are Keras's: its classes, their arguments, its activations."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from every import CLASSES

from archcalc.activations import FUNCTIONS
from archcalc.recipes import LOSSES, OPTIMIZERS
from archcalc.registry import TRAINABLE
from archcalc.spec import Layer

keras: Any = pytest.importorskip("keras", reason="Keras is not installed")

NAMED = [
    pytest.param(cls, cls.keras.format(rank=rank), id=cls.keras.format(rank=rank))
    for cls in CLASSES
    if cls.keras
    for rank in (cls.ranks if "{rank}" in cls.keras else (0,))
]


def parameters_of(name: str, called: bool) -> dict[str, inspect.Parameter]:
    """What Keras takes where a layer is made, the arguments that every layer takes among them, or where it is called."""
    found = keras.Input if name == "Input" else getattr(keras.layers, name)
    of_all = {} if called or name == "Input" else inspect.signature(keras.layers.Layer.__init__).parameters
    return {**of_all, **inspect.signature(found.call if called else found).parameters}


@pytest.mark.parametrize(("cls", "name"), NAMED)
def test_the_class_exists_and_takes_the_arguments_by_these_names(cls: type[Layer], name: str) -> None:
    for a in cls.args:
        assert not a.keras or a.keras in parameters_of(name, a.called), a.name


@pytest.mark.parametrize(("cls", "name"), NAMED)
def test_what_keras_requires_is_required(cls: type[Layer], name: str) -> None:
    """But for what the language has a default for where Keras has none, and for `crop`, whose default depends on the rank."""
    for a in cls.args:
        parameter = parameters_of(name, a.called).get(a.keras or "")
        if parameter is not None and parameter.default is inspect.Parameter.empty:
            assert a.required or a.keras_needs, a.name
        elif parameter is not None and a.required:
            assert parameter.default is None or cls.kind == "crop", a.name


@pytest.mark.parametrize(("cls", "name"), NAMED)
def test_a_default_is_keras_own(cls: type[Layer], name: str) -> None:
    said = {"shared": True, "none": False}
    for a in cls.args:
        parameter = parameters_of(name, a.called).get(a.keras or "")
        if parameter is None or a.required or parameter.default is inspect.Parameter.empty:
            continue
        theirs = parameter.default
        while isinstance(theirs, tuple) and len(set(theirs)) == 1:
            theirs = theirs[0]
        if a is TRAINABLE:
            assert theirs is True
            continue
        ours = said.get(a.default, a.default) if a.keras == "use_bias" else a.default
        assert ours == theirs, a.name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_activation_is_one_of_keras(name: str) -> None:
    assert callable(keras.activations.get(name))


def test_no_activation_of_keras_is_forgotten() -> None:
    """But glu, which halves an axis and so is no function of single values, and what needs more than a name."""
    theirs = {n: f for n, f in vars(keras.activations).items() if inspect.isfunction(f) and not n.startswith("_")}
    alone = {
        n
        for n, f in theirs.items()
        if all(p.default is not inspect.Parameter.empty for p in list(inspect.signature(f).parameters.values())[1:])
    }
    assert alone - {"get", "serialize", "deserialize", "glu"} <= set(FUNCTIONS)


def test_every_word_of_a_recipe_has_its_keras_class() -> None:
    for word, name in OPTIMIZERS.items():
        assert isinstance(keras.optimizers.get(word), getattr(keras.optimizers, name))
    for word, name in LOSSES.items():
        assert callable(keras.losses.get(word))
        assert issubclass(getattr(keras.losses, name), keras.losses.Loss)
