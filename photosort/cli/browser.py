"""Opens a page in the user's browser."""

from __future__ import annotations

import html
import secrets
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from photosort.support.files import make_private_folder, new_private_file


@contextmanager
def page_opened(url: str, folder: Path) -> Iterator[bool]:
    """Open an address that others must not see, and yield whether a browser with windows was there to do it.

    The command line of a browser can be seen by every user of the machine. So the browser is given a file in `folder`
    that the user alone may read, which leads to the address; it is removed at the end of the block.
    """
    if not _has_windows():
        yield False
        return
    path = folder / f"open-{secrets.token_hex(8)}.html"
    target = html.escape(url)
    try:
        make_private_folder(folder)
        with new_private_file(path) as file:
            file.write(
                f'<!doctype html><meta http-equiv="refresh" content="0;url={target}"><a href="{target}">Open</a>\n'
            )
        yield webbrowser.open(path.as_uri())
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _has_windows() -> bool:
    """Return whether the browser is not one that would take the terminal."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    return type(browser) is not webbrowser.GenericBrowser
