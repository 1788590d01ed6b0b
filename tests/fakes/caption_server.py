"""An OpenAI-compatible server that is sent pictures, on the loopback interface; it answers as the test wants."""

from __future__ import annotations

import base64
import http.server
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from PIL import Image


@dataclass(frozen=True)
class Reply:
    """One answer: a caption, or any status with any body; `seconds` is how long it takes."""

    text: str = "a photo"
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def content(self) -> bytes:
        if self.body is not None:
            return self.body
        message = {"role": "assistant", "content": self.text}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": choices}
        return json.dumps(answer).encode()


@dataclass
class CaptionServer:
    """Gives the queued replies in turn, then the last one for ever. `most` is how many were asked at once."""

    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    address: str = ""
    most: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pictures(self) -> list[Image.Image]:
        """The pictures that arrived."""
        urls = [request["messages"][0]["content"][1]["image_url"]["url"] for request in self.asked]
        return [Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) for url in urls]

    def answer(self, request: dict[str, Any], key: str | None) -> Reply:
        with self._lock:
            self.asked.append(request)
            self.keys.append(key)
            self._now += 1
            self.most = max(self.most, self._now)
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        time.sleep(reply.seconds)
        with self._lock:
            self._now -= 1
        return reply


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

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        scripted.address = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield scripted
        server.shutdown()
        thread.join()
