"""`python -m photosort` and the `photosort` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. However it ends, there is one line that says why, JSON with --json, and an exit code."""
    try:
        from photosort.cli.sink import ending

        ending.begin()
        code = ending.all_said(_run())
    except BaseException as error:
        from photosort.cli.sink import ending

        code = ending.ended(error)
    sys.exit(code)


def _run() -> int:
    from typer import TyperException

    from photosort.cli.app import app
    from photosort.errors import Interrupted

    try:
        code = app(prog_name="photosort", standalone_mode=False) or 0
    except TyperException as refusal:
        from photosort.cli.flags.usage import misused

        raise misused(refusal) from refusal
    if code == Interrupted.exit_code:
        raise KeyboardInterrupt  # which typer catches, and says nothing of
    return code


if __name__ == "__main__":
    main()
