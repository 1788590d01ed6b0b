"""Serves one review to the browser of this machine, and to no one else.

The address that is opened has a token that works once; who has the terminal can ask for another. What it brings holds
two secrets: one for the page and the plan, which each request sends in a header of its own, and one that gives pictures
only. Cookies are not used: a browser sends those of this address to every other program that listens on this machine.
Every request must name this very address as its host, and, where the browser tells where it comes from, as its origin;
so a page of another site reaches nothing, whatever its name leads to.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from photosort.errors import PhotosortError, SettingsError
from photosort.report.html import SCRIPTS, STYLE, asset
from photosort.review.changes import BadRequest
from photosort.review.session import Session, failure_document

HOST = "127.0.0.1"
LARGEST = 4 << 20
"""Bytes of a request: more than the numbers of half a million photos take."""
HEADER = "X-Photosort"
KINDS = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
OWN = ("start.js", "folders.js", "select.js", "edit.js", "review.css")
ASSETS = {f"/{name}": KINDS[name.rpartition(".")[2]] for name in (*OWN, *SCRIPTS, STYLE)}
"""The style and the scripts of the report's page, and those that edit it."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SAFE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

Picture = Callable[[int], bytes | None]
"""The number of a photo -> a WebP or JPEG of it; None where it gives no picture."""
PAGE = "<main></main>"


class Refused(Exception):
    """A request that is not answered, with the status and a few words."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        self.status = status
        super().__init__(why)


class Server:
    """The server of a session, from the start to the end of a `with` block."""

    def __init__(
        self,
        session: Session,
        picture: Picture,
        port: int = 0,
        *,
        large: Picture = lambda number: None,
        page: Callable[[], str] = lambda: PAGE,
    ) -> None:
        """Take the port, 0 for any that is free. Raises SettingsError where it cannot be had.

        `picture` gives thumbnails, `large` the pictures of the large view, and `page` the body of the page.
        """
        try:
            self._http = _Http((HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SettingsError(
                f"Port {port} cannot be used ({str(reason).lower()})", "Name another with --port, or none."
            ) from error
        self._http.begin(session, picture, large, page)

    @property
    def url(self) -> str:
        """The address to open; it works until it is opened, or is renewed."""
        return f"{self._http.origin}/?token={self._http.token}"

    def renew(self) -> str:
        """Return another address to open, which works once; an earlier one that was not opened works no more."""
        self._http.renew_token()
        return self.url

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def begin(self, session: Session, picture: Picture, large: Picture, page: Callable[[], str]) -> None:
        self.session, self.pictures = session, {"picture": picture, "large": large}
        self.token, self.secret, self.key = (secrets.token_urlsafe(24) for _ in range(3))
        self.lock = threading.Lock()
        self.host = f"{HOST}:{self.server_address[1]}"
        self.origin = f"http://{self.host}"
        self.page = page().encode()

    def renew_token(self) -> None:
        """Let another token open the page, once, and none that was given before."""
        with self.lock:
            self.token = secrets.token_urlsafe(24)

    def use_token(self, given: str) -> bool:
        """Return whether this is the token, for the first time."""
        with self.lock:
            right = bool(self.token) and secrets.compare_digest(given.encode(), self.token.encode())
            if right:
                self.token = ""
            return right

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser may go away at any time."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"
    timeout = 30

    def version_string(self) -> str:
        return "photosort"

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: the terminal is the command's."""

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _answer(self, work: Callable[[], tuple[str, bytes]]) -> None:
        try:
            self._check_sender()
            kind, body = work()
            self._send(HTTPStatus.OK, kind, body)
        except Refused as refused:
            self.close_connection = True
            for_people = urlsplit(self.path).path == "/"
            said = _text(str(refused)) if for_people else _json({"problem": str(refused)})
            self._send(refused.status, *said)
        except BadRequest as bad:
            self._send(HTTPStatus.BAD_REQUEST, *_json({"problem": f"The request makes no sense: {bad}"}))
        except PhotosortError as failure:
            self._send(HTTPStatus.CONFLICT, *_json(failure_document(failure)))

    def _check_sender(self) -> None:
        """Let requests pass that name this address as their host, and come from its own page or from the user."""
        if self.headers.get_all("Host") != [self.server.host]:
            raise Refused(HTTPStatus.FORBIDDEN, "Another host was asked for.")
        origin = self.headers.get("Origin")
        if origin != self.server.origin and (origin is not None or self.command != "GET"):
            raise Refused(HTTPStatus.FORBIDDEN, "The request comes from another page.")
        site = self.headers.get("Sec-Fetch-Site", "none")
        if site not in ("none", "same-origin") and urlsplit(self.path).path != "/":
            raise Refused(HTTPStatus.FORBIDDEN, "The request comes from another site.")

    def _check_secret(self) -> None:
        given = self.headers.get(HEADER, "")
        if not secrets.compare_digest(given.encode("latin-1", "replace"), self.server.secret.encode()):
            raise Refused(HTTPStatus.FORBIDDEN, "The secret of this review is missing or wrong.")

    def _get(self) -> tuple[str, bytes]:
        place = urlsplit(self.path)
        if place.path == "/":
            return "text/html; charset=utf-8", self._page(place.query)
        if place.path in ASSETS:
            return ASSETS[place.path], _asset(place.path.removeprefix("/"))
        if found := re.fullmatch(r"/(picture|large)/(0|[1-9][0-9]{0,8})", place.path):
            return self._picture(self.server.pictures[found[1]], int(found[2]), place.query)
        if place.path == "/page":
            self._check_secret()
            return "text/html; charset=utf-8", self.server.page
        if place.path in ("/state", "/photos"):
            self._check_secret()
            session = self.server.session
            return _json(session.state() if place.path == "/state" else session.list_photos())
        raise Refused(HTTPStatus.NOT_FOUND, "There is nothing here.")

    def _post(self) -> tuple[str, bytes]:
        self._check_secret()
        if self.path not in ("/change", "/ask"):
            raise Refused(HTTPStatus.NOT_FOUND, "There is nothing here.")
        asked = self._body()
        if self.path == "/change":
            return _json(self.server.session.change(asked))
        if set(asked) != {"do"} or not isinstance(asked["do"], str):
            raise BadRequest("“do” alone must be there")
        return _json(self.server.session.ask(asked["do"]))

    def _page(self, query: str) -> bytes:
        """Return what fetches the page, with the secrets for the one who has the token; after a reload without."""
        given = parse_qs(query).get("token", [""])[0]
        if given and not self.server.use_token(given):
            raise Refused(
                HTTPStatus.FORBIDDEN,
                "This address was used already, or another was given since."
                " Press Enter in the terminal of photosort review for a new one.",
            )
        page = _asset("shell.html").decode()
        secret, key = (self.server.secret, self.server.key) if given else ("", "")
        return page.replace("{{secret}}", secret).replace("{{key}}", key).encode()

    def _picture(self, pictures: Picture, number: int, query: str) -> tuple[str, bytes]:
        given = parse_qs(query).get("key", [""])[0]
        if not secrets.compare_digest(given.encode(), self.server.key.encode()):
            raise Refused(HTTPStatus.FORBIDDEN, "The key of this review is missing or wrong.")
        picture = pictures(number)
        if picture is None:
            raise Refused(HTTPStatus.NOT_FOUND, "There is no picture of this photo.")
        return "image/webp" if picture.startswith(b"RIFF") else "image/jpeg", picture

    def _body(self) -> dict[str, Any]:
        if self.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The request must be JSON.")
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not re.fullmatch("[0-9]{1,12}", length):
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "The request must say its length.")
        if int(length) > LARGEST:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.")
        try:
            asked = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise BadRequest("it is not JSON") from error
        if not isinstance(asked, dict):
            raise BadRequest("it is not a JSON object")
        return asked

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), **SAFE}
        headers["Cache-Control"] = "private, max-age=3600" if kind.startswith("image/") else "no-store"
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _asset(name: str) -> bytes:
    if name in (*SCRIPTS, STYLE):
        return asset(name).encode()
    return (files("photosort.review") / "assets" / name).read_bytes()


def _json(content: dict[str, Any]) -> tuple[str, bytes]:
    return "application/json; charset=utf-8", json.dumps(content, ensure_ascii=True).encode()


def _text(said: str) -> tuple[str, bytes]:
    return "text/plain; charset=utf-8", said.encode()
