"""`python -m photosort` and the `photosort` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. What cannot be understood is told as every other failure, and as JSON with --json."""
    from typer import TyperException

    from photosort.cli.app import app

    try:
        code = app(prog_name="photosort", standalone_mode=False)
    except TyperException as refusal:
        from photosort.cli.output import Human, Json
        from photosort.cli.usage import misused

        error, code = misused(refusal), refusal.exit_code
        (Json() if "--json" in sys.argv else Human()).error(error)
    sys.exit(code)


if __name__ == "__main__":
    main()
