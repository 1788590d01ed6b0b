"""photosort config: show the settings and where they come from, and change the config file."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsJson, QuietFlag, help_alone
from photosort.cli.sink.output import Output, speaking
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.workflows.configuring import Shown

VALUE_SHOWN = 40

app = typer.Typer(help="Show settings, and change the config file.", invoke_without_command=True, rich_markup_mode=None)
app.callback()(help_alone)

Key = Annotated[
    str, typer.Argument(metavar="KEY", help="A setting, such as k or max-k.", autocompletion=offers.settings)
]


@app.command()
def show(
    key: Annotated[
        str,
        typer.Argument(
            metavar="[KEY]", help="Show this setting alone, and what it is.", autocompletion=offers.settings
        ),
    ] = "",
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Show every setting, its value, and where that comes from."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.settings.config_edit import known_key
        from photosort.settings.config_file import config_file
        from photosort.settings.settings import unknown_variables
        from photosort.workflows.configuring import all_settings

        for line in unknown_variables():
            out.note(line)
        shown = all_settings()
        if key:
            name = known_key(key)
            shown = tuple(one for one in shown if one.name == name)
        out.show(lambda: _about(shown[0]) if key else _table(shown))
        out.document(
            lambda: {
                "file": str(config_file()),
                "exists": config_file().exists(),
                "settings": [_plain(one) for one in shown],
            }
        )


app.command(name="get", hidden=True)(show)


@app.command()
def path(as_json: AsJson = False) -> None:
    """Print where the config file is looked for."""
    with speaking(as_json=as_json) as out:
        from rich.text import Text

        from photosort.settings.config_file import config_file

        file = config_file()
        out.show(lambda: Text(printable(str(file))))
        out.document(lambda: {"file": str(file), "exists": file.exists()})


@app.command(name="set")
def set_(
    key: Key,
    value: Annotated[
        list[str],
        typer.Argument(metavar="VALUE...", autocompletion=offers.values, help="Its value; several where it is a list."),
    ],
    quiet: QuietFlag = False,
) -> None:
    """Write a setting to the config file. Comments and order stay, and a wrong value is refused."""
    with speaking(quiet=quiet) as out:
        from photosort.settings.config_edit import is_list, known_key, with_value
        from photosort.workflows.configuring import change

        file = change(lambda text: with_value(text, key, value))
        name = known_key(key)
        out.note(f"{name} = {_written(list(value) if is_list(name) else value[0])} is set in {file}")
        _overridden(name, out)


@app.command()
def unset(key: Key, quiet: QuietFlag = False) -> None:
    """Take a setting out of the config file, so that its default applies."""
    with speaking(quiet=quiet) as out:
        from photosort.settings.config_edit import without
        from photosort.workflows.configuring import change

        file = change(lambda text: without(text, key))
        out.note(f"{key} is no longer set in {file}")


@app.command()
def edit(quiet: QuietFlag = False) -> None:
    """Open the config file in $VISUAL or $EDITOR. It is checked before it is used."""
    with speaking(quiet=quiet) as out:
        from photosort.cli.editor import need_terminal
        from photosort.settings.config_edit import template
        from photosort.workflows.configuring import read_text

        need_terminal("photosort config set KEY VALUE changes a setting without an editor.")
        before = read_text()
        _edited(before or template(), before, out)


def _edited(text: str, before: str, out: Output) -> None:
    """Let the user edit until the text is valid; keep it under another name where that is given up."""
    from photosort.cli.editor import edit as opened
    from photosort.errors import SettingsError
    from photosort.settings.config_file import config_file
    from photosort.workflows.configuring import keep_aside, write

    unchanged = text
    while True:
        text = opened(text, "config.toml")
        if text == unchanged:
            _refuse_invalid(before)
            out.note("Nothing was changed.")
            return
        try:
            write(text, before)
        except SettingsError as error:
            out.disclose(str(error))
            try:
                again = out.ask("Edit again? [Y/n]")
            except BaseException:
                out.disclose(f"Your text is kept in {keep_aside(text)}")
                raise
            if again is None or again.lower() not in ("", "y", "yes"):
                hint = f"Your text is kept in {keep_aside(text)}"
                raise SettingsError("The config file was not changed", hint) from error
        else:
            out.note(f"{config_file()} is saved")
            return


def _refuse_invalid(text: str) -> None:
    """Raise SettingsError where the file, which holds `text` and was left as it is, is not valid."""
    from photosort.errors import SettingsError
    from photosort.settings.config_edit import checked_text
    from photosort.settings.config_file import read_config

    try:
        read_config()
        checked_text(text)
    except SettingsError as error:
        problem = f"Nothing was changed, and the config file is still not valid: {error.problem}"
        raise SettingsError(problem, error.hint) from error


def _overridden(name: str, out: Output) -> None:
    """Note where a variable of the environment takes precedence."""
    from photosort.settings.settings import variable_of

    if variable := variable_of(name):
        out.note(f"{variable} is set in the environment and takes precedence")


def _table(shown: "tuple[Shown, ...]") -> "RenderableType":
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from photosort.settings.config_file import config_file

    table = Table("setting", "value", "from", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for one in shown:
        style = "" if one.origin == "default" else "bold"
        value = _written(one.value)
        cut = value if len(value) <= VALUE_SHOWN else f"{value[: VALUE_SHOWN - 1]}…"
        table.add_row(Text(one.name, style=style), Text(cut, style=style or "dim"), Text(one.origin))
    file = printable(str(config_file()))
    there = file if config_file().exists() else f"{file} (not there yet)"
    hints = "What a setting is: photosort config show KEY. Change one: photosort config set KEY VALUE"
    return Group(table, Text(), Text(f"config file: {there}", overflow="fold"), Text(hints, style="dim"))


def _about(one: "Shown") -> "RenderableType":
    from rich.text import Text

    return Text(f"{one.name} = {_written(one.value)}  ({one.origin})\n{one.about}", overflow="fold")


def _written(value: Any) -> str:
    """Return a value as it is written in the file, but for one that is not set."""
    import json
    from pathlib import Path

    if value is None:
        return "not set"
    if isinstance(value, Path):
        return printable(str(value))
    return printable(json.dumps(value, ensure_ascii=False))


def _plain(one: "Shown") -> dict[str, Any]:
    from pathlib import Path

    value = str(one.value) if isinstance(one.value, Path) else one.value
    return {"name": one.name, "value": value, "from": one.origin, "about": one.about}
