"""The README's pictures: `python scripts/pictures.py`, which needs Playwright, Chromium and Pillow.

Each is a part of a report as a browser shows it, in as few colours as it needs.
"""  # noqa: INP001  a script

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import archcalc

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
COLOURS = 64
WIDTH = 1180


def opened(browser: Any, folder: str, example: str, scheme: str = "light") -> Any:
    """The page of an example's report."""
    file = Path(folder) / f"{example}.html"
    file.write_text(archcalc.analyze(str(ROOT / "examples" / f"{example}.arch")).to_html(), encoding="utf-8")
    page = browser.new_context(viewport={"width": WIDTH, "height": 640}, color_scheme=scheme).new_page()
    page.goto(file.as_uri())
    return page


def working(page: Any) -> None:
    """C3's parameters, with their working and the connection table."""
    page.locator("#n3").evaluate("row => scrollTo(0, row.getBoundingClientRect().y - 470)")
    page.click("#n3 td:nth-child(3) button")


def folded(page: Any) -> None:
    """A residual network's blocks, folded, by their parameters; in one of them its layers."""
    page.get_by_role("button", name="Fold all", exact=True).click()
    page.get_by_role("button", name="Layers of conv2_x", exact=True).click()
    page.locator("#layers").evaluate("title => title.scrollIntoView()")


def maps(page: Any) -> None:
    """The network as LeCun et al. (1998) draw it."""
    page.locator("#maps").evaluate("title => title.scrollIntoView()")


SHOTS = (
    ("working", "lenet5", "light", working),
    ("folded", "resnet50", "light", folded),
    ("maps", "lenet5", "dark", maps),
)


def small(png: bytes) -> bytes:
    """The picture in few colours."""
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Write every picture."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        sys.exit("there is no Chromium on this machine")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for name, example, scheme, prepare in SHOTS:
            page = opened(browser, folder, example, scheme)
            prepare(page)
            (PICTURES / f"{name}.png").write_bytes(small(page.screenshot()))
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
