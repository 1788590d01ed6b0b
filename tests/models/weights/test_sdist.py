"""Files are read out of source archives that a real server lists as an index does; nothing in them runs."""

import hashlib
import http.server
import io
import json
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from photosort.errors import ModelMissing
from photosort.models.weights import sdist
from photosort.models.weights.sdist import index_url, read_sdist

CAT = "cats_of_ours-1.0/pictures/cat.jpg"


def archive(*, link: bool = False) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for name, content in ((CAT, b"a cat"), ("cats_of_ours-1.0/setup.py", b"raise SystemExit('it ran')")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
        if link:
            member = tarfile.TarInfo("cats_of_ours-1.0/link.jpg")
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            packed.addfile(member)
    return buffer.getvalue()


class Index:
    """Serves a folder; `asked` are the paths that were asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, list[str]()
        outer = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *args: object, **options: object) -> None:
                super().__init__(*args, directory=str(folder), **options)  # type: ignore[arg-type]

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                super().do_GET()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def offer(self, content: bytes, *, sha256: str = "", url: str = "../../files/cats_of_ours-1.0.tar.gz") -> None:
        """List one source archive, and beside it what has to be passed over."""
        page = self.folder / "simple" / "cats-of-ours"
        (self.folder / "files").mkdir(exist_ok=True)
        page.mkdir(parents=True, exist_ok=True)
        (self.folder / "files" / "cats_of_ours-1.0.tar.gz").write_bytes(content)
        digest = sha256 or hashlib.sha256(content).hexdigest()
        listed = [
            {"filename": name, "url": "/nowhere"} for name in ("cats_of_ours-1.0-py3-none-any.whl", "x-1.0.tar.gz")
        ]
        listed += [{"filename": "cats_of_ours-1.0.1.tar.gz", "url": "/nowhere"}]
        listed += [{"filename": "cats_of_ours-1.0.tar.gz", "url": url, "hashes": {"sha256": digest}}]
        (page / "index.html").write_text(json.dumps({"files": listed}))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    served = Index(tmp_path)
    monkeypatch.setenv("PIP_INDEX_URL", f"{served.address}/simple/")
    yield served
    served.server.shutdown()
    served.server.server_close()


def test_the_wanted_files_are_read_and_no_others(index: Index) -> None:
    index.offer(archive())
    assert read_sdist("Cats.of_Ours==1.0", [CAT, "cats_of_ours-1.0/no.jpg"]) == {CAT: b"a cat"}
    assert index.asked == ["/simple/cats-of-ours/", "/files/cats_of_ours-1.0.tar.gz"]


def test_links_and_files_that_are_too_large_are_not_read(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.offer(archive(link=True))
    assert read_sdist("cats-of-ours==1.0", ["cats_of_ours-1.0/link.jpg"]) == {}
    monkeypatch.setattr(sdist, "LARGEST_FILE", 3)
    assert read_sdist("cats-of-ours==1.0", [CAT]) == {}


def test_an_archive_that_is_none_holds_nothing(index: Index) -> None:
    index.offer(b"no archive")
    assert read_sdist("cats-of-ours==1.0", [CAT]) == {}
    index.offer(archive()[:-40])
    assert read_sdist("cats-of-ours==1.0", ["cats_of_ours-1.0/no.jpg"]) == {}


@pytest.mark.parametrize(
    ("requirement", "reason"),
    [("cats-of-ours==2.0", "no source archive of version 2.0"), ("dogs==1.0", "404"), ("cats-of-ours==1", "no source")],
)
def test_what_the_index_does_not_have_is_one_line(index: Index, requirement: str, reason: str) -> None:
    index.offer(archive())
    with pytest.raises(ModelMissing, match=reason) as caught:
        read_sdist(requirement, [CAT])
    assert str(caught.value).startswith(f"{requirement} could not be downloaded (")
    assert "\n" not in str(caught.value)


def test_another_archive_than_the_index_names_is_refused(index: Index) -> None:
    index.offer(archive(), sha256="0" * 64)
    with pytest.raises(ModelMissing, match="it is not the archive that the index names"):
        read_sdist("cats-of-ours==1.0", [CAT])


def test_an_archive_without_end_is_not_read_to_its_end(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdist, "LARGEST", 50)
    index.offer(archive())
    with pytest.raises(ModelMissing, match="larger than 50 bytes"):
        read_sdist("cats-of-ours==1.0", [CAT])


def test_an_index_that_is_no_index_is_one_line(index: Index) -> None:
    page = index.folder / "simple" / "cats-of-ours"
    page.mkdir(parents=True)
    for said in ("<html>", "[]", '{"files": [{}]}', '{"files": 3}'):
        (page / "index.html").write_text(said)
        with pytest.raises(ModelMissing):
            read_sdist("cats-of-ours==1.0", [CAT])
    index.server.shutdown()
    index.server.server_close()
    with pytest.raises(ModelMissing):
        read_sdist("cats-of-ours==1.0", [CAT])


def test_the_index_is_that_of_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    def configured(said: str, code: int = 0):
        return lambda command: subprocess.CompletedProcess(command, code, said, "")

    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    assert index_url(configured("https://mirror.example/simple/\n")) == "https://mirror.example/simple"
    assert index_url(configured("", 1)) == "https://pypi.org/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://env.example/simple")
    assert index_url(configured("https://mirror.example/simple")) == "https://env.example/simple"
