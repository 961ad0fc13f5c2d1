"""Shapes that a model's file holds are held to what comes out: the layer where they part is named, and no other."""

from __future__ import annotations

import json
from typing import Any

from importers.pieces import tensor

import archcalc
from archcalc.pipeline import Options, analyze_all, load


def dense(name: str, units: int, source: dict[str, Any], built: int) -> dict[str, Any]:
    nodes = [{"args": [source], "kwargs": {}}]
    config = {"units": units, "name": name}
    return {"class_name": "Dense", "config": config, "name": name, "build_config": {"input_shape": [None, built]}, "inbound_nodes": nodes}


def found(*shapes: int, built: tuple[int, ...] = (4, 5, 6)) -> list[tuple[str, str | None, str]]:
    """The findings of x -> a -> b -> c with 4, 5, 6, 7 values, where the file says that these flow, and on what layers were built."""
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 4]}, "name": "x", "inbound_nodes": []},
        dense("a", 5, tensor("x", shapes[0]), built[0]),
        dense("b", 6, tensor("a", shapes[1]), built[1]),
        dense("c", 7, tensor("b", shapes[2]), built[2]),
    ]
    config = {"name": "t", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["c", 0, 0]]}
    loaded = load("model.json", json.dumps({"class_name": "Functional", "config": config}).encode())
    return [(d.code, d.layer, d.message) for a in analyze_all(loaded) for d in a.diagnostics]


def test_what_agrees_is_not_spoken_of() -> None:
    assert found(4, 5, 6) == []


def test_a_value_that_has_another_shape_is_said_where_it_comes_out() -> None:
    ((code, layer, message),) = found(4, 50, 6)
    assert (code, layer) == ("E608", "a")
    assert message == "what comes out of `a` is 5 here, and the file says 50"


def test_a_layer_that_was_built_on_another_shape_is_said_as_well() -> None:
    ((code, layer, message),) = found(4, 5, 6, built=(4, 5, 60))
    assert (code, layer) == ("E608", "b")
    assert message == "what comes out of `b` is 6 here, and the file says 60"


def test_what_only_follows_is_not_said() -> None:
    assert [layer for _, layer, _ in found(4, 50, 60)] == ["a"]


def test_models_that_are_used_as_layers_are_looked_into() -> None:
    layers = [{"class_name": "InputLayer", "config": {"batch_shape": [None, 4]}, "name": "x"}, dense("a", 5, tensor("x", 4), 4)]
    layers.append(dense("b", 6, tensor("a", 50), 50))
    inner = {"class_name": "Sequential", "config": {"name": "inner", "layers": layers}, "name": "inner"}
    outer = {"class_name": "Sequential", "config": {"name": "outer", "layers": [layers[0], inner]}}
    (analysis,) = analyze_all(load("m.json", json.dumps(outer).encode()))
    assert [(d.code, d.layer) for d in analysis.diagnostics] == [("E608", "inner.a")]


def test_other_sizes_that_the_user_asks_for_are_no_disagreement() -> None:
    layers = [{"class_name": "InputLayer", "config": {"batch_shape": [None, 4]}, "name": "x"}, dense("a", 5, tensor("x", 4), 4)]
    data = json.dumps({"class_name": "Sequential", "config": {"name": "t", "layers": layers}}).encode()
    (analysis,) = analyze_all(load("m.json", data), None, Options(inputs={None: "9"}))
    assert analysis.ok and analysis.totals.params == 50
    assert archcalc.analyze(text=data.decode()).totals.params == 25


def scores_of(announced: list[int | None], queries: int | None = 7) -> list[tuple[str, str | None]]:
    """The findings of a model that puts out the scores of attention, 7 queries to 9 keys in 4 heads, and a softmax of them."""

    def layer(name: str, kind: str, config: dict[str, Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        nodes = [{"args": list(args), "kwargs": kwargs}] if args else []
        return {"class_name": kind, "config": {"name": name, **config}, "name": name, "module": "keras.layers", "inbound_nodes": nodes}

    layers = [
        layer("q", "InputLayer", {"batch_shape": [None, queries, 16]}),
        layer("v", "InputLayer", {"batch_shape": [None, 9, 16]}),
        layer(
            "a",
            "MultiHeadAttention",
            {"num_heads": 4, "key_dim": 8},
            tensor("q", queries, 16),
            tensor("v", 9, 16),
            return_attention_scores=True,
        ),
        layer("s", "Softmax", {}, tensor("a", *announced, output=1)),
    ]
    config = {"name": "t", "layers": layers, "input_layers": [["q", 0, 0], ["v", 0, 0]], "output_layers": [["a", 0, 0], ["s", 0, 0]]}
    (analysis,) = analyze_all(load("m.json", json.dumps({"class_name": "Functional", "config": config}).encode()))
    if queries is not None:
        assert analysis.layers["s"].output_shape == (4, 7, 9)  # as Keras 3.15 puts it out when it runs
    return [(d.code, d.layer) for d in analysis.diagnostics]


def test_scores_of_attention_are_announced_by_keras_as_queries_by_queries() -> None:
    assert scores_of([4, 7, 9]) == []
    assert scores_of([4, 7, 7]) == []  # as Keras 3.15 writes it
    assert scores_of([4, 7, 8]) == [("E608", "a.scores")]
    assert scores_of([4, None, None], None) == []
    assert scores_of([4, 6, 6], None) == []  # as far as these are numbers
    assert scores_of([5, None, None], None) == [("E608", "a.scores")]
