"""Flags that change nothing are told."""

from pathlib import Path
from typing import Any

import pytest
from fakes.models import COLOURS, use_colours
from PIL import Image
from typer.testing import CliRunner

from photosort.cli.app import app
from photosort.cli.flags.idle import idle_flags
from photosort.settings.settings import load_settings


@pytest.mark.parametrize(
    ("flags", "lines"),
    [
        ({"k": 12, "method": "text", "vectors": "tfidf", "writer": "openai:x", "max_cost": 1.0}, []),
        ({"fusion": "sum", "weight": 0.5, "min_k": 3}, []),
        ({"vectors": "tfidf"}, ["--vectors is ignored: it only applies to --method text"]),
        (
            {"texts": "caption", "show_all": True},
            [f"{flag} is ignored: it only applies to --method text" for flag in ("--show-all", "--texts")],
        ),
        ({"method": "text", "weight": 0.2}, ["--weight is ignored: it only applies to --method fusion"]),
        ({"method": "text", "show_all": True}, ["--show-all is ignored: it compares several questions (--ask)"]),
        ({"method": "text", "ask": ("What?", "Who?"), "show_all": True}, []),
        ({"captioner": "server:any", "in_flight": 32}, []),
        ({"in_flight": 32}, ["--in-flight is ignored: it only applies to --captioner server:MODEL"]),
        ({"fusion": "image", "weight": 0.2}, ["--weight is ignored: --fusion image takes no share of the other"]),
        ({"k": 4, "max_k": 9}, ["--max-k is ignored: --k 4 leaves nothing to choose"]),
        (
            {"into": "a, b", "levels": "2"},
            ["--levels is ignored: with --into folders have names before they have photos"],
        ),
        ({"into": "a, b", "levels": "year,auto"}, []),
        (
            {"events": True, "k": 3, "names": "title"},
            ["--k is ignored: --events splits by gaps in time", "--names is ignored: events are called by their dates"],
        ),
        ({"levels": "year,month", "k": 3}, ["--k is ignored: --levels year,month says which folders there are"]),
        ({"writer": "keywords", "max_cost": 0.5}, ["--max-cost is ignored: --writer keywords costs nothing"]),
    ],
)
def test_a_flag_without_effect_is_named_with_the_reason(
    own_folders: Path, flags: dict[str, Any], lines: list[str]
) -> None:
    settings = load_settings(**{name: value for name, value in flags.items() if name != "show_all"})
    assert list(idle_flags(settings, flags)) == lines


def test_organize_tells_it_and_goes_on(own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_colours(monkeypatch)
    for name, colour in COLOURS.items():
        tmp_path.joinpath("in").mkdir(exist_ok=True)
        Image.new("RGB", (30, 20), colour).save(tmp_path / "in" / f"{name}.png")
    flags = ["--k", "2", "--fusion", "image", "--writer", "keywords", "--vectors", "tfidf", "--dry-run"]
    done = CliRunner().invoke(app, ["organize", str(tmp_path / "in"), *flags])
    assert done.exit_code == 0
    assert "--vectors is ignored: it only applies to --method text\n" in done.stderr
    assert done.stderr.count("is ignored") == 1
