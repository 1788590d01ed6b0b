"""The floors of the house, read from the imports of every module: nothing imports upwards, no circle exists."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import photosort

HOUSE = Path(photosort.__file__).parent

DOOR = {"__main__"}
"""What the installed command calls: it opens the cli, and nobody imports it."""

PIPELINE = {
    "pipeline",
    "describing",
    "remembering",
    "recording",
    "explaining",
    "evaluating",
    "past_runs",
    "demo",
    "grouping",
    "foldering",
}
ROOMS = {"photos", "models", "methods", "clustering", "naming", "filing", "evaluation"}
GROUND = {
    "private",
    "store",
    "errors",
    "settings",
    "config_file",
    "choices",
    "wrong_values",
    "progress",
    "printable",
    "threads",
    "installing",
}
ALLOWED = {
    "": set[str](),
    "__main__": {"", "cli"} | PIPELINE | ROOMS | GROUND,
    "cli": {"", "cli"} | PIPELINE | ROOMS | GROUND,
    **dict.fromkeys(PIPELINE, {""} | PIPELINE | ROOMS | GROUND),
    **dict.fromkeys(ROOMS, {""} | ROOMS | GROUND),
    "store": {"", "store", "errors", "private"},
    "private": {""},
    "settings": {"", "errors", "choices", "config_file", "wrong_values"},
    "config_file": {"", "errors"},
    "wrong_values": {"", "errors"},
    "choices": {""},
    "progress": {""},
    "printable": {""},
    "threads": {""},
    "installing": {""},
    "errors": {""},
}
"""Top-level part of the package -> the parts it may import; "" is the package itself, which holds the version."""

PURE = ("photosort.methods", "photosort.clustering", "photosort.naming", "photosort.filing.plan.plan")
UNCLEAN = {"sqlite3", "torch", "typer", "rich"}
ARITHMETIC = {"photosort.clustering.rows"}
"""What may use torch to reckon: it loads no model."""
READING = {"photosort.settings.config_file"}
"""What may read a file: the settings that are handed down come from it."""
OPENING = {"open", "fdopen", "read_text", "read_bytes", "write_text", "write_bytes", "touch", "mkdir", "unlink"}
HEAVY = {
    "torch",
    "torchvision",
    "transformers",
    "open_clip",
    "sentence_transformers",
    "sklearn",
    "scipy",
    "openai",
    "onnx",
    "onnxruntime",
    "rawpy",
    "ray",
    "xllamacpp",
    "matplotlib",
    "graspologic_native",
}


def _name(path: Path, root: Path) -> str:
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = {_name(path, HOUSE): path for path in sorted(HOUSE.rglob("*.py"))}


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(PATHS[module].read_text(encoding="utf-8"))


def _imported(nodes: Iterable[ast.AST], known: Iterable[str] = ()) -> Iterator[str]:
    """The modules that import statements among `nodes` name; of "from a import b" a.b, where that is in `known`."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level and node.module, "relative imports are not used in this house"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in known else node.module


def _at_start(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes under `node` that run when the module is imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield from (other, *_at_start(other))
            continue
        yield from (child, *_at_start(child))


def _own(module: str) -> set[str]:
    """The modules of photosort that `module` imports, at any time and for any reason."""
    return {name for name in _imported(ast.walk(_tree(module)), PATHS) if name.split(".")[0] == "photosort"} - {module}


def _part(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _reached(module: str) -> set[str]:
    """`module`, and what is imported by it or by what it imports."""
    found, waiting = {module}, [module]
    while waiting:
        new = _own(waiting.pop()) - found
        found |= new
        waiting += new
    return found


def _unclean(module: str) -> set[str]:
    tree = _tree(module)
    used = {name.split(".")[0] for name in _imported(ast.walk(tree))} & UNCLEAN
    used -= {"torch"} if module in ARITHMETIC else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            used |= {called} & (OPENING if module not in READING else set())
    return used


def test_every_part_of_the_package_has_its_floor() -> None:
    assert {_part(module) for module in PATHS} == set(ALLOWED)


@pytest.mark.parametrize("module", PATHS)
def test_nothing_imports_upwards(module: str) -> None:
    allowed = ALLOWED[_part(module)] | {_part(module)}
    assert {name for name in _own(module) if _part(name) not in allowed} == set()


def test_no_circle_exists_between_parts_or_between_modules() -> None:
    parts: dict[str, set[str]] = {}
    for module in PATHS:
        parts.setdefault(_part(module), set()).update({_part(name) for name in _own(module)} - {_part(module)})
    assert _circle(parts) == []
    assert _circle({module: _own(module) for module in PATHS}) == []


@pytest.mark.parametrize("module", [name for name in PATHS if f"{name}.".startswith(tuple(f"{p}." for p in PURE))])
def test_what_is_pure_opens_no_file_and_asks_no_database_nor_what_it_stands_on(module: str) -> None:
    assert {name: used for name in _reached(module) if (used := _unclean(name))} == {}


@pytest.mark.parametrize("module", PATHS)
def test_heavy_libraries_are_imported_where_they_are_used(module: str) -> None:
    assert {name.split(".")[0] for name in _imported(_at_start(_tree(module)))} & HEAVY == set()


def test_these_tests_see_what_they_look_for() -> None:
    source = ast.parse(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import torch\n"
        "else:\n    import openai\n"
        "try:\n    import sklearn.cluster\nexcept ImportError:\n    pass\n"
        "class A:\n    import rawpy\n    def b(self):\n        import onnx\n"
    )
    assert set(_imported(_at_start(source))) == {"typing", "openai", "sklearn.cluster", "rawpy"}
    assert _part("photosort") == "" and _part("photosort.naming.words") == "naming"
    assert _circle({"a": {"b"}, "b": {"a"}}) and not _circle({"a": {"b"}, "b": set()})
    assert _own("photosort.workflows.organize") >= {"photosort.models.registry", "photosort.naming.summary"}
