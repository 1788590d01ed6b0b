"""How the command ends, whatever happens: one line, or with --json one object, and an exit code of its own.

It is imported before everything else, and stands on the standard library alone.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from types import FrameType

from photosort.cli.sink import streams
from photosort.errors import Declined, Interrupted, OutOfMemory, OutputFailed, PhotosortError, StoreError
from photosort.store.journals.touched import FILES, NOTHING
from photosort.support.printable import printable

DETAILS = 20
"""Faults that are shown one by one."""
GOES_ON = "What was looked at is kept; the same command goes on from there."


class Stop(KeyboardInterrupt):
    """The user, or the system, asks for the end.

    A mere KeyboardInterrupt that was raised in exec(), as dataclasses call it, would take the exit code from Python.
    """


class End:
    """What is known of the end of this process.

    asked  whether the user, or the system, has asked for it
    said   whether the line that tells why was written
    begun  when the process began, by the clock of time.monotonic; None where another one imports this
    """

    def __init__(self) -> None:
        self.asked = self.said = False
        self.begun: float | None = None


END = End()


def begin() -> None:
    """Take the standard streams and the signals in hand. From here on anything may fail."""
    END.asked = END.said = False
    END.begun = time.monotonic()
    FILES.so_far = NOTHING
    streams.name_files_in_utf8()
    streams.secure()
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _unraisable
    for number, usual in _signals().items():
        if signal.getsignal(number) == usual:  # nohup, for one, has set another
            signal.signal(number, _stop)


def ended(error: BaseException) -> int:
    """Return the exit code after an error, which is said unless it was before."""
    _stop_listening()
    if isinstance(error, SystemExit) and not error.code:
        return all_said(0)
    failure = failure_of(error)
    if not END.said:
        say(failure, as_json=wants_json(sys.argv))
    return all_said(failure.exit_code)


def all_said(code: int) -> int:
    """Return the exit code when everything is written: `code`, or that of output which was lost, and that is said
    then; not where a pipe was closed by its reader, as `head` does when it has seen enough.
    """
    reason = streams.lost()
    _stop_listening()
    if not reason or END.said or streams.unread():
        return code
    say(OutputFailed(f"Standard output cannot be written ({reason})", FILES.so_far))
    return code or OutputFailed.exit_code


def say(failure: PhotosortError, *, as_json: bool = False) -> None:
    """Say why the command ends: as an object on standard output for programs, else as a line on standard error."""
    END.said = True
    if as_json:
        import json

        details = {"details": failure.details} if failure.details else {}
        error = {"kind": type(failure).__name__, "problem": failure.problem, "hint": failure.hint, **details}
        print(json.dumps({"error": error}, indent=2, ensure_ascii=True))
        if not streams.lost():
            return
    elif isinstance(failure, Interrupted):
        streams.drop_output()
    more = len(failure.details) - DETAILS
    lines = [f"  {line}" for line in failure.details[:DETAILS]]
    lines += [f"  and {more:,} more; --json lists all"] if more > 0 else []
    lines.append(f"photosort: {' '.join(str(failure).split())}")
    with suppress(OSError, ValueError):
        print(*map(printable, lines), sep="\n", file=sys.stderr, flush=True)


def wants_json(arguments: Sequence[str]) -> bool:
    """Return whether a command line asks for JSON; it may be one that was refused."""
    pairs = pairwise([*arguments, ""])
    return any(flag in ("--json", "--output=json") or (flag, value) == ("--output", "json") for flag, value in pairs)


def failure_of(error: BaseException) -> PhotosortError:
    """Return the failure that a user sees for anything that is raised."""
    if isinstance(error, KeyboardInterrupt) or (END.asked and not isinstance(error, Declined)):
        # an import, or a process, that is stopped may raise anything
        return Interrupted("Stopped", f"{FILES.so_far} {GOES_ON}" if FILES.so_far == NOTHING else FILES.so_far)
    if isinstance(error, StoreError) and FILES.so_far != NOTHING and FILES.so_far not in error.hint:
        return type(error)(error.problem, f"{error.hint} {FILES.so_far}")
    if isinstance(error, PhotosortError):
        return error
    if isinstance(error, MemoryError):
        return OutOfMemory("There is too little memory", f"{FILES.so_far} Close other programs, and try again.")
    from photosort.cli.sink.faults import described

    return described(error)


def _signals() -> dict[int, object]:
    """Map each signal that asks for the end of a process to what it does where nothing else was set."""
    usual = {"SIGINT": signal.default_int_handler, "SIGTERM": signal.SIG_DFL, "SIGHUP": signal.SIG_DFL}
    return {getattr(signal, name): handler for name, handler in usual.items() if hasattr(signal, name)}


def _stop(number: int, frame: FrameType | None) -> None:
    END.asked = True
    raise Stop


def _unraisable(lost: sys.UnraisableHookArgs) -> None:
    """Stop again, a moment later, where the first time was lost: in a callback, as imports have some."""
    if not isinstance(lost.exc_value, Stop):
        sys.__unraisablehook__(lost)
        return
    _thread.start_new_thread(_stop_again, ())


def _stop_again() -> None:
    time.sleep(0.01)
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        os.kill(os.getpid(), signal.SIGINT)  # also wakes a process that waits


def _stop_listening() -> None:
    """Let nothing disturb the last line, nor what Python does to end."""
    for number, usual in _signals().items():
        if signal.getsignal(number) in (_stop, usual):
            signal.signal(number, signal.SIG_IGN)
