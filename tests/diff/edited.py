"""Random networks as trees of statements, and one known edit of each: what the edit is, is known without any matching."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

# Statements that keep rows and columns, so that anything may stand anywhere; some change the channels.
PLAIN = ("relu", "bn", "dropout 0.5", "maxpool 3x3, /1, same", "tanh", "avgpool 3x3, /1, same", "layernorm", "leaky_relu")
NEW = ("gelu", "conv 7, 3x3, same", "conv 9, 5x5, same, relu", "gaussian_noise 0.1", "conv 5, 1x1", "depthwise 3x3, same")


@dataclass(eq=False)
class Layer:
    """One statement."""

    text: str
    label: str = ""

    def lines(self, indent: str) -> list[str]:
        return [f"{indent}{self.label}: {self.text}" if self.label else indent + self.text]


@dataclass(eq=False)
class Fork:
    """Branches that a merge puts together."""

    branches: list[list[Layer | Fork]]
    label: str = ""

    def lines(self, indent: str) -> list[str]:
        text = [f"{indent}{self.label + ': ' if self.label else ''}concat {{"]
        for branch in self.branches:
            text += [f"{indent}  branch {{", *(line for item in branch for line in item.lines(indent + "    ")), f"{indent}  }}"]
        return [*text, f"{indent}}}"]


@dataclass
class Net:
    """A network; `bodies` are all sequences of statements in it, branches too."""

    body: list[Layer | Fork]
    bodies: list[list[Layer | Fork]] = field(default_factory=list)

    @property
    def text(self) -> str:
        lines = [line for item in self.body for line in item.lines(" ")]
        return "network N {\n input 9x9x3\n" + "\n".join(lines) + "\n}\n"

    @property
    def layers(self) -> list[Layer]:
        return [item for body in self.bodies for item in body if isinstance(item, Layer)]


def draw(chance: random.Random, labels: int = 0) -> Net:
    """A network of up to some thirty statements; about so many in ten have a label."""
    net = Net([])
    names = iter(range(1000))

    def label() -> str:
        return f"l{next(names)}" if chance.randrange(10) < labels else ""

    def body(depth: int) -> list[Layer | Fork]:
        made: list[Layer | Fork] = []
        net.bodies.append(made)
        for _ in range(chance.randint(1, 7 if depth == 0 else 4)):
            if depth < 2 and chance.random() < 0.25:
                made.append(Fork([body(depth + 1) for _ in range(chance.randint(2, 3))], label()))
            elif chance.random() < 0.5:
                made.append(Layer(f"conv {chance.choice((4, 6, 8))}, {chance.choice(('1x1', '3x3'))}, same", label()))
            else:
                made.append(Layer(chance.choice(PLAIN), label()))
        return made

    net.body = body(0)
    return net
