"""Build, train and measure a generated network, inside the child process."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from archcalc.verify.errors import VerifyError
from archcalc.verify.samples import Array, Samples, load_samples

MEASURED = 2000  # training samples that loss and accuracy before and after are taken from
PROBED = 2  # samples of the batch whose outputs' shapes are read after training


class Trainer:
    """A built model, the job that names its layers and data, and `report(event, **facts)`."""

    def __init__(self, keras: Any, network: Any, job: dict[str, Any], report: Callable[..., None]) -> None:
        self.keras = keras
        self.network = network
        self.job = job
        self.report = report
        report("progress", message="building")
        self.model = network.build_model()

    def figures(self, shapes: list[list[int]] | None = None) -> dict[str, dict[str, Any]]:
        """Each layer's output shape and parameters by its name: of the symbolic outputs, unless shapes are given.

        A layer that is applied again has no parameters of its own.
        """
        shapes = shapes or [list(tensor.shape[1:]) for tensor in self._outputs()]
        return {entry["name"]: self._row(entry, shape) for entry, shape in zip(self.job["layers"], shapes, strict=True)}

    def _row(self, entry: dict[str, Any], shape: list[int]) -> dict[str, Any]:
        layer = self.model.get_layer(entry["keras_name"])
        owned = not entry["use"] and not entry["output"]
        return {
            "output_shape": shape,
            "trainable_params": _size(layer.trainable_weights) if owned else 0,
            "non_trainable_params": _size(layer.non_trainable_weights) if owned else 0,
        }

    def _outputs(self) -> list[Any]:
        """Every layer's symbolic output, in the order of the job."""
        # There is no public way to the output of a layer's second use.
        nodes = [self.model.get_layer(e["keras_name"])._inbound_nodes[e["use"]] for e in self.job["layers"]]  # noqa: SLF001
        return [node.output_tensors[e["output"]] for node, e in zip(nodes, self.job["layers"], strict=True)]

    def train(self) -> dict[str, Any]:
        """Train on the job's data: `layers` as they are after it, and the figures of the `training`."""
        samples = load_samples(self.job)
        schedule = self.job["schedule"]
        schedule = schedule["large" if samples.train_size >= schedule["boundary"] else "small"]
        self.network.compile_model(self.model)
        start = [_copy(w) for w in self.model.trainable_weights]
        before = self._measure(samples)
        pace = self._fit(samples, **schedule)
        after = self._measure(samples)
        unchanged = [w.path for w, old in zip(self.model.trainable_weights, start, strict=True) if np.array_equal(_copy(w), old)]
        training = {
            "samples": samples.train_size,
            "test_samples": samples.test_size,
            **schedule,
            **pace,
            **{f"{name}_before": value for name, value in before.items()},
            **{f"{name}_after": value for name, value in after.items()},
            "test_accuracy": self._accuracy(samples.x_test, samples.labels_test),
            "weights": len(start),
            "unchanged": unchanged,
        }
        return {"layers": self.figures(self._real_shapes(samples)), "training": training}

    def _fit(self, samples: Samples, epochs: int, batch: int) -> dict[str, Any]:
        """Train. The first epoch's time holds the compilation, so it counts only where it is the only one."""
        times: list[float] = []

        def end(epoch: int, logs: dict[str, float]) -> None:
            times.append(time.perf_counter())
            figures = ", ".join(f"{name} {value:.4f}" for name, value in logs.items())
            self.report("progress", message=f"epoch {epoch + 1} of {epochs}: {figures}")

        begin = time.perf_counter()
        callbacks = [self.keras.callbacks.LambdaCallback(on_epoch_end=end), self.keras.callbacks.TerminateOnNaN()]
        self.model.fit(samples.x_train, samples.y_train, batch_size=batch, epochs=epochs, verbose=0, callbacks=callbacks)
        steps = -(-samples.train_size // batch)
        seconds = [b - a for a, b in zip([begin, *times], times, strict=False)]
        steady = seconds[1:] or seconds
        return {
            "epochs_run": len(times),
            "steps": steps * len(times),
            "seconds": sum(seconds),
            "seconds_per_step": sum(steady) / len(steady) / steps,
        }

    def _measure(self, samples: Samples) -> dict[str, Any]:
        x, y = _first(samples.x_train, MEASURED), _first(samples.y_train, MEASURED)
        found = self.model.evaluate(x, y, batch_size=32, verbose=0, return_dict=True)
        labels = None if samples.labels_train is None else samples.labels_train[:MEASURED]
        return {"loss": float(found["loss"]), "accuracy": self._accuracy(x, labels)}

    def _accuracy(self, x: Any, labels: Array | None) -> float | None:
        """How often the answer read off the output is the label; None where there are no labels."""
        if labels is None or self.job["answer"] is None:
            return None
        predicted = self.model.predict(x, batch_size=32, verbose=0)
        answer = np.argmin if self.job["answer"] == "argmin" else np.argmax
        return float(np.mean(answer(predicted, axis=-1) == labels))

    def _real_shapes(self, samples: Samples) -> list[list[int]]:
        """The shapes of every layer's values for a batch of real samples, without the batch."""
        probe = self.keras.Model(self.model.inputs, self._outputs())
        given = _first(samples.x_train, PROBED)
        values = probe(given, training=False)
        return [list(value.shape[1:]) for value in (values if isinstance(values, list) else [values])]


def _size(weights: list[Any]) -> int:
    return sum(int(np.prod(w.shape)) for w in weights)


def _copy(weight: Any) -> Array:
    return np.array(weight.numpy())


def _first(arrays: Array | list[Array], count: int) -> Any:
    return [a[:count] for a in arrays] if isinstance(arrays, list) else arrays[:count]


# ---- devices ----------------------------------------------------------------------------------------------------


def device_name(keras: Any, wanted: str) -> str:
    """The device that the backend computes on: "CPU", or "GPU" with its name.

    Raises:
        VerifyError: a GPU is wanted, and the backend sees none.
    """
    backend = keras.backend.backend()
    name: str | None = {"tensorflow": _tensorflow_gpu, "jax": _jax_gpu, "torch": _torch_gpu}[backend]()
    if wanted == "gpu" and name is None:
        raise VerifyError(f"{backend} sees no GPU on this machine; `--device cpu` or `auto` do without")
    return "CPU" if name is None else f"GPU ({name})"


def _tensorflow_gpu() -> str | None:
    tf = importlib.import_module("tensorflow")
    found = tf.config.list_physical_devices("GPU")
    return str(tf.config.experimental.get_device_details(found[0]).get("device_name", "GPU")) if found else None


def _jax_gpu() -> str | None:
    device = importlib.import_module("jax").devices()[0]
    return str(device.device_kind) if device.platform == "gpu" else None


def _torch_gpu() -> str | None:
    if importlib.import_module("keras.src.backend.torch.core").get_device() != "cuda":
        return None
    return str(importlib.import_module("torch").cuda.get_device_name())
