"""Every network of examples/ as a Keras program: it is imported, built, trained for a step, saved, and loaded again.

Those with more than some 30 million parameters, and those that would take minutes, are trained smaller: with fewer classes
or layers where they have parameters for it, or with a smaller input. In their own size they are built and compared.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from codegen.generated import predicted
from codegen.together import loads_again
from running import alone

import archcalc
from archcalc.codegen import generate, training
from archcalc.graph import Graph
from archcalc.recipes import Recipe

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own, with NumPy 2
    pytest.mark.filterwarnings("ignore:The model does not have any trainable weights"),
]

EXAMPLES = alone()
IDS = [path.stem for path in EXAMPLES]
Smaller = tuple[str | None, dict[str, Any]]
SMALLER: dict[str, Smaller] = {
    "bert_base": (None, {"layers": 1, "d": 24, "heads": 2, "words": 8, "vocabulary": 50}),
    "densenet121": ("32x32x3", {"classes": 10}),
    "efficientnet_b0": ("32x32x3", {"classes": 10}),
    "gpt2": (None, {"layers": 1, "d": 24, "heads": 2, "words": 8, "vocabulary": 50}),
    "googlenet": (None, {"classes": 10}),
    "inception_v3": ("75x75x3", {"classes": 10}),
    "mobilenet": ("32x32x3", {"classes": 10}),
    "mobilenet_v2": ("32x32x3", {"classes": 10}),
    "resnet50": ("32x32x3", {"classes": 10}),
    "resnet50_v1_5": ("32x32x3", {"classes": 10}),
    "transformer": (None, {"layers": 2, "d": 32, "heads": 2, "width": 64, "words": 8}),
    "twin": ("69x69x1", {}),
    "unet": ("188x188x1", {}),
    "vgg16": ("32x32x3", {"classes": 10}),
    "vgg19": ("32x32x3", {"classes": 10}),
    "vit_b16": (None, {"layers": 1, "d": 24, "heads": 2, "width": 32, "patch": 8, "size": 16, "classes": 10}),
    "xception": ("71x71x3", {"classes": 10}),
}
TRAINED = 40_000_000  # parameters, at most: more take a gigabyte
LARGE = {"fcn8s"}  # there is no smaller one: what it crops fits its own size alone


def example(path: Path, size: str | None = None, params: dict[str, Any] | None = None) -> tuple[Graph, str]:
    """The network, which trains on random numbers, and its program. Sizes that its lines expect may be others here."""
    analysis = archcalc.analyze(str(path), inputs=size, params=params)
    assert all(n.shape is not None for n in analysis.graph.layers), analysis.diagnostics
    graph = analysis.graph
    graph.recipe = graph.recipe or Recipe()
    graph.recipe.data = "random"
    return graph, generate(graph, path.name, analysis.totals._asdict())


def imported(source: str, file: Path) -> ModuleType:
    """The program's file, imported."""
    file.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def agrees(keras: Any, model: Any, graph: Graph) -> None:
    """Its inputs, outputs and weights are as predicted."""
    assert [tuple(x.shape[1:]) for x in model.inputs] == [n.shape for n in graph.inputs]
    assert [tuple(y.shape[1:]) for y in model.outputs] == [n.shape for n in graph.outputs]
    figures = [predicted(n) for n in graph.layers]
    counts = [sum(int(keras.ops.size(w)) for w in ws) for ws in (model.trainable_weights, model.non_trainable_weights)]
    assert counts == [sum(f[1] for f in figures), sum(f[2] for f in figures)]


@pytest.mark.parametrize("path", [path for path in EXAMPLES if path.stem not in LARGE], ids=[i for i in IDS if i not in LARGE])
def test_an_example_trains_and_loads_again(keras: Any, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SAMPLES", 2)
    graph, source = example(path, *SMALLER.get(path.stem, (None, {})))
    module = imported(source, tmp_path / "net.py")
    keras.utils.set_random_seed(0)
    model = module.build_model()
    agrees(keras, model, graph)
    assert model.count_params() < TRAINED
    module.compile_model(model)
    model.run_eagerly = True  # for one step, compiling it would take far longer than to run it
    (x, y), _ = module.load_data()
    before = [keras.ops.convert_to_numpy(w) for w in model.trainable_weights]
    history = model.fit(x, y, batch_size=2, epochs=1, verbose=0).history
    assert all(loss == loss for loss in history["loss"])
    after = [keras.ops.convert_to_numpy(w) for w in model.trainable_weights]
    assert not before or any((a != b).any() for a, b in zip(after, before, strict=True))
    loads_again(keras, model, x, tmp_path / "model.keras")
    keras.backend.clear_session()


@pytest.mark.parametrize(
    "path", [path for path in EXAMPLES if path.stem in {*SMALLER, *LARGE}], ids=[i for i in IDS if i in {*SMALLER, *LARGE}]
)
def test_an_example_builds_in_its_own_size(keras: Any, path: Path, tmp_path: Path) -> None:
    graph, source = example(path)
    agrees(keras, imported(source, tmp_path / "net.py").build_model(), graph)
    keras.backend.clear_session()


def test_a_linter_and_a_formatter_have_nothing_to_say(tmp_path: Path) -> None:
    pytest.importorskip("ruff", reason="ruff is not installed")
    for path in EXAMPLES:
        (tmp_path / f"{path.stem}.py").write_text(example(path)[1], encoding="utf-8")
    for command in (["check"], ["format", "--diff", "--line-length", "120"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
