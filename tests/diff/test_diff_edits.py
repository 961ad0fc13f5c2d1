"""One known edit of a random network comes out as the one cause, and everything else that changed as its consequence."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from edited import NEW, Fork, Layer, Net, draw

import archcalc
from archcalc.diff import Diff

SEEDS = range(40)


def difference(before: str, after: str) -> Diff:
    one, two = archcalc.analyze(text=before), archcalc.analyze(text=after)
    assert one.ok, (one.diagnostics, before)
    assert two.ok, (two.diagnostics, after)
    return one.diff(two)


def only_cause(found: Diff, before: str, after: str) -> object:
    """The one cause; everything else that changed follows from it alone."""
    story = f"{found}\n{before}\n{after}"
    assert len(found.causes) == 1, story
    (cause,) = found.causes
    for one in found.changed:
        assert (one.cause is cause) != (one.cause is None), story
        if one.cause is None:
            assert one.follows == (cause,), story
    return cause


def drawn(seed: int, suits: Callable[[Net], object] = lambda net: True) -> tuple[random.Random, Net]:
    """A random network, the first that suits."""
    chance = random.Random(seed)
    while not suits(net := draw(chance, labels=(0, 0, 3, 10)[seed % 4])):
        pass
    return chance, net


def convolutions(net: Net) -> list[Layer]:
    return [layer for layer in net.layers if layer.text.startswith("conv")]


def forks(net: Net) -> list[Fork]:
    return [item for body in net.bodies for item in body if isinstance(item, Fork)]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_statement_put_in(seed: int) -> None:
    chance, net = drawn(seed)
    before = net.text
    body = chance.choice(net.bodies)
    new = chance.choice(NEW)
    body.insert(chance.randint(0, len(body)), Layer(new, chance.choice(("", "fresh"))))
    cause = only_cause(found := difference(before, net.text), before, net.text)
    assert cause.change == "added" and len(cause.layers) == 1
    assert cause.layers[0].after.span.text.removeprefix("fresh: ") == new
    assert not found.renamed


@pytest.mark.parametrize("seed", SEEDS)
def test_one_statement_taken_away(seed: int) -> None:
    chance, net = drawn(seed)
    body = chance.choice(net.bodies)
    new = chance.choice(NEW)
    layer = Layer(new)
    body.insert(chance.randint(0, len(body)), layer)
    before = net.text
    body.remove(layer)
    cause = only_cause(found := difference(before, net.text), before, net.text)
    assert cause.change == "removed" and [one.before.span.text for one in cause.layers] == [new]
    assert not found.renamed


@pytest.mark.parametrize("seed", SEEDS)
def test_one_argument_changed(seed: int) -> None:
    chance, net = drawn(seed, convolutions)
    layer = chance.choice(convolutions(net))
    before, old = net.text, layer.text
    filters, kernel = old.split()[1].strip(","), old.split()[2].strip(",")
    layer.text = old.replace(f"conv {filters}", "conv 5") if chance.random() < 0.5 else old.replace(kernel, "5x5")
    cause = only_cause(difference(before, net.text), before, net.text)
    assert cause.change == "changed" and len(cause.layers) == 1
    (one,), (detail,) = cause.layers, cause.details
    assert one.before.span.text.endswith(old) and one.after.span.text.endswith(layer.text)
    assert detail.what == ("filters" if "conv 5" in layer.text else "kernel")
    assert (one.before.name == one.after.name) and (detail.before, detail.after) in (
        (int(filters), 5),
        ([int(n) for n in kernel.split("x")], [5, 5]),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_one_kind_changed_under_its_label(seed: int) -> None:
    chance, net = drawn(seed)
    layer = chance.choice(net.layers)
    layer.label = "the_one"
    before = net.text
    layer.text = chance.choice(NEW)
    if layer.text.startswith("conv") and before.count("the_one: conv"):
        layer.text = "gelu"
    cause = only_cause(difference(before, net.text), before, net.text)
    assert cause.change == "changed" and [d.what for d in cause.details] == ["kind"]
    assert cause.layers[0].after.name == cause.layers[0].before.name == "the_one"


@pytest.mark.parametrize("seed", SEEDS)
def test_labels_that_are_renamed_given_or_taken_away(seed: int) -> None:
    chance, net = drawn(seed)
    before = net.text
    chosen = chance.sample(net.layers, k=chance.randint(1, len(net.layers)))
    for i, layer in enumerate(chosen):
        layer.label = chance.choice((f"other{i}", f"l{1000 + i}", ""))
    found = difference(before, net.text)
    assert found.same and not found.changed, f"{found}\n{before}\n{net.text}"
    labelled = {line.partition(":")[0].strip() for line in net.text.splitlines() if ":" in line}
    assert {b.name for _, b in found.renamed} >= {layer.label for layer in chosen if layer.label} <= labelled


@pytest.mark.parametrize("seed", SEEDS)
def test_branches_in_another_order(seed: int) -> None:
    chance, net = drawn(seed, forks)
    fork = chance.choice(forks(net))
    before = net.text
    old = [repr([i.lines("") for i in branch]) for branch in fork.branches]
    chance.shuffle(fork.branches)
    new = [repr([i.lines("") for i in branch]) for branch in fork.branches]
    found = difference(before, net.text)
    if old == new:
        assert found.same
        return
    cause = only_cause(found, before, net.text)
    assert cause.change == "changed" and [d.what for d in cause.details] == ["inputs"], f"{found}\n{before}\n{net.text}"
    assert cause.layers[0].after.kind == "concat"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_branch_put_in_or_taken_away(seed: int) -> None:
    chance, net = drawn(seed, forks)
    fork = chance.choice(forks(net))
    before = net.text
    fork.branches.insert(chance.randint(0, len(fork.branches)), [Layer("conv 7, 3x3, same"), Layer("gelu")])
    cause = only_cause(difference(before, net.text), before, net.text)
    assert cause.change == "added" and [one.after.kind for one in cause.layers] == ["conv", "gelu"]
    cause = only_cause(difference(net.text, before), net.text, before)
    assert cause.change == "removed" and [one.before.kind for one in cause.layers] == ["conv", "gelu"]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_statement_moved(seed: int) -> None:
    chance, net = drawn(seed, lambda net: max(map(len, net.bodies)) > 2)
    body = max(net.bodies, key=len)
    layer = Layer("gelu")
    at, to = chance.sample(range(len(body) + 1), 2)
    body.insert(at, layer)
    before = net.text
    body.remove(layer)
    body.insert(to, layer)
    cause = only_cause(difference(before, net.text), before, net.text)
    assert cause.change == "moved" and cause.layers[0].before.kind == cause.layers[0].after.kind
    assert cause.layers[0].after.kind == "gelu" or abs(at - to) == 1  # of two neighbours that change places, either one has moved


@pytest.mark.parametrize("seed", SEEDS)
def test_two_edits_are_two_causes(seed: int) -> None:
    _, net = drawn(seed)
    before = net.text
    net.body.insert(0, Layer("gelu"))
    net.body.append(Layer("conv 7, 3x3, same"))
    found = difference(before, net.text)
    assert [(c.change, len(c.layers)) for c in found.causes] == [("added", 1)] * 2, f"{found}\n{before}\n{net.text}"


class Edit:
    """One edit of a network that can be made and unmade: other filters, a layer put in, a layer taken away."""

    def __init__(self, chance: random.Random, net: Net, layer: Layer, number: int) -> None:
        self.layer = layer
        self.body = next(body for body in net.bodies if layer in body)
        self.how = chance.choice(
            ("filters", "insert", "remove", "insert bn") if layer.text.startswith("conv") else ("insert", "remove", "insert bn")
        )
        self.new = Layer("bn momentum=0.7" if self.how == "insert bn" else f"conv {(5, 11)[number]}, 3x3, same", f"new{number}")
        self.old = layer.text
        self.name = layer.label if self.how in ("filters", "remove") else self.new.label
        self.at = self.body.index(layer)

    def do(self) -> None:
        if self.how == "filters":
            self.layer.text = f"conv 13, {self.old.split()[2]} same"
        elif self.how == "remove":
            self.body.remove(self.layer)
        else:
            self.body.insert(self.body.index(self.layer) + 1, self.new)

    def undo(self) -> None:
        if self.how == "filters":
            self.layer.text = self.old
        elif self.how == "remove":
            self.body.insert(self.at, self.layer)
        else:
            self.body.remove(self.new)


def two_edits(chance: random.Random) -> tuple[Net, list[Edit]] | None:
    """A network of which two edits can be told apart, and these; None if what was drawn has no such."""
    net = draw(chance, labels=10)
    if len(net.layers) < 4:
        return None
    edits = [Edit(chance, net, layer, k) for k, layer in enumerate(chance.sample(net.layers, k=2))]
    if edits[0].body is edits[1].body:
        return None  # in one sequence, one may hide the other
    if any(edit.how == "remove" and len(edit.body) == 1 for edit in edits):
        return None  # of an empty branch
    if {edit.how for edit in edits} == {"insert", "remove"} and any(edit.old.startswith("conv") for edit in edits if edit.how == "remove"):
        return None  # one convolution less and another one more: it may as well be the same one
    return net, edits


@pytest.mark.parametrize("seed", range(200))
def test_what_follows_from_an_edit_would_be_otherwise_without_it(seed: int) -> None:
    """Of two edits each is left out: a layer follows from those without which it would have another shape or other figures."""
    chance = random.Random(seed)
    while (two := two_edits(chance)) is None:
        pass
    net, edits = two
    before = archcalc.analyze(text=net.text)
    alone = []
    for edit in edits:
        edit.do()
        alone.append(archcalc.analyze(text=net.text))
        edit.undo()
    for edit in edits:
        edit.do()
    both = archcalc.analyze(text=net.text)
    assert both.ok, net.text
    found = before.diff(both)
    if {edit.how for edit in edits} == {"remove"} and len(found.causes) == 1:
        assert len(found.causes[0].layers) == 2  # side by side
        return
    assert {c.name for c in found.causes} == {edit.name for edit in edits}, f"{found}\n{net.text}"
    for one in found.consequences:
        name = one.after.name
        if not one.figures and not one.shape:
            continue
        if not all(name in a.layers for a in (before, *alone)):
            continue
        here, *without = [(a.layers[name].output_shape, *a.layers[name][1:]) for a in (both, *alone[::-1])]
        expected = {edit.name for edit, other in zip(edits, without, strict=True) if other != here}
        if not expected:  # either would have done
            assert one.follows
            continue
        assert {cause.name for cause in one.follows} == expected, f"{name}: {[(e.how, e.name) for e in edits]} {found}\n{net.text}"


def test_of_two_that_are_gone_one_after_the_other_what_changed_follows_from_the_one_that_changed_it() -> None:
    text = "network N { input 9x9x3; a: relu; b: conv 6, 1x1; sum: concat { branch { c: conv 5, 1x1 } branch { d: tanh; e: bn } } }"
    found = difference(text, text.replace("b: conv 6, 1x1; ", "").replace("d: tanh; ", ""))
    assert [cause.name for cause in found.causes] == ["b", "d"]
    assert {one.after.name: [cause.name for cause in one.follows] for one in found.consequences} == {"c": ["b"], "e": ["b"], "sum": ["b"]}
    assert found.consequences[1].after.name == "e"  # it read `d`, which is gone, and did nothing to the shape


@pytest.mark.parametrize("seed", SEEDS)
def test_totals_and_rows_are_those_of_the_two_analyses(seed: int) -> None:
    """Two unrelated networks: every layer of either is there once, with the figures that its analysis has."""
    import json

    one, two = (archcalc.analyze(text=drawn(s)[1].text) for s in (seed, seed + 1000))
    found = one.diff(two)
    documents = [json.loads(a.to_json()) for a in (one, two)]
    told = json.loads(found.to_json())
    for name, total in told["totals"].items():
        before, after = (d["totals"][name] for d in documents)
        assert (total["before"], total["after"], total["difference"]) == (before, after, after - before)
    for side, document in zip(("before", "after"), documents, strict=True):
        layers = {layer["name"]: layer for layer in document["layers"]}
        named = [layer[side] for layer in told["layers"] if layer[side] is not None]
        assert len(named) == len(set(named)) and set(named) <= layers.keys() | {"input"}
        for layer in told["layers"]:
            for figure, values in layer["figures"].items():
                assert values[side] is None if layer[side] is None else values[side] == layers[layer[side]][figure]
            if layer[side] is not None and "output_shape" in layer:
                assert layer["output_shape"][side] == layers[layer[side]]["output_shape"]
            if layer[side] is not None and "receptive_field" in layer:
                assert layer["receptive_field"][side] == layers[layer[side]]["receptive_field"]
    gone = sum(layer["after"] is None for layer in told["layers"])
    new = sum(layer["before"] is None for layer in told["layers"])
    kept = told["unchanged"] + len(told["layers"]) - gone - new
    assert (kept + gone, kept + new) == tuple(len(d["layers"]) + len(d["inputs"]) for d in documents)
    for layer in told["layers"]:
        assert layer["cause"] is not None or layer["follows"]
