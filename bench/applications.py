"""Reads what real Keras writes of keras.applications, and holds it to what Keras says of each layer: the evidence in docs/evidence/.

    python bench/applications.py -o docs/evidence/keras-applications.json

Each model is built with and without its classifier, and for images of another size. Compared are the parameters, the trainable ones, and
those and the shape of each layer; the text that `archcalc import` makes is read back, and has to say the same to the last byte of the JSON.
`--only ResNet50 Xception`; `--macs` has TensorFlow's profiler count the multiply-accumulates of some as well. It takes half an hour.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import evidence

import archcalc
from archcalc.importers.reading import read_model
from archcalc.testing.keras_side import load_keras
from archcalc.verify.counter import counts
from archcalc.verify.recording import build_recorded

WAYS: dict[str, dict[str, Any]] = {
    "with its classifier": {},
    "without": {"include_top": False},
    "for images of 192x160": {"input_shape": (192, 160, 3)},
}
SAVED = 30_000_000  # parameters up to which a model is written to a .keras file too: the others' files are large
# What is known to be otherwise, and why.
KNOWN = {
    ("NASNetLarge", "without"): "it decides on the sizes of an image how it pads, when it is built: Keras builds it without sizes, "
    "and fails when it is run on an image of 331x331",
}
COUNTED = (
    "DenseNet121", "EfficientNetB0", "InceptionV3", "MobileNetV2", "MobileNetV3Small", "NASNetMobile", "ResNet50", "VGG16", "Xception",
)  # fmt: skip


def names(keras: Any) -> list[str]:
    """The functions that build models."""
    return sorted(name for name, made in vars(keras.applications).items() if callable(made) and name[0].isupper())


def layers_of(keras: Any, model: Any, before: str = "") -> Iterator[tuple[str, list[Any], int, int]]:
    """Each layer with weights or a shape: its path, the shapes of what its calls put out, its parameters, those that are trained."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from layers_of(keras, layer, f"{before}{layer.name}.")
        elif not isinstance(layer, keras.layers.InputLayer):
            shapes = [tuple(t.shape[1:]) for node in layer._inbound_nodes for t in keras.tree.flatten(node.outputs)]  # noqa: SLF001
            yield before + layer.name, shapes, _sizes(layer.weights), _sizes(layer.trainable_weights)


def _sizes(weights: Any) -> int:
    return sum(int(w.shape.num_elements()) if hasattr(w.shape, "num_elements") else _product(w.shape) for w in weights)


def _product(shape: Any) -> int:
    found = 1
    for n in shape:
        found *= int(n)
    return found


def compare(keras: Any, model: Any, text: str) -> tuple[dict[str, Any], archcalc.Analysis]:
    """What is found in the JSON of a model, and where it is not what Keras says."""
    read = read_model("model.json", text.encode())
    analysis = _analyzed(text)
    again = archcalc.analyze(text=read.source.text, network=read.main)
    problems = [str(d) for d in analysis.diagnostics if d.severity == "error"]
    totals = analysis.totals
    for what, ours, theirs in (
        ("parameters", totals.params, _sizes(model.weights)),
        ("trainable parameters", totals.trainable_params, _sizes(model.trainable_weights)),
    ):
        problems += [] if ours == theirs else [f"{what}: {ours}, and {theirs} in Keras"]
    compared = 0
    for path, shapes, params, trained in layers_of(keras, model):
        row = analysis.layers.get(path)
        compared += 1
        if row is None or (row.params, row.trainable_params) != (params, trained) or not any(_agree(row.output_shape, s) for s in shapes):
            ours = "missing" if row is None else f"{row.output_shape}, {row.params} parameters, {row.trainable_params} of them trained"
            problems.append(f"{path}: {ours}; in Keras {shapes}, {params}, {trained}")
    if _plain(again) != _plain(analysis):
        problems.append("the text means something else when it is read back")
    warnings = sorted({d.code for d in analysis.diagnostics if d.severity != "error"})  # of what the network does
    return {"params": totals.params, "layers": compared, "warnings": warnings, "problems": problems}, analysis


def _analyzed(text: str) -> archcalc.Analysis:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(text, encoding="utf-8")
        return archcalc.analyze(str(path))


def _plain(analysis: archcalc.Analysis) -> Any:
    document = json.loads(analysis.to_json())
    for part in (*document["layers"], *document["groups"]):
        del part["file"]  # where its text stands
    return {key: document[key] for key in ("network", "layers", "totals", "inputs", "outputs", "groups") if key in document}


def _agree(ours: Any, theirs: Any) -> bool:
    return ours is not None and len(ours) == len(theirs) and all(m is None or n == m for n, m in zip(ours, theirs, strict=True))


def from_file(model: Any, analysis: archcalc.Analysis) -> list[str]:
    """Where the .keras file of a model is read as something else than its JSON."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        same = _plain(archcalc.analyze(str(path))) == _plain(analysis)
    return [] if same else ["the .keras file is read as something else than the JSON"]


def counted(keras: Any, applications: Any, analysis: archcalc.Analysis) -> dict[str, Any]:
    """MACs as TensorFlow's profiler counts them, layer by layer, where it does."""
    kept: dict[str, Any] = {"counted": 0, "macs": 0, "uncounted": 0, "problems": []}
    for application, count in zip(applications, counts(keras, applications), strict=True):
        row = analysis.layers.get(application.layer.name)
        if row is None or count.macs is None:
            kept["uncounted"] += 1
            continue
        kept["counted"] += 1
        kept["macs"] += count.macs
        if row.macs != count.macs:
            kept["problems"].append(f"{row.name}: {row.macs} MACs, and {count.macs} by TensorFlow")
    return kept


def examine(keras: Any, name: str, way: str, macs: bool) -> dict[str, Any]:
    """One model."""
    keras.backend.clear_session()
    gc.collect()
    model, applications = build_recorded(keras, lambda: getattr(keras.applications, name)(weights=None, **WAYS[way]))
    found, analysis = compare(keras, model, model.to_json())
    found = {"model": name, "built": way, **found}
    if found["params"] is not None and model.count_params() <= SAVED:
        found["problems"] += from_file(model, analysis)
        found["file"] = True
    if macs and name in COUNTED and way == "with its classifier":
        found["tensorflow"] = counted(keras, applications, analysis)
        found["problems"] += found["tensorflow"].pop("problems")
    if (name, way) in KNOWN:
        found["known"] = KNOWN[name, way]
    print(f"{name}, {way}: {found['layers']} layers, {len(found['problems'])} problems", *found["problems"][:2], flush=True)
    return found


def main() -> None:
    """Examine every model, and write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these models alone")
    parser.add_argument("--macs", action="store_true", help="have TensorFlow count the multiply-accumulates of some")
    options = parser.parse_args()
    keras = load_keras()
    results = [examine(keras, name, way, options.macs) for name in options.only or names(keras) for way in WAYS]
    equal = sum(not r["problems"] for r in results)
    facts = {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "models": len(results),
        "equal": equal,
        "known": sum("known" in r for r in results),
        "layers": sum(r["layers"] for r in results),
    }
    evidence.write(options.output, ["bench/applications.py", *sys.argv[1:]], facts, results)
    print(f"{equal} of {len(results)} equal: {options.output}")


if __name__ == "__main__":
    main()
