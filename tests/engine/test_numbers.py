"""Numbers that are given: the examples' come out to the last digit, and a file that is no such numbers is refused in one line."""

from __future__ import annotations

import json
from typing import Any

import pytest

import archcalc
from archcalc.engine import EngineError, run
from archcalc.engine.numbers import MAX_BYTES, differences, parse

np = pytest.importorskip("numpy", reason="NumPy is not installed")


@pytest.fixture
def numbers(examples: Any) -> Any:
    """The numbers of an example, by its name."""
    return lambda name: parse((examples / f"{name}.json").read_bytes(), name)


def test_the_convolution_by_hand(numbers: Any, examples: Any) -> None:
    given = numbers("conv_7x7")
    graph = archcalc.analyze(str(examples / "conv_7x7.arch")).graph
    found = run(graph, given.inputs, given.weights)
    wanted = [[6, 5, -2, 1, 2], [3, 0, 3, 2, -2], [4, 2, -1, 0, 0], [2, 1, 2, -1, -3], [1, 1, 1, 3, 1]]
    assert found.values["C1"][0, ..., 0].tolist() == wanted == given.outputs["C1"].tolist()
    assert differences(found, given.outputs) == []
    assert found.layers["C1"] == ((5, 5, 1), 10, 0, 225)


def test_with_stride_2_it_is_every_second_of_them(numbers: Any, examples: Any) -> None:
    given = numbers("conv_7x7")
    graph = archcalc.analyze(str(examples / "conv_7x7.arch"), params={"stride": 2}).graph
    found = run(graph, given.inputs, given.weights)
    assert found.values["C1"][0, ..., 0].tolist() == [[6, -2, 2], [4, -1, 0], [1, 1, 1]]
    with pytest.raises(EngineError, match="the outputs given for `C1` are 5x5; it puts out 3x3x1"):
        differences(found, given.outputs)


def test_the_pooling_by_hand(numbers: Any, examples: Any) -> None:
    given = numbers("pool_4x4")
    found = run(archcalc.analyze(str(examples / "pool_4x4.arch")).graph, given.inputs, given.weights)
    assert given.inputs["input"][:2, :2].ravel().tolist() == [3, 6, 4, 7]
    assert (found.values["mean"][0, 0, 0, 0], found.values["largest"][0, 0, 0, 0]) == (5, 7)
    assert differences(found, given.outputs) == []


def test_a_difference_says_where_and_what(numbers: Any, examples: Any) -> None:
    given = numbers("conv_7x7")
    found = run(archcalc.analyze(str(examples / "conv_7x7.arch")).graph, given.inputs, given.weights)
    given.outputs["C1"][1, 3] = 7
    (difference,) = differences(found, given.outputs)
    assert str(difference) == "C1 at 1, 3, 0 is 2; given is 7"
    with pytest.raises(EngineError, match="outputs are given for `C2`; there are input, C1"):
        differences(found, {"C2": np.ones(1)})


def test_a_result_that_is_no_number_differs(examples: Any) -> None:
    graph = archcalc.analyze(text="network N { input 2; L: softplus }").graph
    found = run(graph, {"input": [1, 2]})
    found.values["L"][0, 1] = np.nan
    assert [d.place for d in differences(found, {"L": found.values["L"].copy()})] == [(1,)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("\xff", "not JSON"),
        ("[1, 2]", "it must be an object"),
        ('{"input": {}}', "there is no part `input`; parts are about, inputs, weights, outputs"),
        ('{"inputs": [1]}', "`inputs` must be an object"),
        ('{"weights": {"L": [1]}}', "`weights.L` must be an object"),
        ('{"inputs": {"a": [1, NaN]}}', "NaN is no number"),
        ('{"inputs": {"a": [1, -Infinity]}}', "-Infinity is no number"),
        ('{"inputs": {"a": [1, 1e400]}}', "`inputs.a` holds a number that is too large"),
        ('{"inputs": {"a": [1, 1' + "0" * 400 + "]}}", "`inputs.a` holds a number that is too large"),
        ('{"inputs": {"a": 1' + "0" * 5000 + "}}", "not JSON that can be read"),
        ('{"inputs": {"a": [1, "2"]}}', "`inputs.a` holds a text where a number must stand"),
        ('{"inputs": {"a": [1, true]}}', "`inputs.a` holds true or false"),
        ('{"inputs": {"a": [1, null]}}', "`inputs.a` holds null"),
        ('{"inputs": {"a": [1, {}]}}', "`inputs.a` holds an object"),
        ('{"inputs": {"a": [1, [2]]}}', "`inputs.a` holds a list where"),
        ('{"inputs": {"a": [[1, 2], [3]]}}', "ragged: one list has 1 entries, and its neighbours have 2"),
        ('{"inputs": {"a": [[1, 2], 3]}}', "ragged: a single value"),
        ('{"inputs": {"a": [[], []]}}', "`inputs.a` holds an empty list"),
        ('{"inputs": {"a": 1, "a": 2}}', "`a` stands there twice"),
        ('{"inputs": {"a": ' + "[" * 40 + "1" + "]" * 40 + "}}", "nested deeper than 32"),
        ('{"inputs": {"a": ' + "[" * 100_000 + "1" + "]" * 100_000 + "}}", "nested deeper than 32"),
    ],
)
def test_what_is_no_numbers_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(EngineError, match=message) as caught:
        parse(text.encode("latin-1"), "n.json")
    assert str(caught.value).startswith("n.json") and "\n" not in str(caught.value)


def test_a_large_file_is_refused() -> None:
    with pytest.raises(EngineError, match="more than 50,000,000 bytes"):
        parse(b" " * (MAX_BYTES + 1))


def test_numbers_may_come_as_a_batch_and_a_part_may_be_missing() -> None:
    given = parse(
        json.dumps({"about": "two samples", "inputs": {"input": [[1, -2], [-3, 0.5]]}, "outputs": {"L": [[1, 0], [0, 0.5]]}}).encode()
    )
    found = run(archcalc.analyze(text="network N { input 2; L: relu }").graph, given.inputs, given.weights)
    assert differences(found, given.outputs) == []
