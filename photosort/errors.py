"""Every failure that a user can meet, with what to do next.

    PhotosortError                    1
    ├── SettingsError                 2   a flag, variable or config line makes no sense
    ├── SourceMissing                 3   the folder to sort is not there
    ├── NoPhotos                      4   the folder holds no photo
    ├── TooManyClusters               5   k is larger than what the photos can fill
    ├── DestinationError              6   the destination cannot take the files
    ├── ModelMissing                  7   a library or its weights are not installed
    ├── WeightsMismatch               8   weights differ from the pinned ones
    ├── StoreError                    9   photosort's own database cannot be used
    ├── NoSuchRun                    10   there is no run to explain, resume or undo
    ├── NotInRun                     11   the photo is in no run
    ├── Busy                         12   another photosort works on the same destination
    ├── Unfinished                   13   an earlier run was interrupted
    ├── Declined                     14   the user said no, or could not be asked
    ├── NotAllFiled                  15   some files could not be placed, or not be taken back; each is named
    ├── EmptyFolder                  16   the folder to sort holds nothing at all
    ├── ModelFailed                  17   a model, or the process it runs in, stopped working
    ├── WriterRefused                18   the server of a language model refuses the key, the model or the question
    ├── OutputFailed                 19   standard output is closed, full, or a pipe that is not read to its end
    ├── StoreDamaged                 20   photosort's own database holds something else than it should
    ├── LibraryBroken                21   a library that photosort stands on is missing, or cannot be imported
    ├── OutOfMemory                  22   the memory of this machine did not suffice
    ├── Unexpected                   23   what photosort itself has no words for: of the system, a library, or a bug
    ├── TooExpensive                 24   what is about to be asked would cost more than --max-cost
    ├── PlanRefused                  25   a plan, or a change of it, cannot be carried out; every fault is named
    ├── NoDestination                27   photos are to be added where no run has filed any that lie there now
    ├── NotLookedAt                  28   a search finds no photo that these models have looked at
    ├── NothingFound                 29   no photo fits the filters of a search
    ├── ReportRefused                30   the report cannot be written where it was to be
    ├── OwnDestination               33   the folder to sort is where an earlier run put its photos
    ├── NotInOrder                   31   photosort doctor found something that keeps photosort from working
    ├── NothingToTag                 35   no run has described the photos
    ├── ExifToolMissing              36   exiftool, which writes into photos, is missing or too old
    └── Interrupted                 130   Ctrl-C, a closed terminal, or a request to end (SIGTERM)

The number is the exit code of the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class PhotosortError(Exception):
    """A failure with its one-line description and the user's next step; `details` are further lines, one a fault."""

    exit_code = 1
    details: tuple[str, ...] = ()

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(f"{problem}. {hint}" if hint else problem)

    def __reduce__(self) -> tuple[type[PhotosortError], tuple[str, str]]:
        """Whole also when it comes from another process."""
        return type(self), (self.problem, self.hint)


class SettingsError(PhotosortError):
    """A setting that cannot be understood."""

    exit_code = 2


class SourceMissing(PhotosortError):
    """The folder to sort does not exist, or is not a folder."""

    exit_code = 3


class NoPhotos(PhotosortError):
    """Nothing in the folder can be sorted."""

    exit_code = 4


class EmptyFolder(PhotosortError):
    """The folder to sort holds nothing at all."""

    exit_code = 16


class TooManyClusters(PhotosortError):
    """More clusters were asked for than there are distinct photos."""

    exit_code = 5


class DestinationError(PhotosortError):
    """The destination cannot take the files: not writable, too small, or inside the wrong place."""

    exit_code = 6


class ModelMissing(PhotosortError):
    """A model needs a library or weights that are not installed."""

    exit_code = 7


class WeightsMismatch(PhotosortError):
    """The weights on disk are not the ones this version was built with."""

    exit_code = 8


class StoreError(PhotosortError):
    """The database of photosort cannot be opened, or is from a newer version."""

    exit_code = 9


class NoSuchRun(PhotosortError):
    """The run does not exist."""

    exit_code = 10


class NotInRun(PhotosortError):
    """The photo was not part of the run."""

    exit_code = 11


class Busy(PhotosortError):
    """Another photosort holds the destination."""

    exit_code = 12


class Unfinished(PhotosortError):
    """An earlier run on this destination stopped before it was done."""

    exit_code = 13


class Declined(PhotosortError):
    """The user answered a question with no, or could not be asked."""

    exit_code = 14


class NotAllFiled(PhotosortError):
    """Some files are not where they should be; what is wrong with each was said."""

    exit_code = 15


class ModelFailed(PhotosortError):
    """A model, or the process it runs in, stopped working."""

    exit_code = 17


class WriterRefused(PhotosortError):
    """A server that was to write names cannot be reached, or refuses the key, the model or the question."""

    exit_code = 18


class OutputFailed(PhotosortError):
    """What was to be said could not be written to standard output."""

    exit_code = 19


class StoreDamaged(StoreError):
    """The file at `path` holds another database than photosort has made, or none."""

    exit_code = 20

    def __init__(self, problem: str, hint: str = "", path: Path | None = None) -> None:
        super().__init__(problem, hint)
        self.path = path


class LibraryBroken(PhotosortError):
    """A library that photosort cannot do without fails when it is imported."""

    exit_code = 21


class OutOfMemory(PhotosortError):
    """More memory was needed than there is."""

    exit_code = 22


class Unexpected(PhotosortError):
    """An error of the system, of a library, or a bug, that nothing else describes."""

    exit_code = 23


class TooExpensive(PhotosortError):
    """What is about to be asked of a language model would cost more than the user allows."""

    exit_code = 24


class PlanRefused(PhotosortError):
    """A plan that the user edited, or a change of one, that cannot be carried out; `details` names each fault."""

    exit_code = 25

    def __init__(self, problem: str, hint: str = "", details: tuple[str, ...] = ()) -> None:
        super().__init__(problem, hint)
        self.details = details


class NoDestination(PhotosortError):
    """No run has filed photos to where new ones are to be added, or they do not lie there any more."""

    exit_code = 27


class NotLookedAt(PhotosortError):
    """No photo is known to the models of a search."""

    exit_code = 28


class NothingFound(PhotosortError):
    """No photo that is known fits what a search asks for."""

    exit_code = 29


class ReportRefused(PhotosortError):
    """A report cannot be written to its file: another file has the name, or the folder does not take it."""

    exit_code = 30


class OwnDestination(PhotosortError):
    """The folder to sort is where an earlier run put its photos."""

    exit_code = 33


class NotInOrder(PhotosortError):
    """The examination found something that keeps photosort from working; each fault was shown."""

    exit_code = 31


class NothingToTag(PhotosortError):
    """No photo that was named is known to a run."""

    exit_code = 35


class ExifToolMissing(PhotosortError):
    """The program that writes tags into photos is not installed, too old, or does not start."""

    exit_code = 36


class Interrupted(PhotosortError):
    """The user, or the system, stopped the command."""

    exit_code = 130
