"""`python -m photosort` and the `photosort` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from photosort.cli.app import app

    app(prog_name="photosort")


if __name__ == "__main__":
    main()
