"""The README is always true: its commands run from a clean clone, and what it names exists."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.command import Command

from photosort.photos.files.own_files import is_about_name

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def linked(page: Path) -> set[Path]:
    """The files that a page links to."""
    text = page.read_text(encoding="utf-8")
    return {(page.parent / name).resolve() for name in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)}


def pages() -> dict[Path, str]:
    """The README and the pages that it links to, with their texts."""
    texts = {ROOT / "README.md", *(path for path in linked(ROOT / "README.md") if path.suffix == ".md")}
    return {path: path.read_text(encoding="utf-8") for path in sorted(texts)}


PAGES = pages()
SAID = "\n".join(PAGES.values())


def command(name: str) -> str:
    """The shell line under the mark <!-- name -->."""
    found = re.search(rf"<!-- {name} -->\n```sh\n([^\n]+)\n```", README)
    assert found, f"the README has no {name} command of one line"
    return found[1]


@pytest.mark.network
def test_the_first_command_works_in_a_clean_clone(tmp_path: Path) -> None:
    clone = tmp_path / "photosort"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    bare = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    path = os.pathsep.join(part for part in bare["PATH"].split(os.pathsep) if not part.startswith(sys.prefix))
    done = subprocess.run(
        ["sh", "-c", command("first")],
        cwd=clone,
        env={**bare, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "47 photos copied" in done.stdout
    folders = [path for path in (clone / "photosort-demo" / "photos-sorted").iterdir() if path.is_dir()]
    assert len(folders) == 9
    assert sum(not is_about_name(path.name) for folder in folders for path in folder.iterdir()) == 47
    names = " ".join(folder.name for folder in folders)
    assert all(word in names for word in ("Animals", "Screenshots", "Documents", "People"))


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    extract = re.search(r"command=\$\((.+)\)\n", script)
    assert extract
    found = subprocess.run(["bash", "-c", extract[1]], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == command("tests")
    assert 'bash -c "$command"' in script


def test_every_command_that_the_pages_name_exists(photosort: Command) -> None:
    listed = photosort("--help").out
    for name in set(re.findall(r"`(?:\.venv/bin/)?photosort (\w+)", SAID)):
        assert name in listed, name


NAMES = (
    "organize",
    "add",
    "watch",
    "apply",
    "review",
    "explain",
    "report",
    "search",
    "duplicates",
    "tag",
    "models",
    "evaluate",
)
COMMANDS = tuple([name] for name in NAMES)
OTHERS = {"--check", "--strict", "--labels", "--wordnet", "--to"}
"""Flags of ruff, of mypy and of the scripts that make the nouns."""
MEASURING = {
    flag
    for script in (ROOT / "tests" / "bench").glob("*.py")
    for flag in re.findall(r'add_argument\("(--[a-z-]+)"', script.read_text(encoding="utf-8"))
}
"""Flags of benchmarks."""
INSTALLERS = {"--force", "--index-url", "--reinstall", "--torch-backend", "--upgrade"}
"""Flags of pip, pipx and uv."""


def test_every_flag_that_the_pages_name_exists(photosort: Command) -> None:
    help_ = "".join(photosort(*name, "--help", COLUMNS="300").out for name in COMMANDS)
    prose = re.sub(r"```.*?```", "", SAID, flags=re.DOTALL)
    for flag in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", prose)) - OTHERS - MEASURING - INSTALLERS:
        assert flag in help_, flag


def test_every_file_and_heading_that_the_pages_name_exists() -> None:
    for page, text in PAGES.items():
        for path in linked(page):
            assert path.exists(), f"{page.name} links to {path}"
        for name in re.findall(r"`((?:tests|photosort)/[\w./]+)`", text):
            assert "NAME" in name or (ROOT / name).exists(), f"{page.name} names {name}"
        for name, heading in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text):
            target = (page.parent / name).resolve() if name else page
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", line).lower().replace(" ", "-") for line in headings}, heading
