"""The networks that ship with archcalc, with their figures: docs/zoo.md.

    python scripts/zoo_page.py            print it
    python scripts/zoo_page.py --write    write it

Figures are archcalc's; sources and differences are the comments of the files in examples/.
"""  # noqa: INP001  a script

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import archcalc  # noqa: E402  the checkout's own, installed or not
from archcalc.files import ZOO  # noqa: E402
from archcalc.graph import say_shape  # noqa: E402
from archcalc.report.formats import markdown  # noqa: E402
from archcalc.report.terminal import memory  # noqa: E402
from archcalc.zoo import Entry, about, entries  # noqa: E402

PAGE = ROOT / "docs" / "zoo.md"
INTRODUCTION = """\
# The zoo

Networks that ship with archcalc. `python scripts/zoo_page.py --write` writes this page. Any command takes `zoo:NAME` where it takes a
file, and so does Python; case, `-`, `_` and `.` make no difference. `archcalc zoo NAME` writes a network's text, with all that it
needs, to start from.

```bash
archcalc analyze zoo:resnet50 --depth 1
archcalc analyze zoo:mobilenet-v2 -p alpha=0.5 -p classes=10
archcalc diff zoo:resnet50 zoo:resnet50-v1.5
archcalc zoo googlenet -o mine.arch
```

Parameters are all there are, trained or not, and beside them those that are trained. Multiply-accumulates and the peak of activation
memory are of one sample, in float32 ([counting.md](counting.md)).
"""
HELD = """\
## What they are held to

Each file has `expect` lines with published figures, and tests hold the networks to others' programs, layer by layer:

- `tests/zoo/test_against_keras_applications.py` builds the model of keras.applications and walks both graphs together: every layer's
  shape, parameters, multiply-accumulates, class and arguments.
- `tests/zoo/test_against_torchvision.py` has the layers that torchvision's and Hugging Face's own models have, and the figures that
  torchvision publishes, as [recorded](evidence/torchvision.json): every layer with weights has the same shape and parameters, and the
  multiply-accumulates of the whole are those published.
- `tests/zoo/test_against_keras.py` has networks that neither has, written once more in Keras by hand.
"""


def prose(text: str) -> str:
    """A comment in Markdown: what stands between backticks is code there, too."""
    parts = text.split("`")
    parts[::2] = [" ".join(markdown(word) for word in part.split(" ")) for part in parts[::2]]
    return "`".join(parts)


def row(entry: Entry) -> str:
    """A line of a table."""
    analysis = archcalc.analyze(ZOO + entry.name)
    sizes = ", ".join(say_shape(node.shape) for node in analysis.graph.inputs)
    totals = analysis.totals
    cells = (
        f"`{entry.name}`",
        sizes,
        f"{totals.params:,}",
        f"{totals.trainable_params:,}",
        f"{totals.macs:,}",
        memory(totals.peak_activation_bytes),
    )
    return f"| {' | '.join(cells)} |\n"


def table(found: list[Entry]) -> str:
    """A table of these."""
    head = "| name | input | parameters | trained | MACs | peak memory |\n| --- | --- | ---: | ---: | ---: | ---: |\n"
    return head + "".join(map(row, found))


def sources(found: list[Entry]) -> str:
    """Where they are from, file by file: what its comments say."""
    text = ""
    for stem, family in groupby(sorted(found, key=lambda e: e.stem), key=lambda e: e.stem):
        members = list(family)
        text += f"\n**[{stem}.arch](../examples/{stem}.arch)** {prose(about(members[0])[0])}\n"
        text += "".join(f"- `{e.name}`: {prose(about(e)[1])}\n" for e in members if about(e)[1] and len(members) > 1)
    return text


def page() -> str:
    """The whole page."""
    published = [e for e in entries() if e.published]
    others = [e for e in entries() if not e.published]
    return "\n".join(
        [
            INTRODUCTION,
            "## Published networks\n",
            table(published),
            HELD,
            "## Where they are from, and what is different\n" + sources(published),
            "## Tutorials and exercises\n",
            table(others) + sources(others),
        ]
    )


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
