"""What the user presses in the terminal while a command waits for something else."""

from __future__ import annotations

import os
import sys


def has_keys() -> bool:
    """Return whether there is a terminal whose keys can be read."""
    return sys.stdin is not None and sys.stdin.isatty()


def enter_pressed() -> bool:
    """Return whether Enter was pressed since the last call; never waits. False without a terminal, and while another
    program has the terminal.
    """
    if not has_keys():
        return False
    if sys.platform == "win32":
        return _pressed_on_windows()
    import select

    keys = sys.stdin.fileno()
    try:
        if os.tcgetpgrp(keys) != os.getpgrp() or not select.select([keys], [], [], 0)[0]:
            return False
        return b"\n" in os.read(keys, 4096)
    except OSError:
        return False


def _pressed_on_windows() -> bool:
    import msvcrt

    pressed = False
    while msvcrt.kbhit():  # type: ignore[attr-defined, unused-ignore]
        pressed |= msvcrt.getwch() in "\r\n"  # type: ignore[attr-defined, unused-ignore]
    return pressed
