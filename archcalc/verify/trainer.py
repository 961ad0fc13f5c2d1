"""Trains a built network and measures it, inside the child process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from archcalc.verify.built import Built
from archcalc.verify.samples import Array, Samples, read_off

MEASURED = 2000  # training samples that loss and accuracy before and after are taken from
PROBED = 2  # samples of the batch whose outputs' shapes are read after training


class Trainer:
    """A built model, the samples to train it on, the job that says how, and `report(event, **facts)`."""

    def __init__(self, keras: Any, network: Any, built: Built, samples: Samples, job: dict[str, Any], report: Callable[..., None]) -> None:
        self.keras = keras
        self.network = network
        self.built = built
        self.model = built.model
        self.samples = samples
        self.job = job
        self.report = report

    @property
    def schedule(self) -> dict[str, int]:
        """Epochs and batch, by how many samples there are; and the bytes that training by it takes."""
        found: dict[str, int] = self.job["schedule"]["large" if self.samples.train_size >= self.job["schedule"]["boundary"] else "small"]
        return found

    def train(self) -> dict[str, Any]:
        """Train: `layers` as they are after it, and the figures of the `training`."""
        samples = self.samples
        self.network.compile_model(self.model)
        start = [_copy(w) for w in self.model.trainable_weights]
        before = self._measure()
        pace = self._fit(self.schedule["epochs"], self.schedule["batch"])
        after = self._measure()
        tested = self._accuracies(samples.x_test, samples.labels_test)
        named = zip(self.built.weight_names(), self.model.trainable_weights, start, strict=True)
        training = {
            "samples": samples.train_size,
            "test_samples": samples.test_size,
            "epochs": self.schedule["epochs"],
            "batch": self.schedule["batch"],
            **pace,
            "loss_before": before[0],
            "loss_after": after[0],
            **_only(before[1], after[1], tested),
            "outputs": [
                {"name": t["name"], "loss": t["loss"], "weight": t["weight"], **_accuracy(*found)}
                for t, *found in zip(self.job["targets"], before[1], after[1], tested, strict=True)
            ],
            "weights": len(start),
            "unchanged": [name for name, weight, old in named if np.array_equal(_copy(weight), old)],
        }
        return {"layers": self.built.figures(self._real_shapes()), "training": training}

    def _fit(self, epochs: int, batch: int) -> dict[str, Any]:
        """Train. The first epoch's time holds the compilation, so it counts only where it is the only one."""
        times: list[float] = []
        history: list[dict[str, float]] = []

        def end(epoch: int, logs: dict[str, float]) -> None:
            times.append(time.perf_counter())
            history.append({name: float(value) for name, value in logs.items()})
            figures = ", ".join(f"{name} {value:.4f}" for name, value in logs.items())
            self.report("progress", message=f"epoch {epoch + 1} of {epochs}: {figures}")

        begin = time.perf_counter()
        callbacks = [self.keras.callbacks.LambdaCallback(on_epoch_end=end), self.keras.callbacks.TerminateOnNaN()]
        x, y = _given(self.samples.x_train), _given(self.samples.y_train)
        self.model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0, callbacks=callbacks)
        steps = -(-self.samples.train_size // batch)
        seconds = [b - a for a, b in zip([begin, *times], times, strict=False)]
        steady = seconds[1:] or seconds
        return {
            "epochs_run": len(times),
            "history": history,
            "steps": steps * len(times),
            "seconds": sum(seconds),
            "seconds_per_step": sum(steady) / len(steady) / steps,
        }

    def _measure(self) -> tuple[float, list[float | None]]:
        """The loss and each output's accuracy, on the first training samples."""
        x, y = _first(self.samples.x_train, MEASURED), _first(self.samples.y_train, MEASURED)
        found = self.model.evaluate(_given(x), _given(y), batch_size=32, verbose=0, return_dict=True)
        labels = [None if label is None else label[:MEASURED] for label in self.samples.labels_train]
        return float(found["loss"]), self._accuracies(x, labels)

    def _accuracies(self, x: list[Array], labels: list[Array | None]) -> list[float | None]:
        """How often the answer read off each output is the label; None where there are no labels."""
        if all(label is None for label in labels):
            return [None] * len(labels)
        found = self.model.predict(_given(x), batch_size=32, verbose=0)
        outputs = found if isinstance(found, list | tuple) else [found]
        rows = zip(outputs, labels, self.samples.answers, strict=True)
        return [None if label is None else float(np.mean(read_off(values, answer) == label)) for values, label, answer in rows]

    def _real_shapes(self) -> dict[str, list[int]]:
        """The shapes of every layer's values for a batch of real samples, without the batch, by the layers' names."""
        probe = self.keras.Model(self.model.inputs, list(self.built.values.values()))
        found = probe(_given(_first(self.samples.x_train, PROBED)), training=False)
        values = found if isinstance(found, list) else [found]
        return {name: list(value.shape[1:]) for name, value in zip(self.built.values, values, strict=True)}


def _accuracy(before: float | None, after: float | None, tested: float | None) -> dict[str, float | None]:
    return {"accuracy_before": before, "accuracy_after": after, "test_accuracy": tested}


def _only(*measured: list[float | None]) -> dict[str, float | None]:
    """The accuracies of the only output; of several, none is the network's."""
    return _accuracy(*(found[0] if len(found) == 1 else None for found in measured))


def _copy(weight: Any) -> Array:
    return np.array(weight.numpy())


def _first(arrays: list[Array], count: int) -> list[Array]:
    return [a[:count] for a in arrays]


def _given(arrays: list[Array]) -> Any:
    """As Keras takes them: one by itself, several in a list."""
    return arrays[0] if len(arrays) == 1 else arrays
