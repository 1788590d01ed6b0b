"""The adapter against real HTTP: a scripted server, and a real llama.cpp."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from fakes.chat_server import ChatServer, Reply, failed
from fakes.writer import full_answer

from photosort.errors import SettingsError, WriterRefused
from photosort.models.language.smollm2 import SmolLM2
from photosort.models.protocols import NoAnswer, Used
from photosort.models.remote.openai_chat import READY, OpenAIChat
from photosort.models.remote.pricing import Meter
from photosort.naming.answer import SCHEMA, SMALL_SCHEMA
from photosort.naming.cluster_texts import cluster_texts
from photosort.naming.summary import name_clusters
from photosort.store.cache import Cache, open_cache
from photosort.workflows.sorting.remembering import RememberedWriter

GOOD = full_answer("Dogs on a beach", "Dogs play on a beach.", "Beach dogs", "Dogs")
WELL = Reply(GOOD)
Serve = Callable[..., ChatServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as running:
        yield lambda *replies, **more: running.enter_context(ChatServer(list(replies), **more).running())


def writer(server: ChatServer, **more: object) -> OpenAIChat:
    return OpenAIChat("tiny", server.environment, **more)  # type: ignore[arg-type]


def ask(server: ChatServer, **more: object) -> str:
    return writer(server, **more).write("system", "prompt", SCHEMA)


def test_a_question_is_sent_with_its_schema_and_answered(serve: Serve) -> None:
    server = serve(WELL)
    chat = writer(server)
    assert chat.write("be brief", "a dog", SCHEMA) == GOOD
    (asked,) = server.asked
    assert [message["content"] for message in asked["messages"]] == ["be brief", "a dog"]
    assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (asked["model"], asked["temperature"], asked["max_tokens"]) == ("tiny", 0, 1500)
    assert chat.used == Used(1, 100, 10, None)
    assert server.requests == ["POST /v1/chat/completions"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "bad",
    [failed(429), failed(500), failed(503), Reply(GOOD, cut=True), Reply(GOOD, seconds=0.6)],
    ids=["429", "500", "503", "cut", "late"],
)
def test_what_passes_is_tried_again(serve: Serve, bad: Reply) -> None:
    server = serve(bad, bad, WELL)
    assert ask(server, timeout=0.3) == GOOD
    assert len(server.asked) == 3


def test_a_server_says_how_long_to_wait(serve: Serve) -> None:
    server = serve(failed(429, seconds="1"), WELL)
    begin = time.monotonic()
    assert ask(server) == GOOD
    assert time.monotonic() - begin > 0.9


def test_a_failing_server_ends_the_run_if_it_never_answered(serve: Serve) -> None:
    with pytest.raises(WriterRefused, match=r"127\.0\.0\.1:\d+ does not answer \(500: .*no"):
        ask(serve(failed(500)), retries=2)
    chat = writer(serve(WELL, failed(500)), retries=1)
    assert chat.write("", "first", SCHEMA) == GOOD
    with pytest.raises(NoAnswer, match=r"failed \(500"):
        chat.write("", "second", SCHEMA)


def test_only_names_that_failed_are_asked_again(serve: Serve, tmp_path: Path) -> None:
    texts = cluster_texts([["a dog"] * 3, ["a cat"] * 2])
    server = serve(WELL, failed(500))
    with open_cache(tmp_path) as cache:
        chat = writer(server, retries=0)
        chat.parallel = 1
        first, second = name_clusters(texts, RememberedWriter(chat, cache))
        assert (first.source, second.source, second.title) == ("openai:tiny", "keywords", "Cats")
        assert "failed (500" in second.note
        server.replies[:] = [Reply(full_answer("Cats", "Cats."))]
        server.asked.clear()
        again = name_clusters(texts, RememberedWriter(writer(server), cache))
        assert [name.title for name in again] == ["Dogs on a beach", "Cats"]
        assert len(server.asked) == 1
        server.asked.clear()
        assert name_clusters(texts, RememberedWriter(writer(server), cache)) == again
        assert not server.asked


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (failed(404, "model tiny not found"), r"does not know tiny \(404.*Check --writer and OPENAI_BASE_URL"),
        (failed(403, "not for you"), r"refuses the key \(403"),
        (failed(400, "this prompt is too long"), r"refuses the question \(400"),
        (failed(422, "no"), r"refuses the question \(422"),
        (failed(429, "pay", code="insufficient_quota"), r"quota is used up"),
    ],
)
def test_what_does_not_pass_fails_in_one_line(serve: Serve, reply: Reply, message: str) -> None:
    server = serve(reply)
    with pytest.raises(WriterRefused, match=message) as caught:
        ask(server, retries=0)
    assert "\n" not in str(caught.value) and caught.value.exit_code == 18
    assert len(server.asked) <= 2


@pytest.mark.parametrize("models", [["tiny"], ["large", "medium"], None], ids=["listed", "others", "no list"])
def test_a_bad_key_is_told_before_any_caption_is_sent(serve: Serve, models: list[str] | None) -> None:
    server = serve(WELL, key="right", models=models)
    chat = OpenAIChat("tiny", {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "wrong"})
    with pytest.raises(WriterRefused, match=r"refuses the key \(401: .*Incorrect API key"):
        chat.check()
    assert not server.asked
    writer(server).check()
    assert all(asked["messages"][1]["content"] == READY[1] for asked in server.asked)


def test_a_listed_model_on_this_machine_is_asked_nothing(serve: Serve) -> None:
    for models in (["tiny"], ["tiny:latest", "large"]):
        server = serve(WELL, models=models)
        writer(server).check()
        assert server.requests == ["GET /v1/models"]


def test_a_model_elsewhere_is_tried_though_it_is_listed(serve: Serve) -> None:
    """OpenRouter shows its list to any key."""
    chat = writer(serve(failed(401, "No auth"), models=["tiny"]))
    chat.server = replace(chat.server, here=False)
    with pytest.raises(WriterRefused, match=r"refuses the key \(401"):
        chat.check()


@pytest.mark.parametrize("models", [["medium", "large"], ["models/tiny"], None, "<html>", "[" * 200_000, "{}"])
def test_a_model_that_no_list_has_is_known_by_its_answer(serve: Serve, models: list[str] | str | None) -> None:
    writer(serve(WELL, models=models)).check()
    with pytest.raises(WriterRefused, match=r"does not know tiny \(404: .*no such model"):
        writer(serve(failed(404, "no such model"), models=models)).check()


def test_an_unknown_model_is_told_with_those_that_there_are(serve: Serve) -> None:
    for status in (400, 404):
        with pytest.raises(WriterRefused, match=r"\(40.: .*no tiny\)\. It has large, medium\."):
            writer(serve(failed(status, "no tiny"), models=["medium", "large"])).check()


def test_what_may_cost_nothing_is_not_tried(serve: Serve) -> None:
    server = serve(failed(401), models=None)
    chat = writer(server)
    chat.meter = Meter(lambda asked, answered: 1.0, 0.0)
    chat.check()
    assert not server.asked


def test_a_server_that_is_not_there_is_told(serve: Serve) -> None:
    chat = OpenAIChat("tiny", {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, retries=0)
    with pytest.raises(WriterRefused, match=r"127\.0\.0\.1:9 does not answer \(.*refused"):
        chat.check()


def test_a_model_that_has_answered_before_is_not_checked_again(serve: Serve, tmp_path: Path) -> None:
    server = serve(WELL, models=["tiny"])
    with open_cache(tmp_path) as cache:
        RememberedWriter(writer(server), cache).check()
        assert server.requests == ["GET /v1/models"]
        name_clusters(cluster_texts([["a dog"]]), RememberedWriter(writer(server), cache))
        server.requests.clear()
        RememberedWriter(writer(server), cache).check()
        assert not server.requests
        needed = RememberedWriter(writer(server), cache)
        for _ in range(2):
            needed.check(needed=True)
        assert server.requests == ["GET /v1/models"]


def test_a_key_that_went_bad_is_told_at_the_first_new_question(serve: Serve, tmp_path: Path) -> None:
    server = serve(WELL, key="right", models=["tiny"])
    bad = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "wrong"}
    with open_cache(tmp_path) as cache:
        RememberedWriter(writer(server), cache).write("", "old", SCHEMA)
        remembered = RememberedWriter(OpenAIChat("tiny", bad), cache)
        remembered.check()
        assert remembered.write("", "old", SCHEMA) == GOOD
        with pytest.raises(WriterRefused, match="refuses the key"):
            remembered.write("", "new", SCHEMA)


def test_what_a_server_does_not_know_is_left_out_of_that_question(serve: Serve) -> None:
    no_schema, no_seed = failed(400, "Unsupported: response_format json_schema"), failed(400, "seed?", param="seed")
    server = serve(no_schema, no_seed, WELL, WELL)
    chat = writer(server)
    assert chat.write("", "one", SCHEMA) == chat.write("", "two", SCHEMA) == GOOD
    assert ["response_format" in asked for asked in server.asked] == [True, False, False, True]
    assert ["seed" in asked for asked in server.asked] == [True, True, False, True]
    plain = serve(failed(400, "something is wrong"), WELL)
    assert ask(plain) == GOOD
    assert set(plain.asked[1]) == {"model", "messages"}


DETAIL = [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden"}]
REASONS = {
    "OpenAI": ({"error": {"message": "json_schema is not supported"}}, "json_schema is not supported"),
    "Ollama": ({"error": "invalid JSON schema in format"}, "invalid JSON schema in format"),
    "FastAPI": ({"detail": DETAIL}, "body.seed: Extra inputs are not permitted"),
    "FastAPI, one": ({"detail": "response_format is unknown"}, "response_format is unknown"),
    "vLLM": ({"object": "error", "message": "guided decoding failed", "code": 400}, "guided decoding failed"),
    "text": ("the grammar is broken", "the grammar is broken"),
    "nothing": ("", "no reason given"),
}


@pytest.mark.parametrize("status", [400, 422, 500, 501])
@pytest.mark.parametrize(("body", "reason"), REASONS.values(), ids=REASONS)
def test_a_refused_form_is_asked_in_a_simpler_one_for_that_question(
    serve: Serve, status: int, body: object, reason: str
) -> None:
    told = body if isinstance(body, str) else json.dumps(body)
    bad = Reply(status=status, body=told, headers={"retry-after": "0.01"})
    refusing = ChatServer([WELL], answer=lambda asked: bad if {"response_format", "seed"} & set(asked) else None)
    with refusing.running() as server:
        chat = writer(server)
        assert chat.write("", "one", SCHEMA) == GOOD
        assert len(server.asked) <= 4 and "response_format" not in server.asked[-1]
        server.answer = lambda asked: None
        assert chat.write("", "two", SCHEMA) == GOOD
        assert {"response_format", "seed", "max_tokens"} <= set(server.asked[-1])
    with pytest.raises(WriterRefused, match=re.escape(f"{status}: {reason}")) as caught:
        ask(serve(bad, bad, Reply(status=status, body='{"error": "it is broken"}')), retries=0)
    assert "\n" not in str(caught.value)


CONTEXTS = {
    "llama.cpp": {
        "message": "request ({asked} tokens) exceeds the available context size ({size} tokens), try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 0,
        "n_ctx": "{size}",
    },
    "vLLM": {
        "message": "This model's maximum context length is {size} tokens. However, you requested 4321 tokens (2821 in "
        "the messages, 1500 in the completion). Please reduce the length of the messages or completion."
    },
    "vLLM, newer": {
        "message": "'max_tokens' or 'max_completion_tokens' is too large: 1500. This model's maximum context length is "
        "{size} tokens and your request has {asked} input tokens (1500 > {size} - {asked})."
    },
    "LM Studio": {
        "message": "Trying to keep the first {asked} tokens when context the overflows. However, the model is loaded "
        "with context length of only {size} tokens, which is not enough."
    },
    "TGI": {"message": "Input validation error: `inputs` must have less than {size} tokens. Given: {asked}"},
    "no number": {"message": "the prompt is longer than the context allows"},
}


def context_server(size: int, refusal: dict[str, object], status: int = 400) -> ChatServer:
    """A server with a context of so many tokens, four bytes each."""

    def answer(body: dict[str, Any]) -> Reply | None:
        asked = sum(len(message["content"]) for message in body["messages"]) // 4
        if asked + min(body.get("max_tokens", 0), size // 2) <= size:
            return None
        told = {key: text.format(size=size, asked=asked) if key == "message" else text for key, text in refusal.items()}
        return failed(status, **{key: size if text == "{size}" else text for key, text in told.items()})

    return ChatServer([Reply(full_answer("Dogs", "Dogs."))], answer=answer)


BREEDS = ["beagle", "boxer", "collie", "corgi", "poodle", "pug", "setter", "spaniel", "spitz", "terrier"]
SCENE = "a {} that plays with a red ball on a wide {} in the evening sun, while a child in a blue jacket looks on"
LONG = cluster_texts([[SCENE.format(breed, place) for breed in BREEDS for place in ("beach", "lawn")]])


@pytest.mark.parametrize("refusal", CONTEXTS.values(), ids=CONTEXTS)
@pytest.mark.parametrize("size", [512, 1024, 2048, 4096])
def test_a_small_context_shrinks_the_question(tmp_path: Path, size: int, refusal: dict[str, object]) -> None:
    status = 422 if "Input" in str(refusal) else 400
    with context_server(size, refusal, status).running() as server, open_cache(tmp_path) as cache:
        chat = writer(server)
        (name,) = name_clusters(LONG, RememberedWriter(chat, cache))
        assert (name.title, name.note) == ("Dogs", "")
        assert len(server.asked) <= 5 and '<captions>\n"' in server.asked[-1]["messages"][1]["content"]
        assert "response_format" in server.asked[-1]
        server.asked.clear()
        name_clusters(LONG, RememberedWriter(writer(server), cache))
        assert not server.asked
        name_clusters(LONG, chat)
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "entry", [{"meta": {"n_ctx": 512, "n_ctx_train": 131072}}, {"max_model_len": 512}, {"context_length": 512}]
)
def test_a_listed_context_is_kept_from_the_first_question_on(entry: dict[str, object]) -> None:
    server = context_server(512, CONTEXTS["llama.cpp"])
    for name in ("tiny", "/models/tiny.gguf"):
        server.models = [{"id": name, **entry}]
        with server.running():
            chat = writer(server)
            chat.check()
            server.asked.clear()
            (written,) = name_clusters(LONG, chat)
            assert (written.title, len(server.asked)) == ("Dogs", 1)
            assert server.asked[0]["max_tokens"] == 128


@pytest.mark.parametrize("size", [None, "512", -1, 0, 10**12, True, [512], {"n_ctx": 512}])
def test_a_context_that_cannot_be_is_not_believed(serve: Serve, size: object) -> None:
    chat = writer(serve(WELL, models=[{"id": "tiny", "meta": {"n_ctx": size}}]))
    chat.check()
    assert chat.budget == 2000


def test_a_context_without_room_for_a_question_is_said_before_any_photo_is_looked_at(serve: Serve) -> None:
    chat = writer(serve(WELL, models=[{"id": "tiny", "meta": {"n_ctx": 256}}]))
    with pytest.raises(WriterRefused, match=r"gives tiny a context of 256 tokens, too few for a question\. Start the"):
        chat.check()


def test_a_server_with_one_slow_slot_is_asked_one_question_at_a_time(serve: Serve) -> None:
    server = serve(Reply(full_answer("", ""), seconds=0.25), slots=1)
    words = ["dog", "cat", "cow", "hen", "fox", "owl"]
    name_clusters(cluster_texts([[f"a {word}"] for word in words]), writer(server, timeout=0.9))
    assert (len(server.asked), server.most) == (12, 1)


def test_a_trial_asks_for_few_tokens(serve: Serve) -> None:
    server = serve(WELL, models=None)
    writer(server).check()
    assert server.asked[0]["max_tokens"] == 16
    limited = serve(failed(400, "Could not finish the message because max_tokens was reached"), WELL, models=None)
    writer(limited).check()


def test_an_answer_without_a_text_is_empty(serve: Serve) -> None:
    assert ask(serve(Reply(""))) == ""


BROKEN = {
    "no JSON": "<html>",
    "cut": '{"choices": [',
    "list": "[]",
    "nothing": "{}",
    "no choice": '{"choices": []}',
    "choices by name": '{"choices": {"a": 1}}',
    "no message": '{"choices": [{"message": null}]}',
    "no text": '{"choices": [{"message": {"content": [1]}}]}',
    "too deep": "[" * 200_000,
    "too deep beside": '{"choices": [{"message": {"content": "x"}}], "usage": ' + '{"a":' * 9000 + "1" + "}" * 9001,
    "a number too long": '{"usage": ' + "9" * 5000 + "}",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_one_clear_line_and_counts_as_asked(serve: Serve, body: str) -> None:
    chat = writer(serve(Reply(body=body), WELL, Reply(body=body)))
    with pytest.raises(WriterRefused, match=r"does not answer \(its answer is none of a chat model\)"):
        chat.write("ab", "c", SCHEMA)
    assert chat.used == Used(1, 3, 1500, None)
    chat.write("", "", SCHEMA)
    with pytest.raises(NoAnswer, match=r"failed \(its answer is none of a chat model\)"):
        chat.write("", "", SCHEMA)


OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
Send = Callable[[bytes], object]


def drips(send: Send) -> None:
    send(OK + b"transfer-encoding: chunked\r\n\r\n")
    for _ in range(100):
        send(b"1\r\n \r\n")
        time.sleep(0.05)


def drips_headers(send: Send) -> None:
    send(b"HTTP/1.1 200 OK\r\nx: ")
    for _ in range(100):
        send(b"x")
        time.sleep(0.05)


def floods(send: Send) -> None:
    send(OK + b"transfer-encoding: chunked\r\n\r\n")
    for _ in range(1000):
        send(b"100000\r\n" + b" " * 2**20 + b"\r\n")


def explodes(send: Send) -> None:
    send(OK + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(BOMB) + BOMB)


def is_cut(send: Send) -> None:
    send(OK + b'transfer-encoding: chunked\r\n\r\n40\r\n{"choices"')


BOMB = gzip.compress(b" " * 2**26)
ENDLESS = {
    drips: "no whole answer in time",
    drips_headers: "no whole answer in time",
    floods: r"longer than 8,388,608 bytes",
    explodes: r"longer than 8,388,608 bytes",
    is_cut: "incomplete chunked read",
}


@pytest.mark.slow
@pytest.mark.parametrize("raw", ENDLESS, ids=lambda raw: raw.__name__)
def test_an_answer_without_an_end_is_given_up_in_time_and_space(serve: Serve, raw: Callable[[Send], None]) -> None:
    server = serve(Reply(raw=raw))
    chat = writer(server, timeout=1, retries=1)
    begin = time.monotonic()
    with pytest.raises(WriterRefused, match=ENDLESS[raw]) as caught:
        chat.write("", "", SCHEMA)
    assert time.monotonic() - begin < 4 and len(server.asked) == 2
    assert "\n" not in str(caught.value)
    server.replies[:] = [WELL]
    assert chat.write("", "", SCHEMA) == GOOD


def test_a_server_that_is_given_up_is_let_go(serve: Serve) -> None:
    gone = Event()

    def goes_on(send: Send) -> None:
        try:
            drips(send)
        except OSError:
            gone.set()

    with pytest.raises(WriterRefused, match="no whole answer in time"):
        ask(serve(Reply(raw=goes_on)), timeout=0.5, retries=0)
    assert gone.wait(timeout=4)


def test_a_packed_answer_is_unpacked(serve: Serve) -> None:
    body = gzip.compress(json.dumps({"choices": [{"message": {"content": GOOD}}]}).encode())
    head = OK + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body)
    assert ask(serve(Reply(raw=lambda send: send(head + body) and None))) == GOOD


@pytest.mark.slow
@pytest.mark.parametrize("pause", [str(365 * 86400), "Wed, 21 Oct 2015 07:28:00 GMT", "nan", "-1", "1e999", "soon"])
def test_no_server_makes_photosort_wait_for_a_year(serve: Serve, pause: str) -> None:
    begin = time.monotonic()
    with pytest.raises(WriterRefused, match=r"does not answer \(429: .*busy"):
        ask(serve(failed(429, "busy", seconds=pause)), retries=1)
    assert time.monotonic() - begin < 3


def test_halves_of_characters_are_kept_from_the_disk(serve: Serve, tmp_path: Path) -> None:
    half = Reply(body=r'{"choices": [{"message": {"content": "a \ud800"}}]}')
    server = serve(half, Reply(status=400, body=r'{"error": {"message": "\udfff no"}}'))
    with open_cache(tmp_path) as cache:
        remembered = RememberedWriter(writer(server), cache)
        assert remembered.write("", "one", SCHEMA) == remembered.write("", "one", SCHEMA) == "a ?"
    with pytest.raises(WriterRefused, match=r"\? no"):
        ask(server)


@pytest.mark.parametrize("number", ["-5", "NaN", "1e9", "null", "[]", "1" + "0" * 20])
def test_a_count_that_cannot_be_is_not_believed(serve: Serve, number: str) -> None:
    usage = f'"usage": {{"prompt_tokens": {number}, "completion_tokens": 7}}'
    chat = writer(serve(Reply(body=f'{{"choices": [{{"message": {{"content": "x"}}}}], {usage}}}')))
    chat.meter = Meter(priced().meter._price)
    chat.write("ab", "c", SCHEMA)
    assert (chat.used.tokens_in, chat.used.tokens_out) == (3, 7) and chat.used.cost


def test_a_bare_list_of_models_is_read(serve: Serve) -> None:
    server = serve(WELL, models='[{"id": "tiny"}, {"id": "large"}]')
    writer(server).check()
    assert not server.asked


def test_missing_usage_counts_as_the_most_allowed(serve: Serve) -> None:
    said = json.dumps({"choices": [{"message": {"content": GOOD}}]})
    chat = writer(serve(Reply(body=said), failed(500)), retries=0)
    assert chat.write("ab", "c", SCHEMA) == GOOD
    assert chat.used == Used(1, 3, 1500, None)
    with pytest.raises(NoAnswer, match=r"failed \(500"):
        chat.write("", "", SCHEMA)


def test_a_redirect_is_never_followed(serve: Serve) -> None:
    other = serve(WELL, models=["tiny"])
    for status in (301, 302, 307, 308):
        server = serve(Reply(status=status, body="{}", headers={"location": f"{other.url}/chat/completions"}))
        with pytest.raises(WriterRefused, match=r"it points to 127\.0\.0\.1:\d+, which was not followed"):
            ask(server)
    with pytest.raises(WriterRefused, match=r"it points to 127\.0\.0\.1:\d+, which was not followed"):
        writer(serve(Reply(status=302, body="{}", headers={"location": other.url}), moved=f"{other.url}/x")).check()
    assert not other.requests


def test_captions_for_this_machine_go_through_no_proxy(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(WELL)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
    server = serve(WELL)
    assert ask(server) == GOOD
    assert len(server.asked) == 1 and not proxy.requests


@pytest.mark.parametrize("replies", [1, 2, 3])
def test_where_a_cost_is_kept_the_longest_answer_keeps_a_name(serve: Serve, replies: int) -> None:
    server = serve(*[failed(400, "something is wrong")] * replies, WELL)
    chat = writer(server)
    chat.meter = Meter(lambda asked, answered: 0.0, 1.0)
    if replies < 3:
        assert chat.write("", "", SCHEMA) == GOOD
    else:
        with pytest.raises(WriterRefused, match="refuses the question"):
            chat.write("", "", SCHEMA)
    limits = [{"max_tokens", "max_completion_tokens"} & set(asked) for asked in server.asked]
    assert limits == [{"max_tokens"}, {"max_tokens"}, {"max_completion_tokens"}][: len(limits)]
    assert len(limits) == min(replies + 1, 3)


def test_the_longest_answer_is_called_as_the_server_calls_it(serve: Serve) -> None:
    server = serve(failed(400, "Unsupported parameter: 'max_tokens'", param="max_tokens"), WELL)
    assert ask(server) == GOOD
    assert server.asked[1]["max_completion_tokens"] == 1500 and "seed" in server.asked[1]


def test_questions_are_on_their_way_at_once(serve: Serve) -> None:
    server = serve(Reply(full_answer("", ""), seconds=0.5))
    words = ["dog", "cat", "cow", "hen", "fox", "owl", "bee", "ant"]
    begin = time.monotonic()
    name_clusters(cluster_texts([[f"a {word}"] for word in words]), writer(server))
    assert len(server.asked) == 16
    assert time.monotonic() - begin < 16 * 0.5


def priced(model: str = "gpt-4o-mini", max_cost: float | None = None) -> OpenAIChat:
    return OpenAIChat(model, {"OPENAI_API_KEY": "k"}, max_cost=max_cost)


def test_tokens_and_cost_are_counted_where_the_price_is_known() -> None:
    chat = priced()
    with chat.meter.reserve("question", 100) as spent:
        spent(1_000_000, 1_000_000)
    assert chat.used.calls == 1 and chat.used.cost is not None
    assert 0.3 < chat.used.cost < 3


def test_what_is_used_is_told_while_names_are_made(serve: Serve, tmp_path: Path) -> None:
    texts = cluster_texts([[f"a {word}"] * 2 for word in ("dog", "cat", "cow")])
    server = serve(Reply(full_answer("Dogs", "Dogs.")), Reply(full_answer("Cats", "Cats.")), WELL)

    def told(cache: Cache) -> list[tuple[object, ...]]:
        chat, now = writer(server), list[tuple[object, ...]]()
        chat.parallel, chat.meter = 1, Meter(lambda asked, answered: asked / 100)
        name_clusters(texts, RememberedWriter(chat, cache), progress=lambda *more: now.append(more))
        return now

    with open_cache(tmp_path) as cache:
        assert told(cache) == [("naming", n, 3, Used(n, 100 * n, 10 * n, n)) for n in range(4)]
        assert told(cache) == [("naming", n, 3, Used(0, 0, 0, 0)) for n in range(4)]


def test_a_question_above_the_cost_limit_is_not_asked() -> None:
    chat = priced(max_cost=0.001)
    with chat.meter.reserve("a" * 100, 1500):
        pass
    with pytest.raises(NoAnswer, match=r"--max-cost 0\.001 is reached"), chat.meter.reserve("a" * 100_000, 1500):
        pass


def test_a_question_waits_until_the_cost_of_others_is_known() -> None:
    chat = priced(max_cost=0.001)
    asked = Event()

    def ask_second() -> None:
        with chat.meter.reserve("a" * 100, 1500):
            asked.set()

    second = Thread(target=ask_second)
    with chat.meter.reserve("a" * 100, 1500) as spent:
        second.start()
        assert not asked.wait(0.2)
        spent(100, 10)
    second.join(timeout=10)
    assert asked.is_set()


def test_a_cost_limit_needs_a_price_unless_local(serve: Serve) -> None:
    with pytest.raises(SettingsError, match="no price is known for this model"):
        priced("no-such-model", max_cost=1)
    assert ask(serve(WELL), max_cost=0) == GOOD


@pytest.mark.parametrize(
    ("model", "environment", "message"),
    [
        ("", {}, "says no model"),
        ("gpt-4o-mini", {}, "OPENAI_API_KEY is not set"),
        ("tiny", {"OPENAI_BASE_URL": "localhost:8000/v1"}, "must be the address of a server"),
    ],
)
def test_settings_that_cannot_work(model: str, environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        OpenAIChat(model, environment)


def test_a_password_in_the_address_is_neither_shown_nor_stored() -> None:
    chat = OpenAIChat("tiny", {"OPENAI_BASE_URL": "https://me:secret@example.org:8000/v1"})
    assert chat.host == "example.org:8000"
    assert "secret" not in chat.identity.revision


def test_whether_a_server_is_on_this_machine() -> None:
    assert OpenAIChat("x", {"OPENAI_BASE_URL": "http://localhost:11434/v1"}).server.here
    assert not OpenAIChat("x", {"OPENAI_BASE_URL": "http://192.168.1.5:8000/v1"}).server.here
    assert not priced().server.here


def test_a_real_llama_cpp_server_writes_by_the_schema(smollm2_cache: Path) -> None:
    """xllamacpp is llama.cpp's own server; the adapter reaches it as it would any other."""
    pytest.importorskip("xllamacpp", reason='the extra "llm" is not installed')
    engine = SmolLM2(smollm2_cache)
    engine.write("", "hello", SMALL_SCHEMA)
    server = engine._server
    environment = {"OPENAI_BASE_URL": f"{server.listening_address}/v1", "OPENAI_API_KEY": engine.key}
    chat = OpenAIChat("smollm2", environment)
    chat.check()
    with pytest.raises(WriterRefused, match="refuses the key"):
        OpenAIChat("smollm2", {**environment, "OPENAI_API_KEY": "guess"}).check()
    said = json.loads(chat.write("Name these photos as JSON.", "a penguin on ice, two penguins, ice", SMALL_SCHEMA))
    assert set(said) == {"title", "summary"} and said["title"]
    assert chat.used.calls == 2 and chat.used.tokens_in > 10
    chat.form = "small"
    (name,) = name_clusters(cluster_texts([["a penguin on ice"] * 4 + ["a heron"]]), chat)
    assert name.title and len(name.summary.split()) <= 30
    assert name.source == "openai:smollm2" or name.note.startswith("openai:smollm2: ")
