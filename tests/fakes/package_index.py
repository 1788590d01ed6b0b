"""A package index on the loopback interface that speaks JSON (PEP 691), and source archives to put into it."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

JSON = "application/vnd.pypi.simple.v1+json"


@dataclass
class Index:
    """What the index answers to a path: content, or a status with the address that it points to."""

    address: str = ""
    contents: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def offer(self, filename: str, content: bytes, sha256: str | None = None, url: str = "") -> None:
        """List one file of the package that its name begins with, at an address relative to the page unless given."""
        name = filename.rpartition("-")[0].lower().replace("_", "-")
        digest = hashlib.sha256(content).hexdigest() if sha256 is None else sha256
        page = f"/simple/{name}/"
        listed: dict[str, Any] = json.loads(self.contents.get(page, b'{"files": []}'))
        entry = {
            "filename": filename,
            "url": url or f"../../files/{filename}",
            "hashes": {"sha256": digest} if digest else {},
        }
        listed["files"].append(entry)
        self.contents[page] = json.dumps(listed).encode()
        self.contents[f"/files/{filename}"] = content


@contextmanager
def package_index() -> Iterator[Index]:
    """Run an index until the block ends."""
    index = Index()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.asked.append((self.path, dict(self.headers)))
            content, target = index.contents.get(self.path), index.moved.get(self.path)
            self.send_response(302 if target else 404 if content is None else 200)
            if target:
                self.send_header("Location", target)
            self.send_header("Content-Length", str(len(content or b"")))
            self.send_header("Content-Type", JSON)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        index.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()


def sdist(files: dict[str, bytes], *others: tarfile.TarInfo) -> bytes:
    """Return a .tar.gz with files, and before them members of any kind."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for member in others:
            archive.addfile(member)
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    """Return a member that is a link."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member
