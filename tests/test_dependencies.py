"""Every package that photosort imports is one that it names, so that none is there by chance."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import photosort

HOUSE = Path(photosort.__file__).parent


def _imported() -> set[str]:
    found = set[str]()
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"photosort"}


def _plain(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement)[0]).lower()


def test_every_imported_package_is_declared() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {_plain(line) for lines in (project["dependencies"], *extras.values()) for line in lines}
    owners = packages_distributions()
    missing = {name for name in _imported() if not {_plain(owner) for owner in owners.get(name, [name])} & declared}
    assert missing == set()
