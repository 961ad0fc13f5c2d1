"""The networks that keras.applications has too: every layer's shape, parameters and arguments are what Keras builds."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from running import ROOT
from zoo.side_by_side import compare, model_of

import archcalc

# Our file, parameters, Keras's model, its arguments.
SAME: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("vgg16", {}, "VGG16", {}),
    ("vgg16", {"classes": 7}, "VGG16", {"classes": 7}),
    ("vgg19", {}, "VGG19", {}),
    ("resnet50", {}, "ResNet50", {}),
    ("resnet50", {"classes": 5}, "ResNet50", {"classes": 5}),
    ("inception_v3", {}, "InceptionV3", {}),
    ("densenet121", {}, "DenseNet121", {}),
    ("densenet121", {"layers": [6, 12, 32, 32]}, "DenseNet169", {}),
    ("densenet121", {"layers": [6, 12, 48, 32]}, "DenseNet201", {}),
    ("efficientnet_b0", {}, "EfficientNetB0", {}),
    *(("mobilenet", {"alpha": alpha}, "MobileNet", {"alpha": alpha}) for alpha in (0.25, 0.5, 0.75, 1.0)),
    *(("mobilenet_v2", {"alpha": alpha}, "MobileNetV2", {"alpha": alpha}) for alpha in (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)),
    ("mobilenet_v2", {"classes": 5}, "MobileNetV2", {"classes": 5}),
    *((f"zoo:{name}", {}, name, {}) for name in ("ResNet101", "ResNet152", "DenseNet169", "DenseNet201", "Xception")),
    *((f"zoo:EfficientNetB{n}", {}, f"EfficientNetB{n}", {}) for n in range(1, 8)),
    *((f"zoo:{name}", {"alpha": alpha}, name, {"alpha": alpha, "input_shape": (224, 224, 3)})
      for name in ("MobileNetV3Large", "MobileNetV3Small") for alpha in (0.75, 1.0, 1.25)),
]  # fmt: skip


@pytest.mark.parametrize(("file", "params", "model", "options"), SAME, ids=str)
def test_every_layer_is_as_in_keras_applications(
    keras: Any, file: str, params: dict[str, Any], model: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "V3" in model and "MobileNet" in model:  # it has the function as relu6(x + 3)/6, three layers
        source = importlib.import_module("keras.src.applications.mobilenet_v3")
        monkeypatch.setattr(source, "hard_sigmoid", lambda x: keras.layers.Activation("hard_sigmoid")(x))
    analysis = archcalc.analyze(file if file.startswith("zoo:") else str(ROOT / "examples" / f"{file}.arch"), params=params)
    compare(keras, analysis, model_of(keras, lambda: getattr(keras.applications, model)(weights=None, **options)))


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("conv1_2: conv 64, 3x3, same, relu", "conv1_2: conv 64, 3x3, same, tanh"),
        ("pool1: maxpool 2x2 ", "pool1: avgpool 2x2 "),
        ("conv1_2: conv 64, 3x3, same, relu", "conv1_2: conv 64, 3x3, same, relu; identity"),
        ("conv2_1: conv 128, 3x3, same, relu", "conv2_1: conv 128, 3x3, same, relu, nobias"),
    ],
)
def test_a_difference_is_found(keras: Any, written: str, other: str) -> None:
    text = (ROOT / "examples" / "vgg16.arch").read_text(encoding="utf-8")
    assert written in text
    kept = "".join(line for line in text.replace(written, other).splitlines(keepends=True) if "expect" not in line)
    model = model_of(keras, lambda: keras.applications.VGG16(weights=None))
    with pytest.raises(AssertionError):
        compare(keras, archcalc.analyze(text=kept), model)
