"""What the child is told: layers in the program's order, data and schedules."""

from __future__ import annotations

from typing import Any

import pytest
from codegen.generated import rows
from codegen.networks import Builder, lenet5

import archcalc
from archcalc.graph import Graph
from archcalc.verify.job import make_job


def job(graph: Graph, predicted: list[dict[str, Any]] | None = None, **options: Any) -> dict[str, Any]:
    given = {"data": None, "epochs": None, "seed": 0, "device": "cpu", "build_only": False, **options}
    return make_job(graph, rows(graph) if predicted is None else predicted, **given)


def test_layers_are_numbered_in_the_order_of_their_calls_and_parts_are_outputs() -> None:
    text = """network N {
        input 6x3
        enc: lstm 4, states
        lstm 4 from input, enc.state_h, enc.state_c
        two: reuse enc from input
        concat from enc, lstm_1, two
    }"""
    text = text.replace("        lstm 4 from", "        dec: lstm 4 from").replace("enc, lstm_1, two", "enc, dec, two")
    analysis = archcalc.analyze(text=text)
    assert analysis.ok, analysis.diagnostics
    found = [(e["name"], e["call"], e["output"], e["class"], e["label"]) for e in job(analysis.graph, [])["layers"]]
    assert found[:5] == [
        ("enc", 0, 0, "LSTM", "enc"), ("enc.state_h", 0, 1, "LSTM", "enc"), ("enc.state_c", 0, 2, "LSTM", "enc"),
        ("dec", 1, 0, "LSTM", "dec"), ("two", 2, 0, "LSTM", None),
    ]  # fmt: skip
    assert found[-1][1:] == (3, 0, "Concatenate", None)


def test_a_program_s_own_classes_are_named() -> None:
    assert [e["class"] for e in job(lenet5())["layers"]] == [
        "Conv2D", "Subsampling", "LeCunConv", "Subsampling", "Conv2D", "Flatten", "Dense", "RBF"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("macs", "inputs", "units", "data"),
    [(0, (28, 28, 1), 10, "digits"), (10**8, (28, 28, 1), 10, "digits"), (10**9, (28, 28, 1), 10, "random"), (0, (28, 28, 1), 9, "random"), (0, (7,), 10, "random")],
)  # fmt: skip
def test_digits_are_for_networks_that_can_take_them_in_minutes(macs: int, inputs: Any, units: int, data: str) -> None:
    graph = Builder(inputs).then("flatten").then("dense", units=units).graph
    predicted = [{**row, "macs": macs} for row in rows(graph)]
    assert job(graph, predicted)["data"] == data
    assert job(graph, predicted, data="digits")["data"] == "digits"


def test_a_schedule_is_the_recipe_s_for_its_own_data_and_says_what_it_takes() -> None:
    graph = Builder((28, 28)).then("flatten").then("dense", units=10).trained(data="mnist", epochs=7, batch=64, optimizer="sgd").graph
    own, other, short = (job(graph, **options)["schedule"] for options in ({}, {"data": "digits"}, {"epochs": 2}))
    assert (own["small"]["epochs"], own["small"]["batch"], other["small"]["epochs"], other["small"]["batch"]) == (7, 64, 15, 32)
    assert (short["small"]["epochs"], short["large"]["epochs"]) == (2, 2)
    assert own["large"]["bytes"] == 4 * (2 * 7850 + 64 * (784 + 10))
