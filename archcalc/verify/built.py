"""A generated network as Keras has built it: each layer's figures, inside the child process."""

from __future__ import annotations

from typing import Any

import numpy as np

from archcalc.verify.counter import Count, counts
from archcalc.verify.recording import build_recorded

Row = dict[str, Any]


class Built:
    """A built model, and which of its layers are those of the job.

    `applied` are the applications of the model's layers, in their order; `values` the symbolic output of each of the job's layers, by
    name. Layers that Keras does not have are missing there.
    """

    def __init__(self, keras: Any, network: Any, job: dict[str, Any]) -> None:
        self.keras = keras
        self.network = network
        self.entries: list[Row] = job["layers"]
        self.model, self.applied = build_recorded(keras, network.build_model)
        self.values = {entry["name"]: value for entry in self.entries if (value := self._value(entry)) is not None}
        self._firsts: dict[int, int] = {}  # which application of a layer is its first
        for i, application in enumerate(self.applied):
            self._firsts.setdefault(id(application.layer), i)

    def _value(self, entry: Row) -> Any:
        if entry["call"] >= len(self.applied):
            return None
        outputs = self.applied[entry["call"]].outputs
        return outputs[entry["output"]] if entry["output"] < len(outputs) else None

    def figures(self, shapes: dict[str, list[int]] | None = None) -> dict[str, Row]:
        """Each layer's class, label, output shape and parameters by its name: of the symbolic outputs, unless shapes are given.

        A layer that is applied again has no parameters of its own.
        """
        shapes = shapes or {name: list(value.shape[1:]) for name, value in self.values.items()}
        return {entry["name"]: self._row(entry, shapes[entry["name"]]) for entry in self.entries if entry["name"] in shapes}

    def _row(self, entry: Row, shape: list[int]) -> Row:
        layer = self.applied[entry["call"]].layer
        owned = self._firsts[id(layer)] == entry["call"] and not entry["output"]
        return {
            "class": self._class_of(layer, entry["class"]),
            "label": None if entry["label"] is None else layer.name,
            **({"policy": layer.dtype_policy.name} if "policy" in entry else {}),
            "output_shape": shape,
            # What training changes: of a layer with layers inside, Keras's own lists say what it was told, not what is so.
            "trainable_params": _size([w for w in layer.weights if w.trainable]) if owned else 0,
            "non_trainable_params": _size([w for w in layer.weights if not w.trainable]) if owned else 0,
        }

    def _class_of(self, layer: Any, wanted: str) -> str:
        """The name of a layer's class: the one wanted, where Keras or the program calls this very class so."""
        known = [getattr(module, wanted, None) for module in (self.keras.layers, self.network)]
        return wanted if type(layer) in known else type(layer).__name__

    def weight_names(self) -> list[str]:
        """What the model's trainable weights are called: by the name of the first layer that has them, and their own."""
        names: dict[int, str] = {}
        for entry in self.entries:
            if entry["name"] in self.values:
                for weight in self.applied[entry["call"]].layer.weights:
                    names.setdefault(id(weight), f"{entry['name']}/{weight.path.partition('/')[2] or weight.name}")
        return [names.get(id(weight), weight.path) for weight in self.model.trainable_weights]

    def counted(self) -> dict[str, Row]:
        """Each layer's `macs` as the backend counts them, by its name; None where it does not, and `uncounted` says why."""
        found = counts(self.keras, self.applied)
        rows = {}
        for entry in self.entries:
            if entry["name"] in self.values:
                count = Count(0) if entry["output"] else Count(None, entry["uncounted"]) if entry["uncounted"] else found[entry["call"]]
                rows[entry["name"]] = count._asdict()
        return rows


def _size(weights: list[Any]) -> int:
    return sum(int(np.prod(w.shape)) for w in weights)
