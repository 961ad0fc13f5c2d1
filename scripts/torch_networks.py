"""The networks of tests/conventions/networks, and two of the examples, written in PyTorch by hand: what other tools are run on.

Each entry of NETWORKS has the .arch file, the input's shape (channels first), and what builds the module.
"""

# ruff: noqa: INP001  a script
from __future__ import annotations

import math

import torch
from torch import nn

HERE = "tests/conventions/networks"


def lenet_like() -> nn.Module:
    """As LeNet-5, with average pooling and dense layers."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10), nn.Softmax(-1),
    )  # fmt: skip


def vgg16() -> nn.Module:
    """Simonyan & Zisserman (2015), configuration D."""
    layers: list[nn.Module] = []
    channels = 3
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    dense = [nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000), nn.Softmax(-1)]
    return nn.Sequential(*layers, nn.Flatten(), *dense)


def normed(read: int, made: int, size: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """A convolution without a bias, and its batch normalisation."""
    return [nn.Conv2d(read, made, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(made)]


class Residual(nn.Module):
    """What comes out of a branch, added to what flows in or to a shortcut of it; then a rectifier."""

    def __init__(self, branch: list[nn.Module], shortcut: list[nn.Module]) -> None:
        super().__init__()
        self.branch = nn.Sequential(*branch)
        self.shortcut = nn.Sequential(*shortcut)
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The sum, rectified."""
        return self.relu(self.branch(x) + self.shortcut(x))


def _basic(read: int, width: int, stride: int) -> nn.Module:
    branch = [*normed(read, width, 3, stride), nn.ReLU(), *normed(width, width, 3)]
    return Residual(branch, normed(read, width, 1, stride) if stride != 1 or read != width else [])


def _bottleneck(read: int, width: int, stride: int) -> nn.Module:
    branch = [*normed(read, width, 1), nn.ReLU(), *normed(width, width, 3, stride), nn.ReLU(), *normed(width, 4 * width, 1)]
    return Residual(branch, normed(read, 4 * width, 1, stride) if stride != 1 or read != 4 * width else [])


def _resnet(block: object, stages: list[int], grows: int, *end: nn.Module) -> nn.Module:
    layers = [*normed(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    read = 64
    for i, count in enumerate(stages):
        for j in range(count):
            layers.append(block(read, 64 * 2**i, 2 if i and not j else 1))
            read = 64 * 2**i * grows
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(read, 1000), *end)


def resnet18() -> nn.Module:
    """As torchvision's."""
    return _resnet(_basic, [2, 2, 2, 2], 1)


def resnet50() -> nn.Module:
    """As torchvision's, with a softmax after it."""
    return _resnet(_bottleneck, [3, 4, 6, 3], 4, nn.Softmax(-1))


class Depthwise(nn.Module):
    """Depthwise and pointwise convolutions, and an inverted residual."""

    def __init__(self) -> None:
        super().__init__()
        act = nn.ReLU6
        self.start = nn.Sequential(
            *normed(3, 16, 3, 2), act(), *normed(16, 16, 3, groups=16), act(), *normed(16, 32, 1), act(),
            nn.Conv2d(32, 32, 3, 2, 1, groups=32), nn.BatchNorm2d(32), act(), nn.Conv2d(32, 16, 1), nn.BatchNorm2d(16),
        )  # fmt: skip
        self.inverted = nn.Sequential(*normed(16, 96, 1), act(), *normed(96, 96, 3, groups=96), act(), *normed(96, 16, 1))
        self.end = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(16, 10))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The classes' values."""
        x = self.start(x)
        return self.end(x + self.inverted(x))


class Attention(nn.Module):
    """Multi-head attention, written out as the matrix products that it is; or by PyTorch's own function, if it is `fused`."""

    def __init__(self, size: int, heads: int, fused: bool) -> None:
        super().__init__()
        self.heads, self.fused = heads, fused
        self.query, self.key, self.value, self.out = (nn.Linear(size, size) for _ in range(4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Each step attends to each."""
        batch, steps, size = x.shape
        q, k, v = (
            part(x).reshape(batch, steps, self.heads, size // self.heads).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        if self.fused:
            mixed = nn.functional.scaled_dot_product_attention(q, k, v)
        else:
            mixed = torch.matmul(torch.softmax(torch.matmul(q, k.transpose(2, 3)) / math.sqrt(size // self.heads), -1), v)
        return self.out(mixed.transpose(1, 2).reshape(batch, steps, size))


class EncoderLayer(nn.Module):
    """Attention and a dense network, each added to what flows in and normalised."""

    def __init__(self, size: int, heads: int, width: int, fused: bool) -> None:
        super().__init__()
        self.attention = Attention(size, heads, fused)
        self.dense = nn.Sequential(nn.Linear(size, width), nn.ReLU(), nn.Linear(width, size))
        self.first, self.second = nn.LayerNorm(size), nn.LayerNorm(size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The steps, each with a view of the others."""
        x = self.first(x + self.attention(x))
        return self.second(x + self.dense(x))


def encoder(fused: bool = False) -> nn.Module:
    """Two layers of a Transformer's encoder, and a classifier."""
    return nn.Sequential(*(EncoderLayer(32, 4, 64, fused) for _ in range(2)), nn.Flatten(), nn.Linear(16 * 32, 5))


class Ready(nn.Module):
    """PyTorch's own multi-head attention, of a sequence with itself."""

    def __init__(self, scores: bool) -> None:
        super().__init__()
        self.attention, self.scores = nn.MultiheadAttention(32, 4, batch_first=True), scores

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """What comes out, without the scores."""
        return self.attention(x, x, x, need_weights=self.scores)[0]


def attentions() -> dict[str, nn.Module]:
    """One attention, in each way of writing it."""
    return {
        "matrix products": Attention(32, 4, fused=False),
        "scaled_dot_product_attention": Attention(32, 4, fused=True),
        "nn.MultiheadAttention": Ready(scores=True),
        "nn.MultiheadAttention(need_weights=False)": Ready(scores=False),
    }


def assorted() -> nn.Module:
    """Groups, group normalisation, a transposed convolution, two ways of enlarging."""
    return nn.Sequential(
        nn.Conv2d(4, 16, (3, 5), padding=(1, 2), groups=2), nn.ReLU(), nn.GroupNorm(4, 16), nn.MaxPool2d(2),
        nn.ConvTranspose2d(16, 8, 2, 2), nn.BatchNorm2d(8, affine=False), nn.ReLU(), nn.Upsample(scale_factor=2),
        nn.Conv2d(8, 8, 3, padding=1), nn.Upsample(scale_factor=2, mode="bilinear"), nn.InstanceNorm2d(8),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3, bias=False),
    )  # fmt: skip


NETWORKS = {
    f"{HERE}/lenet_like.arch": ((1, 32, 32), lenet_like),
    "examples/vgg16.arch": ((3, 224, 224), vgg16),
    f"{HERE}/resnet18.arch": ((3, 224, 224), resnet18),
    "examples/resnet50_v1_5.arch": ((3, 224, 224), resnet50),
    f"{HERE}/depthwise.arch": ((3, 32, 32), Depthwise),
    f"{HERE}/encoder.arch": ((16, 32), encoder),
    f"{HERE}/assorted.arch": ((4, 24, 20), assorted),
}
