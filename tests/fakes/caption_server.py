"""An OpenAI-compatible server that is sent pictures, on the loopback interface; it answers as the test wants."""

from __future__ import annotations

import base64
import http.server
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image

WAITING = 60
"""The seconds after which an answer comes although too few requests are under way."""


@dataclass(frozen=True)
class Reply:
    """One answer: a caption, or any status with any body.

    `seconds` is how long it takes; `beside` is how many requests have to be under way together before it comes, and
    `company` how many have to be at that moment, while any of the server's `total` are still to come.
    """

    text: str = "a photo"
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    beside: int = 1
    company: int = 1
    choices: int = 1

    @property
    def content(self) -> bytes:
        if self.body is not None:
            return self.body
        message = {"role": "assistant", "content": self.text}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"} for _ in range(self.choices)]
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": choices}
        return json.dumps(answer).encode()


@dataclass
class CaptionServer:
    """Gives the queued replies in turn, then the last one for ever.

    most     how many were asked at once
    read     makes the text of an answer from the picture
    several  whether it gives as many texts as it is asked for, all the same
    answered how many answers were begun to be given
    lonely   how many replies waited in vain for their company
    """

    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    address: str = ""
    most: int = 0
    read: Callable[[Image.Image], str] | None = None
    several: bool = False
    total: int = 0
    lonely: int = 0
    answered: int = 0
    _now: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def pictures(self) -> list[Image.Image]:
        """The pictures that arrived."""
        return [_picture(request) for request in self.asked]

    def answer(self, request: dict[str, Any], key: str | None) -> Reply:
        with self._changed:
            self.asked.append(request)
            self.keys.append(key)
            self._now += 1
            self.most = max(self.most, self._now)
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most >= reply.beside, WAITING)
            self.lonely += not self._changed.wait_for(lambda: self._in_company(reply), WAITING)
        time.sleep(reply.seconds)
        with self._changed:
            self._now -= 1
            self.answered += 1
        reply = replace(reply, choices=request.get("n", 1) if self.several else reply.choices)
        return replace(reply, text=self.read(_picture(request))) if self.read else reply

    def _in_company(self, reply: Reply) -> bool:
        return self._now >= reply.company or len(self.asked) >= self.total


def _picture(request: dict[str, Any]) -> Image.Image:
    url = request["messages"][0]["content"][1]["image_url"]["url"]
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


@contextmanager
def caption_server() -> Iterator[CaptionServer]:
    """A server that listens while the block runs."""
    scripted = CaptionServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = scripted.answer(request, self.headers.get("Authorization"))
            try:
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.content)))
                self.end_headers()
                self.wfile.write(reply.content)
            except (BrokenPipeError, ConnectionResetError):
                pass

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Listening(http.server.ThreadingHTTPServer):
        request_queue_size = 512

    with Listening(("127.0.0.1", 0), Handler) as server:
        scripted.address = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield scripted
        server.shutdown()
        thread.join()
