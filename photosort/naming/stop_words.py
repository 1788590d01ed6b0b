"""The English stop words of scikit-learn, without the seconds that importing scikit-learn takes."""

from __future__ import annotations

import runpy
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_FILE = Path("feature_extraction", "_stop_words.py")


@cache
def english_stop_words() -> frozenset[str]:
    """Return them, from the one file of the library that lists them; that file imports nothing.

    Where a version of the library has no such file, the library is imported.
    """
    library = find_spec("sklearn")
    for folder in (library.submodule_search_locations or ()) if library else ():
        try:
            return frozenset(runpy.run_path(str(Path(folder, _FILE)))["ENGLISH_STOP_WORDS"])
        except (OSError, KeyError):
            continue
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS)
