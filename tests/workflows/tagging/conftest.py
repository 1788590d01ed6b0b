"""A home with photos that runs have described."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.filing_kit import sha
from fakes.tag_home import Home, make_home


@pytest.fixture
def home(tmp_path: Path, own_folders: Path) -> Home:
    """Five photos of three folders."""
    return make_home(tmp_path)


@pytest.fixture
def digest() -> Callable[[Path], str]:
    """SHA-256 of a file."""
    return sha
