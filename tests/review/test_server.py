"""Only the page that was opened with the token reaches the plan: not another site, host, program or path."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from photosort.errors import SettingsError
from photosort.filing.plan.draft import Draft, DraftFolder, DraftPhoto
from photosort.filing.plan.model import Mode
from photosort.review.server import ASSETS, HEADER, LARGEST, Server
from photosort.review.session import Session, Shown

PHOTO = DraftPhoto(Path("/in/0.jpg"), "0" * 64)
RENAME = {"do": "rename", "folder": "Dogs", "to": "Cats"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Page:
    """What a browser has that opened the address: host, secrets, and ways to ask."""

    session: Session
    url: str

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://").partition("/")[0]

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.host.split(":")
        return host, int(port)

    def raw(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        """Send exactly these headers."""
        connection = http.client.HTTPConnection(*self.address, timeout=10)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def open(self) -> None:
        page = self.raw("GET", "/" + self.url.partition(self.host + "/")[2], {"Host": self.host}).body.decode()
        found = dict(re.findall(r'name="photosort-(\w+)" content="([^"]*)"', page))
        self.secret, self.key = found["secret"], found["key"]

    def get(self, path: str, **changed: str | None) -> Answer:
        return self.raw("GET", path, self._headers(changed))

    def post(self, path: str, content: object, **changed: str | None) -> Answer:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        usual = {"Origin": f"http://{self.host}", "Content-Type": "application/json", "Content-Length": str(len(body))}
        return self.raw("POST", path, self._headers({**usual, **changed}), body)

    def _headers(self, changed: dict[str, str | None]) -> dict[str, str]:
        headers = {"Host": self.host, HEADER: self.secret, **{n.replace("_", "-"): v for n, v in changed.items()}}
        return {name: value for name, value in headers.items() if value is not None}


@pytest.fixture
def page() -> Iterator[Page]:
    draft = Draft(
        1, Path("/in"), Path("/out"), Mode.COPY, (DraftFolder("Dogs", "Dogs", photos=(PHOTO,), clusters=(0,)),)
    )
    session = Session(draft, [Shown(PHOTO.path, "a dog")], lambda photos: [])
    with Server(
        session,
        lambda number: b"\xff\xd8jpeg" if number == 0 else None,
        large=lambda number: b"RIFFwebp" if number == 0 else None,
        page=lambda: "<main>Dogs</main>",
    ) as server:
        opened = Page(session, server.url)
        opened.open()
        yield opened


def name(page: Page) -> str:
    return page.session.draft.folders[0].name


def test_the_page_sees_and_changes_the_plan(page: Page) -> None:
    assert page.secret and page.key and page.secret != page.key
    assert page.get("/photos").json == {"photos": [{"name": "0.jpg", "from": ".", "caption": "a dog"}]}
    assert page.get("/state").json["folders"][0]["name"] == "Dogs"
    assert page.post("/change", RENAME).json["folders"][0]["name"] == "Cats" == name(page)
    picture = page.get(f"/picture/0?key={page.key}", **{HEADER: None})
    assert (picture.status, picture.body, picture.headers["Content-Type"]) == (200, b"\xff\xd8jpeg", "image/jpeg")
    large = page.get(f"/large/0?key={page.key}", **{HEADER: None})
    assert (large.body, large.headers["Content-Type"]) == (b"RIFFwebp", "image/webp")
    assert page.get("/page").body == b"<main>Dogs</main>"
    assert page.post("/ask", {"do": "done"}).json["phase"] == "ended" and page.session.asked(1) == "done"


def test_another_address_opens_the_page_again_and_kills_the_one_before() -> None:
    draft = Draft(1, Path("/in"), Path("/out"), Mode.COPY, (DraftFolder("Dogs", "Dogs", photos=(PHOTO,)),))
    with Server(Session(draft, [Shown(PHOTO.path, "")], lambda photos: []), lambda number: None) as server:
        unopened = Page(Session(draft, [], lambda photos: []), server.url)
        opened = Page(unopened.session, server.renew())
        assert unopened.url != opened.url
        stale = unopened.raw("GET", "/" + unopened.url.partition("/?")[2].join(["?", ""]), {"Host": unopened.host})
        assert stale.status == 403
        opened.open()
        assert opened.get("/state").status == 200
        again = Page(unopened.session, server.renew())
        again.open()
        assert again.get("/state").json == opened.get("/state").json, "a page that is still open goes on"


def test_only_this_machine_is_listened_to(page: Page) -> None:
    host, port = page.address
    assert host == "127.0.0.1"
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), timeout=2):
        pass


def test_the_address_opens_the_page_once(page: Page) -> None:
    again = page.raw("GET", "/" + page.url.partition(page.host + "/")[2], {"Host": page.host})
    assert again.status == 403 and b"given since. Press Enter in the terminal of photosort review" in again.body
    assert page.raw("GET", "/?token=", {"Host": page.host}).status == 200
    for path in ("/", "/?token=", "/?key=1"):
        body = page.raw("GET", path, {"Host": page.host}).body.decode()
        assert page.secret not in body and page.key not in body
    assert page.raw("GET", "/?token=wrong", {"Host": page.host}).status == 403


@pytest.mark.parametrize("secret", [None, "", "wrong", "é"])
def test_without_the_secret_nothing_is_told_or_changed(page: Page, secret: str | None) -> None:
    for answer in (
        *(page.get(path, **{HEADER: secret}) for path in ("/state", "/photos", "/page")),
        page.post("/change", RENAME, **{HEADER: secret}),
        page.post("/ask", {"do": "file"}, **{HEADER: secret}),
        page.get("/picture/0"),
        page.get("/picture/0?key=wrong"),
        page.get(f"/picture/0?key={page.secret}"),
        page.get("/large/0"),
    ):
        assert answer.status == 403 and set(answer.json) == {"problem"}
    assert page.post("/change", RENAME, **{HEADER: page.key}).status == 403, "the key is for pictures alone"
    assert name(page) == "Dogs" and page.session.asked(0) is None


@pytest.mark.parametrize("host", ["photos.example:80", "localhost", "127.0.0.1", "[::1]:80", "", None])
def test_another_host_is_refused(page: Page, host: str | None) -> None:
    """A name of another site may lead to 127.0.0.1; its page is let in nowhere."""
    for answer in (page.get("/", Host=host), page.get("/state", Host=host), page.post("/change", RENAME, Host=host)):
        assert answer.status == 403
    assert name(page) == "Dogs"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1", "http://localhost:1", None])
def test_another_origin_is_refused(page: Page, origin: str | None) -> None:
    assert page.post("/change", RENAME, Origin=origin).status == 403
    if origin:
        assert page.get("/state", Origin=origin).status == 403
        assert "Access-Control-Allow-Origin" not in page.get("/state", Origin=origin).headers
    assert page.post("/change", RENAME, Sec_Fetch_Site="cross-site").status == 403
    assert page.get(f"/picture/0?key={page.key}", Sec_Fetch_Site="same-site").status == 403
    assert name(page) == "Dogs"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/../../etc/passwd",
            "/..%2f..%2fetc/passwd",
            "/assets/shell.html",
            "/shell.html",
            "/pages/page.html",
            "/review.js/",
            "/x//review.js",
            "/server.py",
        ),
        *("/picture/1", "/picture/-1", "/picture/00", "/picture/0/../0", "/picture/9999999999", "/picture//etc/passwd"),
        *("/favicon.ico", "/server.py", "/state/", "/change", "http://127.0.0.1/state.json"),
    ],
)
def test_there_is_nothing_else_to_get(page: Page, path: str) -> None:
    answer = page.get(f"{path}?key={page.key}")
    assert answer.status == 404 and b"root:" not in answer.body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"])
def test_other_methods_are_refused(page: Page, method: str) -> None:
    assert page.raw(method, "/state", {"Host": page.host, HEADER: page.secret}).status == 501


@pytest.mark.parametrize(
    "content, changed, status",
    [
        (b"{", {}, 400),
        (b"", {}, 400),
        (b"\xff", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"[1]", {}, 400),
        ({"do": "rename"}, {}, 400),
        ({"do": "rename", "folder": "Cats", "to": "Dogs"}, {}, 409),
        ({"do": "rename", "folder": "Dogs", "to": "../x"}, {}, 409),
        (RENAME, {"Content_Type": "text/plain"}, 415),
        (RENAME, {"Content_Type": None}, 415),
        (RENAME, {"Content_Type": "application/x-www-form-urlencoded"}, 415),
        (RENAME, {"Content_Length": None}, 411),
        (RENAME, {"Content_Length": "-1"}, 411),
        (RENAME, {"Content_Length": "1e3"}, 411),
        (RENAME, {"Transfer_Encoding": "chunked"}, 411),
        (RENAME, {"Content_Length": str(LARGEST + 1)}, 413),
    ],
)
def test_what_is_not_a_change_is_refused(
    page: Page, content: object, changed: dict[str, str | None], status: int
) -> None:
    changed = {name.replace("_", "-"): value for name, value in changed.items()}
    answer = page.post("/change", content, **changed)
    assert answer.status == status and answer.json["problem"]
    assert name(page) == "Dogs" and page.post("/change", RENAME).status == 200, "the server goes on"


def test_a_page_of_another_site_cannot_frame_or_read_it(page: Page) -> None:
    for path in ("/", "/state", *ASSETS, f"/picture/0?key={page.key}"):
        headers = page.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
        assert headers["Server"] == "photosort"
    assert page.get("/state").headers["Cache-Control"] == "no-store"


def test_the_assets_ask_for_nothing_outside(page: Page) -> None:
    for path in ("/", *ASSETS):
        text = page.get(path).body.decode()
        assert not re.search(r"https?://|innerHTML|insertAdjacentHTML|document\.write|eval\(", text)


def test_a_port_that_is_taken_is_said(page: Page) -> None:
    with pytest.raises(SettingsError, match=r"Port \d+ cannot be used"):
        Server(page.session, lambda number: None, page.address[1])
