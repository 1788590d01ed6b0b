"""Source archives come from the index that pip is configured for, and only regular files are read out of them."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from fakes.package_index import JSON, Index, link, package_index, sdist

from photosort.errors import ModelMissing
from photosort.models.weights import sdist as sdists
from photosort.models.weights.sdist import download_sdist, files_in

PHOTO = b"a photo"
CONTENT = sdist({"some_trips-1.0/a.jpg": PHOTO})
TARGETS = ["/etc/passwd", "../../secret.jpg", "pkg-1/b.jpg"]

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with package_index() as running:
        yield running


def pip(*lines: str, status: int = 0) -> Run:
    """pip, of which `pip config list` prints these lines."""

    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        assert command == [sys.executable, "-m", "pip", "config", "list"]
        return subprocess.CompletedProcess(command, status, "\n".join(lines), "ERROR: no settings\n")

    return run


def fails(run: Run, reason: str) -> None:
    with pytest.raises(ModelMissing, match=reason) as raised:
        download_sdist("Some.Trips==1.0", run)
    assert "\n" not in str(raised.value) and "Some.Trips==1.0" in str(raised.value)


def test_the_archive_comes_from_the_index_of_pip(index: Index, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    index.offer("some_trips-1.0.tar.gz", CONTENT)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = http://127.0.0.1:9/simple\n")
    monkeypatch.setenv("PIP_INDEX_URL", f"{index.address}/simple/")
    assert download_sdist("Some.Trips==1.0") == CONTENT
    (page, headers), (file, _) = index.asked
    assert page == "/simple/some-trips/" and headers["Accept"].startswith(JSON)
    assert file == "/files/some_trips-1.0.tar.gz"


@pytest.mark.parametrize("better", ["download", ":env:"])
def test_settings_of_pip_take_precedence_as_in_pip(index: Index, better: str) -> None:
    index.offer("some_trips-1.0.tar.gz", CONTENT)
    lines = [f"{better}.index-url='{index.address}/simple'", "global.index-url='http://127.0.0.1:9'"]
    assert download_sdist("some-trips==1.0", pip(*lines, "global.timeout='60'")) == CONTENT


def test_a_password_goes_to_the_index_and_is_never_shown(index: Index) -> None:
    index.offer("some_trips-1.0.tar.gz", CONTENT)
    address = index.address.replace("//", "//me:geheim@")
    assert download_sdist("some-trips==1.0", pip(f"global.index-url='{address}/simple'")) == CONTENT
    assert all(headers["Authorization"].startswith("Basic ") for _, headers in index.asked)
    for broken in (f"{address}/none", address.replace("127.0.0.1:", "127.0.0.1:x"), "file://me:geheim@/simple"):
        with pytest.raises(ModelMissing) as raised:
            download_sdist("some-trips==1.0", pip(f"global.index-url='{broken}'"))
        assert "geheim" not in str(raised.value)


def test_only_the_source_archive_of_that_version_is_taken(index: Index) -> None:
    for other in ("some_trips-1.0-py3-none-any.whl", "some_trips-1.0.zip", "some_trips-1.0.1.tar.gz"):
        index.offer(other, b"another")
    index.contents["/simple/some-trips/"] = index.contents.get("/simple/some-trips/", b'{"files": []}')
    fails(pip(f"global.index-url='{index.address}/simple'"), "lists no such source archive")
    index.offer("Some.Trips-1.0.tar.gz", b"", url=f"{index.address}/files/here")
    index.contents["/simple/some-trips/"] = index.contents["/simple/some.trips/"]
    index.contents["/files/here"] = CONTENT
    with pytest.raises(ModelMissing, match="another SHA-256"):
        download_sdist("some_trips==1.0", pip(f"global.index-url='{index.address}/simple'"))


def test_an_archive_with_another_digest_is_refused(index: Index) -> None:
    index.offer("some_trips-1.0.tar.gz", CONTENT, sha256="0" * 64)
    fails(pip(f"global.index-url='{index.address}/simple'"), "another SHA-256")


def test_an_index_without_digests_is_good_enough(index: Index) -> None:
    index.offer("some_trips-1.0.tar.gz", CONTENT, sha256="")
    assert download_sdist("some-trips==1.0", pip(f"global.index-url='{index.address}/simple'")) == CONTENT


def test_an_index_out_of_reach_or_without_the_package_is_one_line(index: Index) -> None:
    here = pip(f"global.index-url='{index.address}/simple'")
    fails(here, r"could not be downloaded \(the index answers 404 Not Found\)\. Check the network")
    index.offer("some_trips-1.0.tar.gz", CONTENT)
    del index.contents["/files/some_trips-1.0.tar.gz"]
    fails(here, "404")
    fails(pip("global.index-url='http://127.0.0.1:9/simple'"), "onnect")
    fails(pip("global.index-url='file:///simple'"), "protocol")
    fails(pip("global.index-url='http://127.0.0.1:many/simple'"), "address in pip's settings")
    fails(pip("global.proxy='what://127.0.0.1:1'"), "address in pip's settings")
    fails(pip("global.cert='/no/such/file'"), "cert cannot be used: No such file")


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"files": [{}]}', b'{"files": [7]}', b"[" * 100_000, b"\xff"])
def test_an_index_that_does_not_speak_json_is_one_line(index: Index, answer: bytes) -> None:
    index.contents["/simple/some-trips/"] = answer
    fails(pip(f"global.index-url='{index.address}/simple'"), "does not answer in JSON")


def test_pip_that_may_use_no_index_is_obeyed(index: Index) -> None:
    index.offer("some_trips-1.0.tar.gz", CONTENT)
    address = f"global.index-url='{index.address}/simple'"
    fails(pip(address, ":env:.no-index='1'"), "configured with no-index")
    assert index.asked == []
    assert download_sdist("some-trips==1.0", pip(address, ":env:.no-index='0'")) == CONTENT


def test_pip_that_fails_or_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    fails(pip(status=1), "no settings")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    fails(pip(), "fetched by pip")


def test_redirects_are_followed_but_not_out_of_encryption(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.offer("some_trips-1.0.tar.gz", CONTENT)
    index.moved["/old/some-trips/"] = "/simple/some-trips/"
    assert download_sdist("some-trips==1.0", pip(f"global.index-url='{index.address}/old'")) == CONTENT
    index.moved["/simple/some-trips/"] = "file:///etc/passwd"
    fails(pip(f"global.index-url='{index.address}/simple'"), "protocol")
    client = sdists._client(sdists.httpx2.URL("https://example.org/simple/some-trips/"), {})
    with pytest.raises(sdists.httpx2.UnsupportedProtocol, match="without encryption"), client:
        client.get(f"{index.address}/simple/some-trips/")


def test_an_answer_without_end_is_not_read_to_it(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.offer("some_trips-1.0.tar.gz", bytes(5000))
    monkeypatch.setattr(sdists, "LARGEST_ARCHIVE", 4999)
    fails(pip(f"global.index-url='{index.address}/simple'"), "longer than 4,999 bytes")


def test_regular_files_are_read_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    archive = sdist({"pkg-1/a.jpg": PHOTO, "pkg-1/b.jpg": b"unknown", "../evil.jpg": b"out of here"})
    assert files_in(archive, {"pkg-1/a.jpg", "pkg-1/none.jpg"}) == {"pkg-1/a.jpg": PHOTO}
    assert list(tmp_path.parent.glob("evil.jpg")) == list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
@pytest.mark.parametrize("target", TARGETS)
def test_links_and_devices_are_not_followed(kind: bytes, target: str) -> None:
    archive = sdist({"pkg-1/b.jpg": PHOTO}, link("pkg-1/a.jpg", target, kind))
    assert files_in(archive, {"pkg-1/a.jpg"}) == {}


def test_files_that_are_too_large_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = sdist({"pkg-1/large.bin": bytes(90), "pkg-1/a.jpg": PHOTO})
    monkeypatch.setattr(sdists, "LARGEST_FILE", 89)
    assert set(files_in(archive, {"pkg-1/large.bin", "pkg-1/a.jpg"})) == {"pkg-1/a.jpg"}
    monkeypatch.setattr(sdists, "LARGEST_UNPACKED", 90)
    assert files_in(archive, {"pkg-1/a.jpg"}) == {}


@pytest.mark.parametrize("damage", [b"", b"no archive", CONTENT[:-40], gzip.compress(b"no tar" * 99), CONTENT[:20]])
def test_a_damaged_archive_is_one_line(damage: bytes) -> None:
    with pytest.raises(ModelMissing, match="is damaged") as raised:
        files_in(damage, {"some_trips-1.0/a.jpg"})
    assert "\n" not in str(raised.value)
