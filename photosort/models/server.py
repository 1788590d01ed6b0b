"""The server that OPENAI_BASE_URL names: where it is, how it is shown, and how photosort speaks to it."""

from __future__ import annotations

import ipaddress
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from photosort.errors import SettingsError

if TYPE_CHECKING:
    from openai import APIError, OpenAI

ADDRESS = "OPENAI_BASE_URL"
KEY = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class Server:
    """A server with OpenAI's chat protocol.

    url        what is spoken to; it may hold a password, and is neither shown nor stored
    address    the same without password and query
    place      host and port
    host       the host alone
    here       whether that is this machine, whatever name servers say
    encrypted  whether nobody on the way can read along
    """

    url: str = field(repr=False)
    address: str
    place: str
    host: str
    here: bool
    encrypted: bool

    def client(self, key: str, timeout: float, retries: int) -> OpenAI:
        """A client that follows no redirect and, for this machine, goes through no proxy.

        timeout  seconds for one answer
        retries  of what passes: 429, 5xx, a cut line; half a second before the first, twice as long before each
                 further one up to eight, or as the server says
        """
        import openai

        http = openai.DefaultHttpxClient(follow_redirects=False, trust_env=not self.here)
        client = openai.OpenAI(
            base_url=self.url, api_key=key or "none", timeout=timeout, max_retries=retries, http_client=http
        )
        weakref.finalize(client, http.close)
        return client


def server_at(url: str) -> Server:
    """The server of an address. Raises SettingsError where it is none; what was written may hold a password."""
    try:
        parts = urlsplit(url.strip())
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid or not parts.hostname:
        raise SettingsError(f"{ADDRESS} is no address of a server", "Write it like http://localhost:8000/v1.")
    place = parts.netloc.rpartition("@")[2]
    address = f"{parts.scheme}://{place}{parts.path}".rstrip("/")
    return Server(url.strip(), address, place, parts.hostname, _is_here(parts.hostname), parts.scheme == "https")


def redirected(error: APIError) -> str:
    """What is said of an answer that points elsewhere; empty for any other."""
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
