"""The names of files that are not whole yet: what browsers, copying and synchronising programs call them."""

from __future__ import annotations

from pathlib import Path

ENDINGS = frozenset(
    {
        ".part",  # Firefox, KDE, yt-dlp
        ".partial",  # Edge, wget2
        ".crdownload",  # Chrome
        ".opdownload",  # Opera
        ".download",  # Safari: a folder in which the file grows
        ".filepart",  # WinSCP
        ".aria2",  # aria2: stands beside a file that grows
        ".!ut",  # uTorrent
        ".!qb",  # qBittorrent
        ".!sync",  # Resilio Sync
        ".tmp",  # Syncthing on Windows (~syncthing~IMG.jpg.tmp), and many others
        ".temp",
    }
)
"""Endings, in lower case. Names with a dot before them, of Syncthing, rsync, Nextcloud and GNOME, are hidden anyway."""


def is_temporary(name: str) -> bool:
    """Return whether a file or folder of this name stands for one that is not whole yet."""
    return Path(name).suffix.lower() in ENDINGS
