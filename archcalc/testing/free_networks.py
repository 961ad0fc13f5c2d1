"""Random networks with free sizes: those of the whole catalogue, with names in place of numbers in their inputs, and chains."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archcalc.spec import Layer
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_networks import draw_network

_INPUT = re.compile(r"^( *(?:\w+: )?input )([\dx]+)$", re.MULTILINE)
NAMES = ("H", "W", "D", "K", "M", "T", "U", "V")


def draw_free_network(chance: Chance, kinds: Sequence[type[Layer]], most: int = 8) -> tuple[str, tuple[str, ...]]:
    """A network `N` of these kinds, and the names of its free sizes. Sizes that are equal mostly have one name."""
    while True:
        text = draw_network(chance, kinds, most)
        names: dict[tuple[int, int], str] = {}
        first = "layout channels_first" in text
        together = chance.percent(70)
        head, _, body = text.partition("network N {")

        def rename(found: re.Match[str], names: dict[tuple[int, int], str] = names, first: bool = first, together: bool = together) -> str:
            sizes = found[2].split("x")
            channels = 0 if first else len(sizes) - 1
            for i, size in enumerate(sizes):
                wanted = 75 if i != channels or len(sizes) == 1 else 15
                key = (int(size), 0 if together else len(names))
                if (key in names or len(names) < len(NAMES)) and chance.percent(wanted):
                    sizes[i] = names.setdefault(key, NAMES[len(names)])
            return found[1] + " x ".join(sizes)

        body = _INPUT.sub(rename, body)
        if names:
            return f"{head}network N({', '.join(names.values())}) {{{body}", tuple(names.values())


def draw_ladder(chance: Chance, most: int = 4) -> tuple[str, tuple[str, ...]]:
    """A network `N` like a U-Net: down by windows, up again, and together with what was there before; and its free sizes."""
    names = ("H", "W") if chance.percent(60) else ("H",)
    lines = [f"d0: input {' x '.join(names)} x 2"]
    steps = [chance.number(2, 3) for _ in range(chance.number(1, most))]
    for i, step in enumerate(steps, 1):
        down = (
            f"maxpool {step}",
            f"conv 2, 3, /{step}, same",
            f"conv 2, {step}, /{step}",
            f"avgpool {step}, same",
            f"conv 2, 3, /{step}, pad=1",
        )
        lines.append(f"d{i}: {chance.one(down)}")
        if chance.percent(15):
            lines.append(f"conv 2, {chance.number(1, 3)}, same")
    merge = chance.one(("concat", "add"))
    for i in range(len(steps) - 1, -1, -1):
        up = (f"upsample {steps[i]}", f"conv_transpose 2, {steps[i]}, /{steps[i]}", f"conv_transpose 2, 3, /{steps[i]}, same")
        lines += [f"u{i}: {chance.one(up)}", f"m{i}: {merge} from u{i}, d{i}", f"conv 2, 1{chance.one(('', ', relu'))}"]
    return f"network N({', '.join(names)}) {{\n " + "\n ".join(lines) + "\n}\n", names


# ---- chains -----------------------------------------------------------------------------------------------------


def draw_chain(chance: Chance, most: int = 9) -> tuple[str, tuple[str, ...]]:
    """A network `N` of windows, one after another, with sizes that part and meet again; and the names of its free sizes."""
    names = ("H", "W") if chance.percent(50) else ("H",)
    size = " x ".join(names) if len(names) == 2 or chance.percent(50) else "H x H"
    lines = [f"e0: input {size} x {chance.number(1, 4)}"]
    rank = 2 if " x " in size else 1
    for i in range(1, chance.number(2, most) + 1):
        lines.append(f"e{i}: {_step(chance, rank, i)}")
    declared = ", ".join(names)
    return f"network N({declared}) {{\n " + "\n ".join(lines) + "\n}\n", names


def _step(chance: Chance, rank: int, i: int) -> str:
    """One more line. Merges read the layers before, as they are: whether their sizes can be equal is not asked."""
    ways = ("conv", "conv", "pool", "pool", "upsample", "transposed", "edges", "merge", "merge", "same")
    way = chance.one(ways if i > 2 else ways[:7])
    number = chance.number
    if way in ("conv", "pool"):
        kind = f"conv {number(1, 4)}," if way == "conv" else chance.one(("maxpool", "avgpool", "subsample"))
        padding = chance.one(("", ", same", f", pad={number(0, 2)}", ", pad=((1, 0),)" if rank == 1 else ", pad=((0, 1), (2, 0))"))
        stride = chance.one(("", "", f", /{number(1, 4)}"))
        spread = f", dilation={number(2, 3)}" if way == "conv" and not stride and chance.percent(30) else ""
        ceil = ", ceil" if way == "pool" and not kind.startswith("sub") and padding != ", same" and chance.percent(40) else ""
        return f"{kind} {number(1, 5)}{stride}{padding}{spread}{ceil}"
    if way == "upsample":
        return f"upsample {number(1, 4)}"
    if way == "transposed":
        return f"conv_transpose 2, {number(1, 4)}, /{number(1, 3)}{chance.one(('', ', same', f', pad={number(0, 2)}'))}"
    if way == "edges":
        return f"{chance.one(('zero_pad', 'crop'))} {number(1, 3)}"
    if way == "same":
        return f"conv 3, 3, same from e{number(0, i - 1)}"
    others = ", ".join(f"e{number(0, i - 2)}" for _ in range(number(1, 2)))
    merge = chance.one(("concat", "concat", "add"))
    if merge == "concat":
        return f"concat from e{i - 1}, {others}"
    return f"add {{ branch from e{i - 1} {{ conv 2, 1 }} branch from {others.split(',')[0]} {{ conv 2, 1 }} }}"
