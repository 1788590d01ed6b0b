"""The help of organize shows its many flags in groups."""

import re
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from photosort.cli.app import app
from photosort.cli.flags.organize_help import GROUPS


@pytest.fixture(scope="module")
def shown() -> str:
    return CliRunner().invoke(app, ["organize", "--help"]).stdout


def test_every_flag_is_shown_once_under_its_title(shown: str) -> None:
    _, *parts = re.split(r"(?m)^(\w+):\n", shown)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(sections) == ["Arguments", "Options", *GROUPS]
    command: Any = get_command(app)
    for parameter in command.commands["organize"].params:
        if parameter.param_type_name == "option":
            title = next((title for title, names in GROUPS.items() if parameter.name in names), "Options")
            flag = re.compile(rf"(?m)^  (-\w, )?{parameter.opts[-1]}(?![-\w])")
            assert len(flag.findall(sections[title])) == len(flag.findall(shown)) == 1, parameter.name


def test_groups_name_flags_that_there_are() -> None:
    command: Any = get_command(app)
    known = {parameter.name for parameter in command.commands["organize"].params}
    listed = [name for names in GROUPS.values() for name in names]
    assert set(listed) <= known
    assert len(listed) == len(set(listed))


def test_flags_of_a_group_come_in_its_order(shown: str) -> None:
    for names in GROUPS.values():
        places = [shown.index(f"\n  --{name.replace('_', '-')}") for name in names]
        assert places == sorted(places)
