"""Patterns of .gitignore mean what Git takes them for, and none is slow."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.steps import steps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from photosort.photos.files.patterns import Patterns

pathspec = pytest.importorskip("pathspec")


def matches(pattern: str, path: str, *, folder: bool = False) -> bool:
    return Patterns([pattern]).match(path, folder=folder)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("a**b", "aXXb"),
        ("a**b", "x/ab"),
        ("***/b", "a/x/b"),
        ("[]a]", "]"),
        ("[!]a]", "b"),
        ("[^a]", "b"),
        ("[a-c]x", "bx"),
        ("[z-a]", "z"),
        ("[a-]", "-"),
        ("[--a]", "."),
        ("[\\]]", "]"),
        ("[[:digit:]x]", "7"),
        ("[[:digit:]x]", "x"),
        ("[[:a]", "["),
        ("[![:alpha:]]", "7"),
        ("\\!a", "!a"),
        ("\\#a", "#a"),
        ("a\\*", "a*"),
        ("a\\ ", "a "),
        ("a\\  ", "a "),
        ("a  ", "a"),
        ("a\\\\ ", "a\\"),
        ("?", "\n"),
        ("*", "\udcff"),
        ("\U0001f415?", "\U0001f415\u00e9"),
    ],
)
def test_a_pattern_matches(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("", ""),
        ("#a", "#a"),
        ("/", "a"),
        ("//", "a"),
        ("a//b", "a/b"),
        ("A", "a"),
        ("?", ""),
        ("a?b", "a/b"),
        ("a*b", "a/b"),
        ("[!a]", "a"),
        ("[c-a]", "b"),
        ("a/", "a"),
        ("[a", "[a"),
        ("[a", "a"),
        ("[!]", "a"),
        ("[[:none:]]", "n"),
        ("*ab*ab", "xab"),
        ("a/**", "a"),
        ("a*a", "a"),
    ],
)
def test_a_pattern_does_not_match(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


def test_the_last_line_that_matches_decides() -> None:
    patterns = Patterns(["*.jpg", "", "# but", "!b.jpg", "c/"])
    assert patterns.match("x/a.jpg", folder=False) and patterns.match("c", folder=True)
    assert not patterns.match("x/b.jpg", folder=False) and not patterns.match("c", folder=False)


@pytest.mark.parametrize("line", ["!", "!/", "a\\", "a\\/b"])
def test_a_line_without_sense_is_refused_by_name(line: str) -> None:
    with pytest.raises(ValueError) as error:
        Patterns(["*.jpg", line])
    assert repr(line) in str(error.value)


NAMES = ["a", "b", "ab", "aab", "a.b", "-", "]", "\\", "!", "a b", "A"]
FOLDERS = ["a", "b", "a/b", "a/a", "ab", "b/a/b", "a/b/a/b"]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    for folder in ["", *FOLDERS]:
        for name in NAMES:
            if not (root / folder / name).exists():
                (root / folder / name).touch()
    return root


def passed_over(tree: Path, match: Callable[[str, bool], bool]) -> set[str]:
    """What a walk that does not go into folders that are passed over leaves out."""
    gone: set[str] = set()
    for path in sorted(tree.rglob("*")):
        relative = path.relative_to(tree)
        if ".git" in relative.parts[0]:
            continue
        if relative.parent.as_posix() in gone or match(relative.as_posix(), path.is_dir()):
            gone.add(relative.as_posix())
    return gone


def ours(lines: list[str]) -> Callable[[str, bool], bool]:
    patterns = Patterns(lines)
    return lambda path, folder: patterns.match(path, folder=folder)


PLAIN = ["a", "b", "ab", ".", "-", "z", "*", "?", "[ab]", "[a-b]", "[]]", "\\*", "\\a", "a b"]
SETS = [
    "[!a]",
    "[^b]",
    "[!]]",
    "[]-]",
    "[a-]",
    "[b-a]",
    "[\\]]",
    "[[:alpha:]]",
    "[![:digit:]-]",
    "[[:x:]]",
    "[[:a]",
    "\\\\",
]


def lines_of(names: list[str]) -> st.SearchStrategy[list[str]]:
    name = st.lists(st.sampled_from(names), min_size=1, max_size=4).map(
        lambda parts: re.sub(r"\*+", "*", "".join(parts))
    )
    path = st.lists(name | st.just("**"), min_size=1, max_size=4).map("/".join)
    signs, slash = st.sampled_from(["", "", "!"]), st.sampled_from(["", "/"])
    return st.lists(st.tuples(signs, slash, path, slash).map("".join), min_size=1, max_size=4)


def as_pathspec_knows_them(lines: list[str]) -> list[str]:
    """Without what pathspec does otherwise than Git: `!b` brings back b/a, and `a/**` is the folder itself."""
    plain = [line.lstrip("!") for line in lines]
    return [f"{line.rstrip('/')}/b" if line.rstrip("/").endswith("**") else line for line in plain]


SETTINGS = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(lines=lines_of(PLAIN).map(as_pathspec_knows_them))
def test_it_is_what_pathspec_takes_it_for(tree: Path, lines: list[str]) -> None:
    spec = pathspec.GitIgnoreSpec.from_lines(lines)
    theirs = passed_over(tree, lambda path, folder: spec.match_file(path + "/" * folder))
    assert {path for path in passed_over(tree, ours(lines)) ^ theirs if not (tree / path).is_dir()} == set()


@pytest.fixture(scope="module")
def repository(tree: Path) -> Iterator[Path]:
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    subprocess.run(["git", "init", "-q", str(tree)], check=True, env=ALONE)
    yield tree
    shutil.rmtree(tree / ".git")


ALONE = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


@SETTINGS
@given(lines=lines_of(PLAIN + SETS))
def test_it_is_what_git_takes_it_for(repository: Path, lines: list[str]) -> None:
    (repository / ".gitignore").write_text("\n".join(lines) + "\n")
    entries = passed_over(repository, lambda path, folder: True)
    command = ["git", "-c", "core.ignorecase=false", "check-ignore", "--no-index", "-z", "--stdin"]
    done = subprocess.run(
        command, input="\0".join(entries), cwd=repository, env=ALONE, text=True, stdout=-1, check=False
    )
    assert passed_over(repository, ours(lines)) == {*done.stdout.split("\0")} - {""}


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        (lambda n: "*a" * n + "*b", lambda n: "a" * 200),
        (lambda n: "*?[ab]" * n + "c", lambda n: "a" * 200),
        (lambda n: "*" * n + "b", lambda n: "a" * 200),
        (lambda n: "**/" * n + "b", lambda n: "a/" * 100 + "a"),
        (lambda n: "**/a/" * n + "b", lambda n: "a/" * 100 + "a"),
        (lambda n: "**/a/a/" * n + "**/b", lambda n: "a/" * 100 + "a"),
        (lambda n: "**/*a*a*/" * n + "b", lambda n: "aaaa/" * 100 + "a"),
        (lambda n: "[" * n, lambda n: "a"),
        (lambda n: "[[:a" * n, lambda n: "a"),
        (lambda n: "*a*a*b", lambda n: "a" * n),
        (lambda n: "**/a/**/b", lambda n: "a/" * n + "a"),
    ],
)
def test_the_work_grows_with_the_length_and_no_faster(
    pattern: Callable[[int], str], path: Callable[[int], str]
) -> None:
    few, many = (steps(lambda n=n: matches(pattern(n), path(n))) for n in (12, 48))
    assert many < 4.5 * few


def test_no_expression_repeats_anything() -> None:
    """What runs inside one expression is not counted above, so none may have a loop."""
    patterns = Patterns(["*a**[b*]?\\*", "a*b/**/c*[!d]*"])
    pieces = [piece for each in patterns._patterns for run in each.runs for name in run for piece in name.pieces]
    assert len(pieces) == 8
    for piece in pieces:
        assert piece.fullmatch("a" * 50) is None
        assert not any(sign in piece.pattern.replace("\\*", "").replace("[b*]", "") for sign in "*+{")
