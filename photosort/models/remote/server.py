"""The server that OPENAI_BASE_URL names: where it is, how it is shown, and how photosort speaks to it."""

from __future__ import annotations

import ipaddress
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from photosort.errors import SettingsError

if TYPE_CHECKING:
    from openai import APIError, OpenAI

ADDRESS = "OPENAI_BASE_URL"
KEY = "OPENAI_API_KEY"
BROKEN = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)
"""What comes of reading an answer that is none."""
KEPT_OPEN = 20
"""Connections that wait for the next question."""
_LINE = 200


@dataclass(frozen=True, slots=True)
class Server:
    """A server with OpenAI's chat protocol.

    url        what is spoken to; it may hold a password, and is neither shown nor stored
    address    the same without password and query
    place      host and port
    host       the host alone
    here       whether that is this machine, whatever name servers say
    encrypted  whether the connection is encrypted
    """

    url: str = field(repr=False)
    address: str
    place: str
    host: str
    here: bool
    encrypted: bool

    def client(self, key: str, timeout: float, retries: int, at_once: int = KEPT_OPEN) -> OpenAI:
        """Return a client that follows no redirect and, for this machine, goes through no proxy; see `bounded`.

        timeout  seconds for one answer, whole
        at_once  questions that may be under way together, each on a connection of its own that stays open
        retries  of what passes: 429, 5xx, a cut line; half a second before the first, twice as long before each
                 further one up to eight, or as the server says
        """
        import openai

        from photosort.models.remote.bounded import BoundedClient

        http = BoundedClient(at_once, follow_redirects=False, trust_env=not self.here)
        client = openai.OpenAI(
            base_url=self.url, api_key=key or "none", timeout=timeout, max_retries=retries, http_client=http
        )
        weakref.finalize(client, http.close)
        return client


def server_at(url: str) -> Server:
    """Return the server of an address. Raises SettingsError where it is none; what was written may hold a password."""
    try:
        parts = urlsplit(url.strip())
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid or not parts.hostname:
        raise SettingsError(f"{ADDRESS} must be the address of a server", "Write it like http://localhost:8000/v1.")
    place = parts.netloc.rpartition("@")[2]
    address = f"{parts.scheme}://{place}{parts.path}".rstrip("/")
    return Server(url.strip(), address, place, parts.hostname, _is_here(parts.hostname), parts.scheme == "https")


def text_of(answer: Any) -> str:
    """Return what a chat model said, empty where it said nothing.

    Raises one of BROKEN for an answer of anything else.
    """
    return _text(answer.choices[0])


def texts_of(answer: Any, most: int) -> list[str]:
    """Return what a chat model said, one or more texts and no more than `most`; empty ones where it said nothing.

    Raises one of BROKEN for an answer of anything else.
    """
    texts = [_text(choice) for choice in answer.choices[:most]]
    if not texts:
        raise ValueError("there is no choice")
    return texts


def _text(choice: Any) -> str:
    text = choice.message.content
    if text is not None and not isinstance(text, str):
        raise TypeError("the content is not text")
    return _writable(text or "")


def one_line(text: str) -> str:
    """Return what a server gives as a reason, to be shown and stored."""
    return _writable(" ".join(text.split())[:_LINE])


def reason_of(error: APIError) -> str:
    """Return the reason that a server gives, in one line, wherever it keeps it in its answer.

    OpenAI has {"error": {"message": …}}, Ollama {"error": …}, FastAPI {"detail": [{"loc": …, "msg": …}]}.
    """
    import openai

    if not isinstance(error, openai.APIStatusError):
        return one_line(str(error.__cause__ or error)).rstrip(".")
    told = error.body
    if isinstance(told, Mapping):
        told = next((told[key] for key in ("message", "detail", "error") if told.get(key)), None)
    if isinstance(told, list):
        told = "; ".join(_complaint(item) for item in told)
    return one_line(told if isinstance(told, str) and told.strip() else "no reason given").rstrip(".")


def _complaint(item: Any) -> str:
    """Return what FastAPI says of one part of a request."""
    if not isinstance(item, Mapping):
        return str(item)
    place = item.get("loc")
    where = ".".join(map(str, place)) if isinstance(place, list) else ""
    return f"{where}: {item.get('msg', '')}" if where else str(item.get("msg", ""))


def redirected(error: APIError) -> str:
    """Return what is said of an answer that points elsewhere; empty for any other."""
    import openai

    if not isinstance(error, openai.APIStatusError) or not 300 <= error.status_code < 400:
        return ""
    try:
        place = urlsplit(error.response.headers.get("location", "")).netloc.rpartition("@")[2]
    except ValueError:
        place = ""
    return f"it points to {place or 'another place'}, which was not followed"


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _writable(text: str) -> str:
    """Without the halves of characters that JSON can hold and no file can."""
    return text.encode(errors="replace").decode()
