"""What other tools count of the same networks, for docs/evidence/other-tools.json: what archcalc's conventions are held to.

    python scripts/other_tools.py torch         # with PyTorch, fvcore and torchinfo installed
    python scripts/other_tools.py tensorflow    # with Keras and TensorFlow installed

Each writes its own part of the record. Nothing of archcalc's counting is used: PyTorch's networks are written by hand
(torch_networks.py), Keras's are those that archcalc generates.
"""

# ruff: noqa: INP001  a script
from __future__ import annotations

import importlib
import json
import logging
import os
import platform
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "docs" / "evidence" / "other-tools.json"
NETWORKS = (
    *(f"tests/conventions/networks/{name}.arch" for name in ("lenet_like", "resnet18", "depthwise", "encoder", "assorted")),
    "examples/vgg16.arch",
    "examples/resnet50_v1_5.arch",
)


def with_torch() -> dict[str, Any]:
    """What torch's FlopCounterMode, fvcore and torchinfo count of one sample, as at inference."""
    sys.path.insert(0, str(ROOT / "scripts"))
    networks = importlib.import_module("torch_networks")
    found: dict[str, Any] = {}
    for name in NETWORKS:
        shape, build = networks.NETWORKS[name]
        found[name] = _by_torch(build().eval(), shape)
    return {
        "versions": {name: version(name) for name in ("torch", "fvcore", "torchinfo")},
        "calls": {
            "torch": "with FlopCounterMode(display=False) as counter, torch.no_grad(): model(x); counter.get_total_flops()",
            "fvcore": "FlopCountAnalysis(model, x).total()",
            "torchinfo": "summary(model, input_size=(1, ...), verbose=0).total_mult_adds",
        },
        "networks": found,
        # One attention of 16 steps, 32 features and 4 heads, written in four ways: what these tools see depends on the way.
        "attention": {name: _by_torch(model.eval(), (16, 32)) for name, model in networks.attentions().items()},
    }


def _by_torch(model: Any, shape: tuple[int, ...]) -> dict[str, Any]:
    import torch
    from fvcore.nn import FlopCountAnalysis
    from torch.utils.flop_counter import FlopCounterMode
    from torchinfo import summary

    logging.getLogger("fvcore").setLevel(logging.ERROR)
    x = torch.zeros(1, *shape)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(x)
    analysis = FlopCountAnalysis(model, x).unsupported_ops_warnings(False)
    return {
        "torch": int(counter.get_total_flops()),
        "torch_by_operation": {str(op): int(n) for op, n in sorted(counter.get_flop_counts()["Global"].items(), key=str)},
        "fvcore": int(analysis.total()),
        "fvcore_by_operation": {op: int(n) for op, n in sorted(analysis.by_operator().items())},
        "fvcore_passes_over": dict(sorted(analysis.unsupported_ops().items())),
        "torchinfo": int(summary(model, input_size=(1, *shape), verbose=0).total_mult_adds),
        "params": sum(p.numel() for p in model.parameters()),
    }


def with_tensorflow() -> dict[str, Any]:
    """What TensorFlow's profiler counts of the frozen graph of one sample."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    sys.path.insert(0, str(ROOT))
    found = {name: _by_tensorflow(name) for name in NETWORKS}
    lines = [{"line": line, "inputs": inputs, **_by_tensorflow(_network_of(line, inputs))} for line, inputs in _lines()]
    return {
        "versions": {name: version(name) for name in ("keras", "tensorflow-cpu")},
        "calls": {"tensorflow": "profiler.profile(frozen.graph, options=ProfileOptionBuilder.float_operation()).total_float_ops"},
        "networks": found,
        "lines": lines,
    }


FAMILIES = ("activation", "convolution", "dense", "merging", "normalization", "pooling", "regularization", "reshaping")
MORE = (
    ("dense 10, gelu", [[7]]), ("dense 10, silu", [[7]]), ("dense 4", [[3, 5, 6]]), ("dense 3, sparsemax", [[4]]),
    ("conv 4, 3x3, softmax", [[7, 7, 2]]), ("conv 4, 3x3x3, relu", [[7, 7, 6, 2]]), ("conv 4, 3x3, groups=2", [[7, 7, 2]]),
    ("conv 4, 3x3, dilation=2", [[8, 8, 2]]), ("conv 6, 3x3, same, gelu, nobias", [[8, 8, 3]]),
    ("depthwise 3x3, multiplier=2", [[9, 10, 4]]), ("separable 6, 3x3, same", [[9, 10, 4]]),
    ("conv_transpose 4, 3x3, /2, same", [[5, 6, 3]]), ("conv_transpose 4, 3x3, /2", [[5, 6, 3]]), ("conv_transpose 5, 2x4", [[5, 6, 3]]),
    ("bn nocenter", [[5, 6, 3]]), ("bn noscale, nocenter", [[5, 6, 3]]), ("bn", [[10]]), ("bn", [[4, 4, 4, 3]]),
    ("layernorm", [[5, 6]]), ("layernorm noscale", [[5, 6]]), ("layernorm nocenter", [[4, 5, 6]]),
    ("layernorm noscale, nocenter", [[5, 6]]),
    ("relu slope=0.1", [[8]]), ("relu threshold=1", [[8]]), ("relu 3", [[8]]), ("leaky_relu 0.2", [[5, 8]]), ("softmax", [[5, 6, 7]]),
    ("add", [[5, 8], [5, 8], [5, 8]]), ("add", [[5, 8], [8]]), ("mul", [[4, 5], [4, 1]]), ("maximum", [[7], [7], [7]]),
    ("maxpool 2x2x2", [[6, 6, 6, 2]]), ("maxpool 3x2, /1x2, same", [[7, 8, 3]]),
    ("avgpool 3x3, /2, pad=1", [[8, 8, 2]]), ("avgpool 3, same", [[9, 2]]),
    ("upsample 2x2, bilinear", [[4, 5, 3]]), ("upsample 3", [[4, 5, 3]]), ("mha 2, 4", [[5, 8]]), ("lstm 4", [[5, 3]]),
)  # fmt: skip


def _lines() -> list[tuple[str, list[list[int]]]]:
    """The examples of the kinds that TensorFlow's table is about, and more of those that have several cases."""
    from archcalc.registry import every_kind

    kinds = [cls for cls in every_kind().values() if cls.family in FAMILIES]
    return [(e.line, [list(x) for x in e.inputs]) for cls in kinds for e in cls.examples if e.inputs and "bitmaps" not in e.line] + list(
        MORE
    )


def _network_of(line: str, inputs: list[list[int]]) -> str:
    """The text of a network of one layer."""
    named = [f"i{k}: input {'x'.join(map(str, shape))}" for k, shape in enumerate(inputs)]
    read = ", ".join(f"i{k}" for k in range(len(inputs)))
    return "\n".join(["network N {", *named, f"L: {line} from {read}", "}"])


def _by_tensorflow(name: str) -> dict[str, Any]:
    """The count of an .arch file, or of a network's text."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    import archcalc
    from archcalc.codegen import generate

    names: dict[str, Any] = {"__name__": "generated"}
    analysis = archcalc.analyze(str(ROOT / name)) if name.endswith(".arch") else archcalc.analyze(text=name)
    exec(compile(generate(analysis.graph, "network.arch"), "generated", "exec"), names)  # noqa: S102  our own program
    model = names["build_model"]()
    specs = [tf.TensorSpec((1, *read.shape[1:]), read.dtype) for read in model.inputs]
    called = tf.function(lambda *values: model(list(values) if len(values) > 1 else values[0], training=False))
    frozen = convert_variables_to_constants_v2(called.get_concrete_function(*specs))
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation()).with_empty_output().build()
    total = profiler.profile(frozen.graph, options=options).total_float_ops
    by_name: dict[str, int] = {}
    waiting = [profiler.profile(frozen.graph, cmd="scope", options=options)]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.float_ops:
            by_name[node.name] = node.float_ops
    kinds: Counter[str] = Counter()
    for operation in frozen.graph.get_operations():
        kinds[operation.type] += by_name.get(operation.name, 0)
    uncounted = Counter(op.type for op in frozen.graph.get_operations())
    idle = ("Const", "Identity", "NoOp", "Placeholder", "Reshape", "Transpose", "Pack", "StridedSlice", "Shape")
    return {
        "tensorflow": int(total),
        "tensorflow_by_operation": {kind: n for kind, n in sorted(kinds.items()) if n},
        "tensorflow_passes_over": {kind: n for kind, n in sorted(uncounted.items()) if not kinds[kind] and kind not in idle},
    }


def main(words: list[str]) -> int:
    """Run the tools of one part, and write what they found."""
    if words not in (["torch"], ["tensorflow"]):
        print(__doc__)
        return 2
    part = with_torch() if words == ["torch"] else with_tensorflow()
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    record["parts"] = {**record.get("parts", {}), words[0]: {"command": f"python scripts/other_tools.py {words[0]}", **_here(), **part}}
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 0


def _here() -> dict[str, str]:
    return {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
