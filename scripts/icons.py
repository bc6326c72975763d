"""Draw the portal's icons as PNG from static/icons/portal.svg: `python scripts/icons.py`.

Needs the development libraries and the machine's Chromium (CHROMIUM names another). Phones put
these on their screens; only after the mark has changed are they to be made again.
"""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).resolve().parent.parent / "static" / "icons"
ACCENT = "#0d5560"
# name: (size in pixels, part of the side the mark takes, background to the very edge)
WANTED = {
    "portal-192.png": (192, 1.0, False),
    "portal-512.png": (512, 1.0, False),
    "portal-maskable-512.png": (512, 0.78, True),  # a launcher cuts what shape it likes out of it
    "apple-touch-180.png": (180, 0.86, True),
}


def page_of(svg: str, size: int, part: float, filled: bool) -> str:
    """A page that shows the mark in the middle of a square."""
    ground = ACCENT if filled else "transparent"
    style = f"margin:0;width:{size}px;height:{size}px;background:{ground};display:grid"
    mark = f"place-self:center;width:{size * part}px;height:{size * part}px"
    return f'<body style="{style}"><div style="{mark}">{svg}</div></body>'


def main() -> None:
    svg = (ICONS / "portal.svg").read_text()
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (size, part, filled) in WANTED.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(page_of(svg, size, part, filled))
            page.screenshot(path=ICONS / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
