"""The tables of configurations in this folder: each line is checked against real Keras.

    [conv]
    32x32x1 | conv 6, 5x5, tanh | Conv2D(6, 5, activation="tanh") | 28x28x6 | 156 | 0
    4x4x1   | conv 6, 5x5       | Conv2D(6, 5)                    | E301

What flows in; the line of the language; the same in Keras; the shape, trainable and other parameters that Keras gave, or the
code of the diagnostic where Keras refuses. Several inputs stand as `4x4x1, 4x4x2`, and are called a, b, c in Keras's
column: `MultiHeadAttention(2, 8)(a, b)`; `-` stands for none. `first:` before the inputs means a network with `layout channels_first`. A line
that starts with `!` is one where archcalc and Keras differ on purpose: the reason follows the code or the figures.

`pytest tests/against_keras --update` writes Keras's figures; nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent


class Config(NamedTuple):
    path: Path
    number: int
    kind: str
    inputs: tuple[tuple[int, ...], ...]
    line: str
    keras: str
    expected: tuple[str, ...]
    first: bool
    differs: bool

    @property
    def network(self) -> str:
        names = "abcdefgh"[: len(self.inputs)]
        inputs = "".join(f" {n}: input {'x'.join(map(str, x))}\n" for n, x in zip(names, self.inputs, strict=True))
        layout = " layout channels_first\n" if self.first else ""
        if not self.inputs:
            return f"network N {{\n{layout} L: {self.line}\n after: relu\n}}\n"
        line, brace, body = self.line.partition("{")
        return f"network N {{\n{layout}{inputs} L: {line} from {', '.join(names)} {brace}{body}\n}}\n"

    @property
    def refused(self) -> bool:
        return self.expected[0].startswith("E")


def build(config: Config, keras: Any) -> tuple[Any, Any]:
    """Keras's column, evaluated: what comes out of the layer, and the model around it. Raises whatever Keras does."""
    inputs = [keras.Input(shape) for shape in config.inputs]
    names = {**vars(keras.layers), "keras": keras, **dict(zip("abcdefgh", inputs, strict=False))}
    settings = getattr(keras, "config", keras.backend)  # Keras 2 has them in its backend
    before = settings.image_data_format()
    settings.set_image_data_format("channels_first" if config.first else "channels_last")
    try:
        made = eval(config.keras, names)  # the tables are ours
        if isinstance(made, keras.layers.Layer):
            made = made(inputs if len(inputs) > 1 else inputs[0])
        out = made[0] if isinstance(made, list | tuple) else made
        return out, keras.Model(inputs or out, out)
    finally:
        settings.set_image_data_format(before)


def read(path: Path) -> Iterator[Config]:
    """The configurations of one file."""
    kind = ""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if text.startswith("["):
            kind = text.strip("[] ")
        elif text.strip() and not text.startswith("#"):
            inputs, line, keras, *expected = (cell.strip() for cell in text.removeprefix("!").split(" | "))
            first = inputs.startswith("first:")
            flowing = inputs.removeprefix("first:").replace(" ", "").split(",") if inputs != "-" else []
            shapes = tuple(tuple(map(int, x.split("x"))) for x in flowing)
            yield Config(path, number, kind, shapes, line, keras, tuple(expected) or ("?",), first, text.startswith("!"))


CONFIGS = [config for path in sorted(FOLDER.glob("*.txt")) for config in read(path)]
