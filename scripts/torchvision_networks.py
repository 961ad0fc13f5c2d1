"""What torchvision's and Hugging Face's own networks are made of, for docs/evidence/torchvision.json: what the zoo's are held to.

    python scripts/torchvision_networks.py      # with torch, torchvision and transformers installed

Of each network: every layer that has weights, with the shape that comes out (channels last) and how many parameters it trains, in the
order in which they run, without values ("meta" tensors); and the figures that torchvision publishes with its weights. Nothing of
archcalc is used.
"""

# ruff: noqa: INP001  a script
from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
import torchvision
import transformers
from torch import nn

RECORD = Path(__file__).resolve().parents[1] / "docs" / "evidence" / "torchvision.json"
# Torchvision's name, and the side of the image: those of the zoo.
NETWORKS = {
    "alexnet": 224, "vgg11": 224, "vgg13": 224, "vgg16": 224, "vgg19": 224, "resnet18": 224, "resnet34": 224, "resnet50": 224,
    "resnet101": 224, "resnet152": 224, "densenet121": 224, "densenet169": 224, "densenet201": 224, "squeezenet1_0": 224,
    "squeezenet1_1": 224, "mobilenet_v2": 224, "mobilenet_v3_large": 224, "mobilenet_v3_small": 224, "googlenet": 224,
    "inception_v3": 299, "vit_b_16": 224, "efficientnet_b0": 224, "efficientnet_b1": 240, "efficientnet_b2": 260, "efficientnet_b3": 300,
    "efficientnet_b4": 380, "efficientnet_b5": 456, "efficientnet_b6": 528, "efficientnet_b7": 600,
}  # fmt: skip
WHOLE = (nn.MultiheadAttention,)  # layers that are made of others, and are one here


def layers(model: nn.Module, *read: torch.Tensor, **named: torch.Tensor) -> list[list[Any]]:
    """Every layer that has weights: its class, what comes out of it, its parameters. Then the weights that are in no layer."""
    found: list[list[Any]] = []
    whole = {id(part) for m in model.modules() if isinstance(m, WHOLE) for part in m.modules() if part is not m}

    def seen(module: nn.Module, _: Any, out: Any) -> None:
        out = out[0] if isinstance(out, tuple) else out
        shape = list(out.shape[1:])
        if out.dim() == 4:
            shape = [*shape[1:], shape[0]]
        found.append([type(module).__name__, shape, sum(p.numel() for p in module.parameters())])

    owners = [m for m in model.modules() if id(m) not in whole and (isinstance(m, WHOLE) or list(m.parameters(recurse=False)))]
    leaves = [m for m in owners if isinstance(m, WHOLE) or not list(m.children())]
    for module in leaves:
        module.register_forward_hook(seen)
    with torch.no_grad():
        model(*read, **named)
    for owner in owners:
        if owner not in leaves:
            found += [["Parameter", list(p.shape[1:]), p.numel()] for p in owner.parameters(recurse=False)]
    return found


def of_torchvision(name: str, size: int) -> dict[str, Any]:
    """One of torchvision's networks, as it is built without weights, and what its page says of it."""
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    with torch.device("meta"):
        model = torchvision.models.get_model(name, weights=None, **options).eval()
        made = layers(model, torch.empty(1, 3, size, size))
    weights = torchvision.models.get_model_weights(name)
    meta = (getattr(weights, "IMAGENET1K_V1", None) or weights.DEFAULT).meta
    return {
        "params": sum(p.numel() for p in model.parameters()), "input": [size, size, 3],
        "published": {"params": meta["num_params"], "gmacs": meta["_ops"]}, "layers": made,
    }  # fmt: skip


def of_transformers(config: Any, kind: Any, words: int) -> dict[str, Any]:
    """One of Hugging Face's networks in its default configuration."""
    with torch.device("meta"):
        model = kind(config()).eval()
        made = layers(model, input_ids=torch.zeros(1, words, dtype=torch.long))
    return {"params": sum(p.numel() for p in model.parameters()), "input": [words], "layers": made}


def main() -> None:
    """Build them, and write the record."""
    found = {name: of_torchvision(name, size) for name, size in NETWORKS.items()}
    found["BertModel"] = of_transformers(transformers.BertConfig, transformers.BertModel, 512)
    found["GPT2Model"] = of_transformers(transformers.GPT2Config, transformers.GPT2Model, 1024)
    document = {
        "command": "python scripts/torchvision_networks.py",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("torch", "torchvision", "transformers")},
        "networks": {},
    }
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value, separators=(',', ':'))}" for name, value in found.items())
    RECORD.write_text(json.dumps(document, indent=1).removesuffix("{}\n}") + f"{{\n{lines}\n}}}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
