"""The man pages say what the help says, and are clean roff whatever stands in it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from photosort import errors
from photosort.cli import manual
from photosort.cli.app import app
from photosort.cli.manual import exit_codes, pages, write_pages
from photosort.errors import DestinationError

ROOT = typer.main.get_command(app)
PAGES = pages(ROOT)


def plain(roff: str) -> str:
    """A page as it is read, in one line, without fonts and escapes."""
    text = re.sub(r"^\.\w+ ?", "", roff, flags=re.MULTILINE)
    for sign, escape in ((r"\fB", ""), (r"\fR", ""), (r"\&", "")):
        text = text.replace(sign, escape)
    for sign, code in manual.ROFF.items():
        text = text.replace(str(code), chr(sign))
    return " ".join(text.split())


def test_every_command_has_a_page_with_all_that_its_help_says() -> None:
    def check(command: object, words: tuple[str, ...]) -> int:
        page = plain(PAGES["-".join(words) + ".1"])
        assert " ".join(getattr(command, "help", "").split()) in page
        for parameter in command.params:  # type: ignore[attr-defined]
            assert " ".join((parameter.help or "").split()) in page, (words, parameter.name)
            assert all(flag in page for flag in parameter.opts if flag.startswith("-"))
        below = [one for one in getattr(command, "commands", {}).values() if not one.hidden]
        return 1 + sum(check(one, (*words, one.name)) for one in below)

    assert check(ROOT, ("photosort",)) == len(PAGES) > 20


def test_the_page_of_photosort_names_all_exit_codes() -> None:
    codes = {kind.exit_code for kind in vars(errors).values() if hasattr(kind, "exit_code")} - {1}
    assert {int(code) for code, _ in exit_codes()} == codes | {0}
    assert all(f"\\fB{code}\\fR\n" in PAGES["photosort.1"] for code in codes)


def test_a_build_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert '1 "1970-01-02"' in pages(ROOT)["photosort.1"]


def test_pages_are_written_again_but_no_other_file_is_replaced(tmp_path: Path) -> None:
    assert {path.name for path in write_pages(ROOT, tmp_path / "man1")} == set(PAGES)
    write_pages(ROOT, tmp_path / "man1")
    theirs = tmp_path / "man1" / "photosort-undo.1"
    theirs.write_text("my notes")
    with pytest.raises(DestinationError, match=r"photosort-undo\.1 is not a man page of photosort"):
        write_pages(ROOT, tmp_path / "man1")
    assert theirs.read_text() == "my notes"


@pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc is not installed")
def test_mandoc_has_nothing_to_say(tmp_path: Path) -> None:
    paths = write_pages(ROOT, tmp_path)
    done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *paths], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_groff_has_nothing_to_say(tmp_path: Path) -> None:
    for path in write_pages(ROOT, tmp_path):
        command = ["groff", "-man", "-ww", "-z", "-Tutf8", path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


HOSTILE = st.text(st.sampled_from(".'\\-\"`^~fB R()[]\n\t#é") | st.characters(categories=["L", "P", "S"]))


@given(HOSTILE)
def test_no_text_is_read_as_a_request(text: str) -> None:
    lines = manual._lines(text)
    assert not any(line.startswith((".", "'")) for line in lines)
    assert plain("\n".join(f"\n{line}" for line in lines)) == " ".join(text.split())
