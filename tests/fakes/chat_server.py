"""A server that speaks the chat protocol of OpenAI over real HTTP on the loopback interface, by a script."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """What the server does with one question: wait, then answer with a status and a text or an error.

    `raw` writes the whole answer itself, headers and all; it is given the function that sends bytes.
    """

    content: str = ""
    status: int = 200
    error: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    cut: bool = False
    body: str | None = None
    raw: Callable[[Callable[[bytes], object]], None] | None = None


def failed(status: int, message: str = "no", *, seconds: str = "0.01", **more: Any) -> Reply:
    """An error as such servers write it, with a pause that the client should make."""
    return Reply(status=status, error={"message": message, **more}, headers={"retry-after": seconds})


@dataclass
class ChatServer:
    """The replies are given in turn, the last one for ever; `asked` are the bodies of the questions.

    `models` as a str is the whole body, a dict is an entry of its own; where they have `moved`, the server says where
    to. Only so many questions as there are `slots` are answered at once; `most` is how many were there at once.
    """

    replies: list[Reply]
    models: list[str | dict[str, Any]] | str | None = None
    key: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    url: str = ""
    moved: str = ""
    slots: int = 100
    most: int = 0
    under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: Callable[[dict[str, Any]], Reply | None] = lambda body: None

    def __post_init__(self) -> None:
        self.free = threading.Semaphore(self.slots)

    @property
    def environment(self) -> dict[str, str]:
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": self.key}

    @contextmanager
    def running(self) -> Iterator[ChatServer]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"script": self}))
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    script: ChatServer

    def do_GET(self) -> None:
        self.script.requests.append(f"GET {self.path}")
        if self._is_refused():
            return
        if self.script.moved:
            self._send(302, {}, {"location": self.script.moved})
        elif self.script.models is None:
            self._send(404, {"error": {"message": "no such page"}})
        elif isinstance(self.script.models, str):
            self._send(200, self.script.models)
        else:
            entries = [one if isinstance(one, dict) else {"id": one, "object": "model"} for one in self.script.models]
            self._send(200, {"object": "list", "data": entries})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        script = self.script
        if self._is_refused():
            return
        with script.lock:
            script.requests.append(f"POST {self.path}")
            script.asked.append(body)
            script.under_way += 1
            script.most = max(script.most, script.under_way)
            reply = script.answer(body) or (script.replies.pop(0) if len(script.replies) > 1 else script.replies[0])
        with script.free:
            time.sleep(reply.seconds)
        with script.lock:
            script.under_way -= 1
        if reply.raw is not None:
            self._send_raw(reply.raw)
            return
        if reply.error is not None:
            self._send(reply.status, {"error": reply.error}, reply.headers)
            return
        if reply.body is not None:
            self._send(reply.status, reply.body, reply.headers)
            return
        message = {"role": "assistant", "content": reply.content}
        self._send(
            reply.status,
            {
                "id": "1",
                "object": "chat.completion",
                "created": 0,
                "model": body["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
            },
            cut=reply.cut,
        )

    def _is_refused(self) -> bool:
        if not self.script.key or self.headers["authorization"] == f"Bearer {self.script.key}":
            return False
        self._send(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
        return True

    def _send(
        self, status: int, content: dict[str, Any] | str, headers: dict[str, str] | None = None, *, cut: bool = False
    ) -> None:
        data = (content if isinstance(content, str) else json.dumps(content)).encode()
        try:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if cut else data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.close_connection = True

    def _send_raw(self, raw: Callable[[Callable[[bytes], object]], None]) -> None:
        with suppress(OSError):
            raw(self.wfile.write)
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        pass
