"""Captions from a server: a real one on the loopback interface, which misbehaves in every way that servers do."""

from __future__ import annotations

import base64
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from fakes.caption_server import CaptionServer, Reply, caption_server

from photosort.errors import ModelFailed, SettingsError
from photosort.models.captioners import openai_captioner
from photosort.models.captioners.openai_captioner import IN_FLIGHT
from photosort.models.protocols import Captioner
from photosort.models.registry import captioner, photos_sent
from photosort.models.remote.refusal import PhotoRefused
from photosort.settings.settings import Settings, load_settings

pytestmark = pytest.mark.slow

PHOTO = np.full((40, 60, 3), (200, 30, 30), np.uint8)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[CaptionServer]:
    with caption_server() as scripted:
        monkeypatch.setenv("OPENAI_BASE_URL", scripted.address)
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        monkeypatch.setattr("openai._base_client.BaseClient._calculate_retry_timeout", lambda *_, **__: 0.01)
        yield scripted


def settings(**flags: Any) -> Settings:
    return load_settings(captioner="server:tiny", **flags)


def model(question: str = "", samples: int = 1, **flags: Any) -> Captioner:
    found = captioner(settings(**flags), question, samples)
    assert found.reads == "pixels"
    return found


def test_each_photo_is_sent_as_a_small_jpeg_and_gets_its_text(server: CaptionServer) -> None:
    server.replies = [Reply("  a red\nwall ")]
    assert model().caption([PHOTO]) == [("a red wall",)]
    (picture,) = server.pictures()
    assert (picture.format, picture.size) == ("JPEG", (60, 40)) and not picture.getexif()
    assert picture.getpixel((30, 20)) == pytest.approx((200, 30, 30), abs=6)
    assert server.asked[0]["model"] == "tiny" and server.asked[0]["temperature"] == 0
    assert server.asked[0]["messages"][0]["content"][0]["text"].startswith("Describe")


def test_a_fast_server_on_this_machine_is_soon_asked_256_at_a_time(server: CaptionServer) -> None:
    server.replies = [*[Reply()] * 300, Reply(beside=256)]
    photos = [np.full((8, 8, 3), number % 256, np.uint8) for number in range(300 + 256)]
    assert len(model().caption(photos)) == len(photos)
    assert server.most == IN_FLIGHT == 256


def test_no_more_are_asked_at_a_time_than_the_user_says(server: CaptionServer) -> None:
    server.replies = [*[Reply()] * 10, Reply(beside=5)]
    photos = [np.full((8, 8, 3), number, np.uint8) for number in range(40)]
    assert len(model(in_flight=5).caption(photos)) == 40
    assert server.most == 5


def test_answers_keep_the_order_of_the_photos(server: CaptionServer) -> None:
    server.read = lambda picture: str(picture.convert("L").getpixel((4, 4)))
    photos = [np.full((8, 8, 3), 10 * number, np.uint8) for number in range(20)]
    assert [int(text) for (text,) in model().caption(photos)] == pytest.approx(range(0, 200, 10), abs=3)


def test_a_slow_server_on_this_machine_gets_one_photo_at_a_time(
    server: CaptionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_captioner, "PATIENCE", 0.8)
    server.replies = [Reply(seconds=0.25)]
    assert len(model().caption([np.full((8, 8, 3), number, np.uint8) for number in range(4)])) == 4
    assert (len(server.asked), server.most) == (4, 1)


def test_drawn_texts_are_asked_for_in_one_request(server: CaptionServer) -> None:
    server.several = True
    asked = model("What is it?", samples=3, seed=5)
    assert asked.caption([PHOTO]) == [("a photo",) * 3]
    (request,) = server.asked
    assert (request["n"], request["seed"], request["temperature"]) == (3, 5, 1)
    assert request["messages"][0]["content"][0]["text"] == "What is it?"
    assert asked.identity.prompt.startswith("What is it?")


def test_a_server_that_gives_one_text_at_a_time_is_asked_for_the_others_with_seeds_of_their_own(
    server: CaptionServer,
) -> None:
    server.replies = [Reply("one"), Reply("two"), Reply("three"), Reply("four")]
    asked = model(samples=3, seed=5)
    assert asked.caption([PHOTO]) == [("one", "two", "three")]
    assert [(request.get("n"), request["seed"]) for request in server.asked] == [(3, 5), (None, 6), (None, 7)]
    assert asked.caption([PHOTO]) == [("four",) * 3]
    assert "n" not in server.asked[3], "it is not asked for several again"


@pytest.mark.parametrize("status", [400, 422, 501])
def test_a_server_that_refuses_to_give_several_is_asked_for_one(
    server: CaptionServer, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(openai_captioner, "RETRIES", 0)
    server.replies = [Reply(status=status, body=b'{"error": {"message": "n must be 1"}}'), Reply("one"), Reply("two")]
    assert model(samples=2).caption([PHOTO]) == [("one", "two")]
    assert [(request.get("n"), request["seed"]) for request in server.asked] == [(2, 42), (None, 42), (None, 43)]


def test_a_photo_that_is_refused_says_nothing_of_how_many_texts_a_server_gives(server: CaptionServer) -> None:
    refusal = Reply(status=400, body=b'{"error": {"message": "content filter"}}')
    server.replies = [refusal, refusal, Reply("a wall", choices=2)]
    asked = model(samples=2)
    with pytest.raises(PhotoRefused, match="content filter"):
        asked.caption([PHOTO])
    assert asked.caption([PHOTO]) == [("a wall",) * 2]
    assert [request.get("n") for request in server.asked] == [2, None, 2]


def test_more_texts_than_were_asked_for_are_left_out(server: CaptionServer) -> None:
    server.replies = [Reply("a wall", choices=5)]
    assert model().caption([PHOTO]) == [("a wall",)]


def test_only_drawn_texts_are_others_than_before(server: CaptionServer) -> None:
    assert model().identity.revision == model(in_flight=3).identity.revision
    assert model(samples=2).identity.revision == f"{model().identity.revision}-n"


def test_the_key_is_sent_where_there_is_one(server: CaptionServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    model().caption([PHOTO])
    assert server.keys == ["Bearer secret"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_is_asked_again(server: CaptionServer, status: int) -> None:
    server.replies = [Reply(status=status, body=b"{}"), Reply(status=status, body=b"{}"), Reply("a wall")]
    assert model().caption([PHOTO]) == [("a wall",)]
    assert len(server.asked) == 3


def test_one_that_stays_broken_is_one_clear_line(server: CaptionServer) -> None:
    server.replies = [Reply(status=500, body=b'{"error": {"message": "no memory\\nleft"}}')]
    with pytest.raises(
        ModelFailed, match=r"127\.0\.0\.1 gave no caption \(status 500: no memory left\)\. What was"
    ) as caught:
        model().caption([PHOTO])
    assert len(server.asked) == 1 + openai_captioner.RETRIES and "\n" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 422])
def test_a_photo_that_is_refused_is_told_and_not_asked_again(server: CaptionServer, status: int) -> None:
    server.replies = [Reply(status=status, body=b'{"error": {"message": "content\\nfilter"}}')]
    with pytest.raises(PhotoRefused) as caught:
        model().caption([PHOTO])
    assert caught.value.reason == f"127.0.0.1 refuses it (status {status}: content filter)"
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 422])
def test_a_part_that_a_server_does_not_know_is_left_out(server: CaptionServer, status: int) -> None:
    no_seed = b'{"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}'
    no_limit = b'{"error": {"message": "Use max_completion_tokens instead of max_tokens"}}'
    server.replies = [Reply(status=status, body=no_seed), Reply(status=status, body=no_limit), Reply("a wall")]
    assert model().caption([PHOTO]) == [("a wall",)]
    assert "seed" in server.asked[0] and "seed" not in server.asked[1]
    assert server.asked[1]["max_tokens"] == server.asked[2]["max_completion_tokens"]


def test_what_a_server_does_not_know_is_not_sent_with_every_photo(server: CaptionServer) -> None:
    server.replies = [Reply(status=400, body=b'{"error": {"message": "seed is not supported"}}'), Reply("a wall")]
    asked = model()
    assert asked.caption([PHOTO]) + asked.caption([PHOTO]) == [("a wall",)] * 2
    assert ["seed" in request for request in server.asked] == [True, False, False]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_key_or_model_is_no_matter_of_one_photo(server: CaptionServer, status: int) -> None:
    server.replies = [Reply(status=status, body=b'{"error": {"message": "no"}}')]
    with pytest.raises(ModelFailed, match=f"status {status}: no"):
        model().caption([PHOTO])


def test_a_password_in_the_address_is_used_but_never_shown(
    server: CaptionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = model().identity
    monkeypatch.setenv("OPENAI_BASE_URL", server.address.replace("://", "://me:secret@"))
    assert model().identity == plain and "secret" not in photos_sent(settings())
    model().caption([PHOTO])
    assert server.keys == [f"Basic {base64.b64encode(b'me:secret').decode()}"]
    for broken in ("ftp://me:secret@example.org", "http://me:secret@[::1", "http://me:secret@host:port/v1"):
        monkeypatch.setenv("OPENAI_BASE_URL", broken)
        with pytest.raises(SettingsError, match="OPENAI_BASE_URL must be the address of a server") as caught:
            model()
        assert "secret" not in str(caught.value)


def test_ctrl_c_waits_for_no_answer(server: CaptionServer) -> None:
    server.replies = [Reply(seconds=3)]
    pressed: list[float] = []

    def press() -> None:
        while not server.asked:
            time.sleep(0.01)
        pressed.append(time.monotonic())
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=press).start()
    with pytest.raises(KeyboardInterrupt):
        model().caption([np.full((8, 8, 3), number, np.uint8) for number in range(20)])
    assert time.monotonic() - pressed[0] < 1.5
    time.sleep(3.5)
    assert len(server.asked) == 1, "those that waited are not asked"


def test_a_slow_server_is_given_up(server: CaptionServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_captioner, "PATIENCE", 0.1)
    monkeypatch.setattr(openai_captioner, "RETRIES", 1)
    server.replies = [Reply(seconds=0.6)]
    with pytest.raises(ModelFailed, match="gave no caption"):
        model().caption([PHOTO])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message"',
        b"[" * 200_000,
    ],
)
def test_a_broken_answer_is_one_clear_line(server: CaptionServer, body: bytes) -> None:
    server.replies = [Reply(body=body)]
    with pytest.raises(ModelFailed, match="gave no caption"):
        model().caption([PHOTO])


def test_halves_of_characters_are_kept_from_the_disk(server: CaptionServer) -> None:
    server.replies = [Reply(body=rb'{"choices": [{"message": {"content": "a wall \ud800"}}]}')]
    assert model().caption([PHOTO]) == [("a wall ?",)]


def test_an_empty_answer_is_what_the_model_said(server: CaptionServer) -> None:
    server.replies = [Reply("")]
    assert model().caption([PHOTO]) == [("something unclear",)]


def test_a_redirect_is_never_followed(server: CaptionServer) -> None:
    with caption_server() as other:
        for status in (302, 307, 308):
            server.replies = [Reply(status=status, body=b"", headers={"Location": f"{other.address}/chat/completions"})]
            with pytest.raises(ModelFailed, match=r"it points to 127\.0\.0\.1:\d+, which was not followed"):
                model().caption([PHOTO])
        assert other.asked == []


def test_pictures_for_this_machine_go_through_no_proxy(server: CaptionServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert model().caption([PHOTO]) == [("a photo",)]


def test_a_server_that_is_not_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, server: CaptionServer) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(ModelFailed, match=r"127\.0\.0\.1 gave no caption"):
        model().caption([PHOTO])


def test_without_an_address_there_is_no_default_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(SettingsError, match=r"OPENAI_BASE_URL is not set\. .*export OPENAI_BASE_URL=http://localhost"):
        model()


@pytest.mark.parametrize("host", ["api.openai.com", "192.168.1.5", "localhost.evil.com", "127.0.0.1.nip.io"])
def test_another_machine_needs_the_word_of_the_user(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://{host}:8000/v1")
    with pytest.raises(SettingsError, match=rf"sent to {host}, which is not this machine\. .*--allow-upload {host}"):
        model(allow_upload=["other.example.org"])
    allowed = settings(allow_upload=[host])
    assert captioner(allowed)
    assert photos_sent(allowed).endswith(f"to {host} (over the network, NOT encrypted)")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_this_machine_needs_none(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://{host}:8000/v1")
    assert "on this machine" in photos_sent(settings())


def test_nothing_is_sent_with_any_other_captioner() -> None:
    assert photos_sent(load_settings()) == ""
