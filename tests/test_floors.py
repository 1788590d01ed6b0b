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

STORE = {"store", "store.sqlite", "store.runs", "store.journals"}
GROUND = {"", "errors", "support", "settings", "wordnet"} | STORE
PHOTOS = {"photos", "photos.files", "photos.pixels", "photos.facts", "photos.tags"}
RUNTIME = GROUND | PHOTOS | {"models.protocols", "models.weights", "models.catalogue", "models.runtime"}
ADAPTERS = {"models.remote", "models.captioners", "models.encoders", "models.language", "models.facts"}
MODELS = RUNTIME | ADAPTERS | {"models.profiles", "models.registry", "models.fetching", "models.selected"}
FILING = {"filing.plan", "filing.disk", "filing.journaled", "filing.tagging"}
METHODS = {"methods", "methods.criterion", "methods.into", "methods.nouns", "methods.building", "methods.specs"}
ROOMS = (
    MODELS
    | FILING
    | METHODS
    | {"describing", "clustering", "naming", "duplicates", "evaluation", "report", "review", "searching"}
    | {"towns", "watching", "describing.decoding"}
)
LOWER_WORKFLOWS = {f"workflows.{room}" for room in ("sorting", "earlier_runs", "recording", "searching", "doctor")}
UPPER_WORKFLOWS = {f"workflows.{room}" for room in ("drafts", "explaining", "reporting", "tagging")}
WORKFLOWS = LOWER_WORKFLOWS | {"workflows"} | UPPER_WORKFLOWS

FLOORS = {
    "": set[str](),
    "errors": {""},
    "support": {"", "errors"},
    "settings": {"", "errors"},
    "store.sqlite": {"", "errors", "support"},
    "store.runs": {"errors", "support", "store.sqlite"},
    "store.journals": {"", "errors", "support", "store.sqlite", "store.runs"},
    "store": {"", "errors", "support", "store.sqlite", "store.runs", "store.journals"},
    "wordnet": {""},
    "towns": set[str](),
    "photos": {""},
    "photos.files": GROUND | {"photos"},
    "photos.pixels": GROUND | {"photos.files"},
    "photos.facts": GROUND | {"towns", "photos.pixels"},
    "photos.tags": GROUND | {"photos.pixels"},
    "clustering": {"", "errors", "support"},
    "methods": {"", "errors", "support", "settings", "clustering", "wordnet", "naming", "models.protocols"},
    "methods.criterion": {"errors", "support", "settings", "clustering", "naming", "models.protocols", "methods"},
    "methods.into": {"errors", "clustering", "wordnet", "naming", "models.protocols", "methods"},
    "methods.nouns": {"errors", "support", "clustering", "wordnet", "methods"},
    "methods.building": {"clustering", "settings", "methods", "methods.criterion", "methods.into", "methods.nouns"},
    "methods.specs": {"errors", "settings", "methods", "methods.criterion", "methods.building"},
    "naming": {"", "errors", "support", "wordnet", "models.protocols"},
    "models": {""},
    "models.protocols": {"errors", "support", *STORE, *PHOTOS},
    "models.weights": {"errors", "support", "models.protocols"},
    "models.catalogue": {"errors", "models.weights"},
    "models.runtime": RUNTIME,
    "models.remote": {"errors", "support", "models.protocols"},
    "models.captioners": RUNTIME | {"models.remote"},
    "models.encoders": RUNTIME | {"models.captioners"},
    "models.facts": RUNTIME,
    "models.language": RUNTIME | {"models.remote", "models.captioners"},
    "models.profiles": RUNTIME,
    "models.registry": RUNTIME | ADAPTERS | {"models.profiles", "methods.specs"},
    "models.selected": {"models.profiles", "models.registry", "models.language", "models.encoders"}
    | RUNTIME
    | {"methods.specs"},
    "models.fetching": RUNTIME | ADAPTERS | {"models.profiles"},
    "filing": {""},
    "filing.plan": GROUND | {*PHOTOS, "naming"},
    "filing.disk": GROUND | {*PHOTOS, "naming", "filing.plan"},
    "filing.journaled": GROUND | {*PHOTOS, "filing.plan", "filing.disk"},
    "filing.tagging": GROUND | {*PHOTOS, "filing.disk", "filing.journaled"},
    "describing": MODELS | {"describing.decoding"},
    "describing.decoding": GROUND | PHOTOS | {"models.protocols"},
    "report": {"", "errors", "support", *STORE, *PHOTOS},
    "review": GROUND | {*PHOTOS, "naming", "filing.plan", "report"},
    "evaluation": {"", "errors", "support", "settings", "clustering", *METHODS, "naming", "models.protocols"},
    "searching": {"errors", "support", *PHOTOS, "wordnet", "models.protocols"},
    "duplicates": {""},
    "watching": {"errors", *PHOTOS},
    "workflows.sorting": ROOMS,
    "workflows.earlier_runs": ROOMS | {"workflows.sorting"},
    "workflows.recording": ROOMS | {"workflows.sorting", "workflows.earlier_runs"},
    "workflows.searching": ROOMS | {"workflows.sorting"},
    "workflows.doctor": ROOMS,
    "workflows": ROOMS | LOWER_WORKFLOWS,
    "workflows.drafts": ROOMS | LOWER_WORKFLOWS | {"workflows"},
    "workflows.explaining": ROOMS | LOWER_WORKFLOWS | {"workflows"},
    "workflows.reporting": ROOMS | LOWER_WORKFLOWS | {"workflows", "workflows.drafts"},
    "workflows.tagging": ROOMS | LOWER_WORKFLOWS | {"workflows", "workflows.explaining"},
    "cli.sink": ROOMS | {"workflows.doctor"},
    "cli.flags": ROOMS | WORKFLOWS | {"cli.sink"},
    "cli.views": ROOMS | WORKFLOWS | {"cli.sink"},
    "cli.explaining": ROOMS | WORKFLOWS | {"cli.sink", "cli.views"},
    "cli": ROOMS | WORKFLOWS | {"cli.sink", "cli.flags", "cli.views", "cli.explaining"},
    "__main__": {"", "errors", "cli", "cli.flags", "cli.sink"},
}
"""Folder or module of the package -> those it may import, beside itself; "" is the package, which holds the version.

A folder with walls inside has a line for each of its rooms.
"""

PURE = (
    "photosort.methods",
    "photosort.clustering",
    "photosort.naming",
    "photosort.searching",
    *(f"photosort.filing.plan.{name}" for name in ("plan", "draft", "draft_text")),
    "photosort.duplicates",
    "photosort.review.changes",
    "photosort.watching.arrivals",
    "photosort.watching.temporary",
)
UNCLEAN = {"sqlite3", "torch", "typer", "rich"}
ARITHMETIC = {"photosort.clustering.rows", "photosort.clustering.heads"}
"""What may use torch to reckon: it loads no model; what it trains begins with random numbers and is forgotten."""
READING = {
    "photosort.settings.config_file",
    *(f"photosort.wordnet.{name}" for name in ("album", "lexicon", "nouns", "shown")),
}
"""What may read a file: the settings that are handed down come from it, and the words come with photosort."""
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
    "watchfiles",
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
    """The innermost folder or module of FLOORS that `module` belongs to."""
    parts = module.split(".")[1:]
    prefixes = (".".join(parts[:end]) for end in range(len(parts), -1, -1))
    return next((prefix for prefix in prefixes if prefix in FLOORS), module)


def _is_package(module: str) -> bool:
    return PATHS[module].name == "__init__.py"


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


def test_every_folder_and_module_has_its_floor() -> None:
    folders = {name.removeprefix("photosort.").removeprefix("photosort") for name in PATHS if _is_package(name)}
    single = {name.split(".")[1] for name in PATHS if name.count(".") == 1 and not _is_package(name)}
    assert folders | single <= set(FLOORS)
    assert {_part(module) for module in PATHS} == set(FLOORS)


@pytest.mark.parametrize("module", PATHS)
def test_nothing_imports_upwards(module: str) -> None:
    allowed = FLOORS[_part(module)] | {_part(module)}
    assert {name for name in _own(module) if _part(name) not in allowed} == set()


def test_no_circle_exists_between_parts_or_between_modules() -> None:
    parts: dict[str, set[str]] = {}
    for module in PATHS:
        parts.setdefault(_part(module), set()).update({_part(name) for name in _own(module)} - {_part(module)})
    assert _circle(parts) == []
    assert _circle({module: _own(module) for module in PATHS}) == []


@pytest.mark.parametrize("module", [name for name in PATHS if f"{name}.".startswith(tuple(f"{p}." for p in PURE))])
def test_pure_modules_open_no_file_and_no_database(module: str) -> None:
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
    assert _part("photosort.models.weights.hub") == "models.weights" and _part("photosort.models") == "models"
    assert _circle({"a": {"b"}, "b": {"a"}}) and not _circle({"a": {"b"}, "b": set()})
    assert _own("photosort.workflows.organize") >= {"photosort.models.selected", "photosort.filing.plan.model"}
