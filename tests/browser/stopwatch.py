"""What a task takes a person: taps or clicks, keys, pages, and seconds of this machine.

hand = Hand(page)
hand.tap("button[name=save]")
hand.done("Ten vouchers")  # a line of docs/tasks.md, shown by pytest -s
"""

import time
from typing import Any

from playwright.sync_api import Locator, Page


class Hand:
    """A photo is three taps: the field, the shutter, “use it”; a choice from a list is two."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.typed, self.pages = page, 0, 0, 0
        self.finger = bool(page.evaluate("navigator.maxTouchPoints"))
        self.began = time.monotonic()
        page.on("framenavigated", self._opened)

    def _opened(self, frame: Any) -> None:
        self.pages += frame == self.page.main_frame

    def tap(self, what: str | Locator) -> None:
        found = self.page.locator(what) if isinstance(what, str) else what
        if self.finger:
            found.tap()
        else:
            found.click()
        self.taps += 1

    def type(self, field: str, text: str) -> None:
        """Into a field that was tapped; what stood there is marked by the tap and typed over."""
        self.tap(field)
        self.page.locator(field).select_text()
        self.page.keyboard.type(text)
        self.typed += len(text)

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)
        self.typed += len(keys.split("+"))

    def choose(self, field: str, label: str) -> None:
        self.page.select_option(field, label=label)
        self.taps += 2

    def take_photo(self, field: str, path: Any) -> None:
        self.page.set_input_files(field, path)
        self.taps += 3

    def done(self, task: str) -> None:
        seconds = time.monotonic() - self.began
        where = "phone" if self.finger else "laptop"
        print(f"| {task} | {where} | {self.taps} | {self.typed} | {self.pages} | {seconds:.1f} |")
