"""How far the files of the user were touched, for the line that says so however the command ends.

The journal keeps this up to date, so that it can be said where no database can be asked any more.
"""

from __future__ import annotations

NOTHING = "No files were touched."

ON_THEIR_WAY = (
    "Files were touched: every photo is where it was or in its folder. "
    "Finish it: photosort resume {run}. Or take it back: photosort undo {run}"
)

SENTENCES = {
    "applying": ON_THEIR_WAY,
    "stopped": ON_THEIR_WAY,
    "done": "Run {run} is filed; photosort undo {run} takes it back.",
    "undoing": "Files were touched: every photo is in its folder or back where it was. Go on: photosort undo {run}",
    "undone": "Run {run} was undone.",
    "tagging": "Some files have their tags, and every file is whole. "
    "Finish it: photosort resume {run}. Or take it back: photosort undo {run}",
    "tagged": "The tags of run {run} are written; photosort undo {run} takes them back.",
    "untagging": "Some files are without their tags again, and every file is whole. Go on: photosort undo {run}",
    "untagged": "The tags of run {run} were taken back.",
}
"""State of a filing (see the journal) -> what has become of its files, with the next step."""


class Files:
    """What this process has done to the files of the user so far, as a sentence."""

    def __init__(self) -> None:
        self.so_far = NOTHING

    def turned(self, run: int, state: str) -> None:
        """Take down that the filing of a run has this state now."""
        self.so_far = SENTENCES[state].format(run=run)


FILES = Files()
