"""What the tests of the page share: a browser, and a page of a few photos."""

from collections.abc import Iterator

import pytest
from fakes.browser import chromium
from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started
