"""Make the pictures of docs/screens/ again: `make screens`.

The demo year on a database of its own, a server on a free port, and the machine's Chromium
(CHROMIUM names another). Needs the development libraries. Every home, list and form is looked at
on three screens (`screen_pages.py`).
"""

import base64
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from screen_pages import PAGES

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screens"
PASSWORD = "chi-de-chup-man-hinh"  # noqa: S105 - of a database that lives for a minute
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
NULL = subprocess.DEVNULL
SIZES = {"360x640": (360, 640), "1366x625": (1366, 625), "1920x1080": (1920, 1080)}
QUALITY = 40  # of a WebP: letters stay clear, a screen is 10 to 150 kB
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
CELL = "/plan-against-actual/?fiscal_year=2023&program=GBV&commune=03577&show=disbursed"
PICTURES = (  # name, address, screen, theme, who looks
    ("dashboard", "/?fiscal_year=2023", DESKTOP, "light", "dieuphoi"),
    ("dashboard-dark", "/?fiscal_year=2023", DESKTOP, "dark", "dieuphoi"),
    ("dashboard-phone", "/?fiscal_year=2023", PHONE, "light", "dieuphoi"),
    ("behind-a-figure", CELL, DESKTOP, "light", "dieuphoi"),
    ("presentation", "/present/?fiscal_year=2023&slide=course", DESKTOP, "light", "dieuphoi"),
    ("disbursement-phone", "/disbursements/new/", PHONE, "light", "dieuphoi"),
    ("commune-phone", "/", PHONE, "light", "xa_banlang"),
    ("entry-grid", "/disbursements/grid/", DESKTOP, "light", "dieuphoi"),
    ("import", "/imports/", DESKTOP, "light", "dieuphoi"),
)


def main() -> int:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        print("screens: no Chromium on this machine (CHROMIUM names one elsewhere)")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DEBUG": "1",
            "DATABASE_URL": f"sqlite:///{folder}/screens.sqlite3",
            "MEDIA_ROOT": folder,
        }
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "load_demo", "--password", PASSWORD)
        port = str(free_port())
        command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=NULL, stderr=NULL)
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/accounts/login/")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                take_all(browser, base)
                look_at_all(browser, base)
                browser.close()
        finally:
            server.terminate()
            server.wait()
    return 0


def manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(address: str, seconds: int = 60) -> None:
    for _ in range(seconds * 2):
        try:
            urllib.request.urlopen(address, timeout=2)  # noqa: S310 - our own server
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"screens: {address} does not answer")


def take_all(browser: Browser, base: str) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, address, screen, theme, person in PICTURES:
        options: Any = {"base_url": base, "locale": "vi-VN", "color_scheme": theme, **screen}
        context = browser.new_context(**options)
        page = context.new_page()
        sign_in(page, person)
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            raise SystemExit(f"screens: {address} answers {answer and answer.status}")
        page.screenshot(path=TARGET / f"{name}.png")
        print(f"docs/screens/{name}.png")
        context.close()


def look_at_all(browser: Browser, base: str) -> None:
    """Each page as its person's first screen, in a folder for each size."""
    for size, (width, height) in SIZES.items():
        folder = TARGET / size
        folder.mkdir(exist_ok=True)
        for person in dict.fromkeys(each[2] for each in PAGES):
            phone: Any = {"is_mobile": True, "has_touch": True} if width < 500 else {}
            screen: Any = {"viewport": {"width": width, "height": height}, **phone}
            context = browser.new_context(base_url=base, locale="vi-VN", **screen)
            page = context.new_page()
            sign_in(page, person)
            for name, address, who in PAGES:
                if who == person:
                    look_at(page, address, folder / f"{name}.webp")
            context.close()


def look_at(page: Page, address: str, path: Path) -> None:
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        raise SystemExit(f"screens: {address} answers {answer and answer.status}")
    taken = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
    )
    path.write_bytes(base64.b64decode(taken["data"]))
    print(path.relative_to(ROOT))


def sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


if __name__ == "__main__":
    sys.exit(main())
