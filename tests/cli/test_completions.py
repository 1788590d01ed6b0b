"""The scripts in completions/ are the ones that the command prints, and they complete."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import get_args

import pytest

from photosort.cli import offers
from photosort.cli.completions import Shell, script
from photosort.errors import ModelMissing
from photosort.models.selected import select_models
from photosort.settings.settings import Settings, load_settings

SUFFIXES = {"powershell": "ps1"}
FOLDER = Path(__file__).parents[2] / "completions"


@pytest.mark.parametrize("shell", get_args(Shell))
def test_the_file_is_what_the_command_prints(shell: Shell) -> None:
    assert (FOLDER / f"photosort.{SUFFIXES.get(shell, shell)}").read_text() == script(shell)


def offered(line: str) -> list[str]:
    """What bash is offered at the end of a line."""
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" ")), "_PHOTOSORT_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-m", "photosort"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "among"),
    [
        ("photosort ", ["organize", "explain", "undo", "models", "demo"]),
        ("photosort organize DIR --fusion ", ["sum", "concat"]),
        ("photosort search dog --kind ", ["photo", "screenshot"]),
        ("photosort organize DIR --profile ", ["auto", "builtin", "best"]),
        ("photosort organize DIR --captioner b", ["blip", "blip2-flan-t5-xl"]),
        ("photosort organize DIR --image-encoder ", ["efficientnet-lite2", "clip", "open_clip:"]),
        ("photosort organize DIR --text-encoder ", ["minilm", "clip", "st:"]),
        ("photosort organize DIR --writer ", ["auto", "smollm2", "openai:"]),
        ("photosort organize DIR --device c", ["cuda", "cpu"]),
        ("photosort organize DIR --engine ", ["local", "ray"]),
        ("photosort evaluate DIR --methods image,text-", ["image,text-sbert", "image,text-tfidf"]),
        ("photosort models pull ", ["fast", "smollm2", "qwen3-vl"]),
        ("photosort completions ", ["powershell"]),
    ],
)
def test_the_script_completes_through_the_program(line: str, among: list[str]) -> None:
    assert set(among) <= set(offered(line))
    assert all(name.startswith(line.rpartition(" ")[2]) for name in offered(line))


def whole(names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(":")]


def test_whatever_is_offered_is_known() -> None:
    def known(**named: str) -> None:
        with suppress(ModelMissing):
            select_models(Settings(**named)).make_all()

    for name in whole(offers.captioners("")):
        known(captioner=name, image_encoder="efficientnet-lite2")
    for name in whole(offers.image_encoders("")):
        known(image_encoder=name, captioner="blip" if name != "efficientnet-lite2" else "tags")
    for name in whole(offers.text_encoders("")):
        known(text_encoder=name)
    for name in whole(offers.writers("")):
        known(writer=name)
    for name in offers.profiles(""):
        known(profile=name)
    for name in offers.engines(""):
        Settings(engine=name)
    for name in offers.levels(""):
        Settings(levels=name)
    assert [load_settings(k=name).k for name in offers.numbers_of_folders("")] == [None]
