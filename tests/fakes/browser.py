"""A real browser without a window, where this machine has one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browser_page(**how: object) -> Iterator[Page]:
    """Yield an empty page; the test is skipped where playwright or Chromium is missing."""
    api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser.new_context(**how).new_page()
        finally:
            browser.close()


def faults_of(page: Page) -> list[str]:
    """Return a list that fills with errors of scripts and of the console, and with requests to other hosts."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("request", lambda asked: None if _is_own(asked.url) else faults.append(asked.url))
    return faults


def _is_own(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "file:", "data:", "about:"))
