"""How a library is installed where photosort itself runs."""

from __future__ import annotations

import shlex
import sys


def pip_install(*arguments: str) -> str:
    """Return the whole command, for the Python that runs photosort.

    An optional library goes by its own name, not by an extra of photosort: on PyPI that name is another project's.
    """
    return shlex.join([sys.executable, "-m", "pip", "install", *arguments])
