"""An HTTP client for untrusted servers: the time and size of an answer are bounded.

Kept although httpx has timeouts: each is for one piece of an answer, so a server that sends a byte from time to time is
never too late, and nothing in httpx bounds the size. Apart from `server`, which knows addresses and needs no httpx.
"""

from __future__ import annotations

import time
from typing import Any

import httpx2

from photosort.support.threads import in_background

LARGEST = 8 * 2**20
"""Bytes of an answer, unpacked. The longest list of models that is known has one."""

_OF_THE_BODY = ("content-encoding", "content-length", "transfer-encoding")


class BoundedClient(httpx2.Client):
    """A client whose read timeout is for the whole answer, from the first byte sent to the last one received."""

    def __init__(self, kept: int, **options: Any) -> None:
        """`kept` connections stay open between two questions; how many there are at once is left to the caller."""
        super().__init__(limits=httpx2.Limits(max_connections=None, max_keepalive_connections=kept), **options)

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Return the whole answer. Raises ReadTimeout where it is too late, DecodingError where it is too large."""
        seconds: float = request.extensions["timeout"]["read"]
        end = time.monotonic() + seconds
        answer = in_background(lambda: self._whole(request, options, end))
        try:
            return answer.result(seconds)
        except TimeoutError as error:
            raise _late(request) from error

    def _whole(self, request: httpx2.Request, options: dict[str, Any], end: float) -> httpx2.Response:
        """As `send`; closes the connection at the first piece that comes after the `end`."""
        response = super().send(request, **options | {"stream": True})
        body = bytearray()
        try:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > LARGEST:
                    raise httpx2.DecodingError(f"its answer is longer than {LARGEST:,} bytes", request=request)
                if time.monotonic() > end:
                    raise _late(request)
        finally:
            response.close()
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _OF_THE_BODY]
        return httpx2.Response(response.status_code, headers=headers, content=bytes(body), request=request)


def _late(request: httpx2.Request) -> httpx2.ReadTimeout:
    return httpx2.ReadTimeout("no whole answer in time", request=request)
