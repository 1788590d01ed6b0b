"""A command line that cannot be read: what typer says of it becomes one line, like every other failure.

Kept although typer prints messages of its own: those fill a box of five lines, name no fix, and would be the only
failures that --json cannot report.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from photosort.errors import SettingsError
from photosort.settings.messages import wrong_value

if TYPE_CHECKING:
    import typer


def misused(refusal: typer.TyperException) -> SettingsError:
    """Return the failure for what typer refuses: a command, a flag, its value, or one argument too many or too few.

    Typer's exceptions have no public names but that of their parent; they are told apart by what they carry.
    """
    known: Any = refusal
    command = known.ctx.command_path if getattr(known, "ctx", None) else "photosort"
    more = f"{command} --help says more."
    if hasattr(known, "option_name"):
        return _wrong_flag(known, command, more)
    if getattr(known, "param", None):
        return _wrong_value(known, command, more)
    problem, _, suggestion = known.format_message().removesuffix(".").partition(". ")
    if extra := re.search(r"extra argument\S* \((.*)\)", problem):
        return SettingsError(f"One argument too many: {extra[1]}", f"A path with spaces goes in quotes. {more}")
    return SettingsError(problem, f"{suggestion} {more}".strip())


def _wrong_flag(refusal: Any, command: str, more: str) -> SettingsError:
    flag = refusal.option_name
    if hasattr(refusal, "possibilities"):
        if flag in ("-v", "--verbose"):
            return SettingsError(
                f"Unknown flag {flag}", f"-v stands before the command: {command.replace(' ', ' -v ', 1)}"
            )
        if command.endswith(" search") and not flag.startswith("--"):
            problem = f"Unknown flag {flag}" if flag[1:].isalpha() else "A query cannot begin with a minus"
            return SettingsError(problem, f"Begin with what to find: photosort search 'dog - fruit'. {more}")
        near = f"Did you mean {refusal.possibilities[0]}? " if refusal.possibilities else ""
        return SettingsError(f"Unknown flag {flag}", near + more)
    if "requires" in refusal.message:
        return SettingsError(f"{flag} needs a value", f"Write it after the flag: {flag} VALUE")
    return SettingsError(f"{flag} takes no value", f"Write {flag} alone.")


def _wrong_value(refusal: Any, command: str, more: str) -> SettingsError:
    parameter = refusal.param
    name = parameter.opts[0] if parameter.param_type_name == "option" else parameter.display_name_raw
    choices = f"Choose one of: {', '.join(map(str, parameter.type_descriptor.choices or ()))}."
    if hasattr(refusal, "param_type"):
        hint = choices if parameter.type_descriptor.is_choice else f"Write: {command} {_needed(refusal.ctx.command)}"
        return SettingsError(f"{name} is missing", hint)
    if not isinstance(refusal.__cause__, ValidationError):
        return SettingsError(refusal.format_message().removesuffix("."), more)
    error = refusal.__cause__.errors()[0]
    written = f"{name} {shlex.quote(str(error['input']))}"
    if parameter.type_descriptor.is_choice:
        return SettingsError(f"{written} is not known", choices)
    return wrong_value(written, error)


def _needed(command: Any) -> str:
    """Return the arguments that a command cannot do without, as its help writes them."""
    needed = (one for one in command.params if one.param_type_name == "argument" and one.required)
    return " ".join(one.display_name_raw for one in needed)
