"""Flags that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors and questions only.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
