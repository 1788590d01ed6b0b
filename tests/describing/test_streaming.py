"""A server is never without a question, each answer lands at its photo, and what was answered is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from fakes.caption_server import CaptionServer, Reply, caption_server
from fakes.models import ColourEncoder, FailingEncoder, PixelCaptioner
from PIL import Image

from photosort.describing import worker
from photosort.describing.decoding.look import Known
from photosort.describing.describe import Described, describe
from photosort.describing.on_devices import see_on_devices
from photosort.describing.streaming import AHEAD
from photosort.describing.tasks import Task, tasks
from photosort.errors import ModelFailed
from photosort.models.captioners.openai_captioner import OpenAICaptioner
from photosort.models.protocols import Captioner
from photosort.models.registry import captioner, captioners
from photosort.models.selected import select_models
from photosort.photos.files.scan import scan
from photosort.settings.settings import load_settings
from photosort.store.cache import Cache, open_cache

pytestmark = pytest.mark.slow

IN_FLIGHT = 8
KILLED = """
import sys
from pathlib import Path
from fakes.models import ColourEncoder
from photosort.describing.describe import describe
from photosort.models.registry import captioner
from photosort.models.selected import select_models
from photosort.photos.files.scan import scan
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache

with open_cache(Path(sys.argv[2])) as cache:
    model = captioner(load_settings(captioner="server:tiny", in_flight=int(sys.argv[3])))
    describe(scan(Path(sys.argv[1])).photos, ColourEncoder(), [model], cache)
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[CaptionServer]:
    with caption_server() as scripted:
        monkeypatch.setenv("OPENAI_BASE_URL", scripted.address)
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        monkeypatch.setattr("openai._base_client.BaseClient._calculate_retry_timeout", lambda *_, **__: 0.01)
        yield scripted


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """200 photos of as many greys."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(200):
        Image.new("L", (30, 20), number).convert("RGB").save(folder / f"{number:03d}.png")
    return folder


def asked(question: str = "", samples: int | None = None, in_flight: int = IN_FLIGHT) -> OpenAICaptioner:
    found = captioner(load_settings(captioner="server:tiny", in_flight=in_flight), question, samples)
    assert isinstance(found, OpenAICaptioner)
    return found


def run(folder: Path, cache: Cache, *captioners: Captioner, encoder: ColourEncoder | None = None) -> Described:
    encoder = encoder or ColourEncoder()
    engine = partial(worker.describe_files, tasks=tasks(encoder, captioners))
    return describe(scan(folder).photos, encoder, captioners, cache, engine=engine)


def grey(picture: Image.Image) -> str:
    return str(picture.convert("L").getpixel((4, 4)))


def test_a_server_is_never_without_a_question(many: Path, cache: Cache, server: CaptionServer) -> None:
    """An answer comes only beside three other questions; with a wait for each portion none would come at its end."""
    server.total = 200
    server.replies = [*[Reply()] * 20, Reply(company=4)]
    assert len(run(many, cache, asked()).photos) == 200
    assert (len(server.asked), server.lonely) == (200, 0) and 4 <= server.most <= IN_FLIGHT


def test_answers_out_of_order_land_at_their_photos(many: Path, cache: Cache, server: CaptionServer) -> None:
    server.read = grey
    server.replies = [Reply(seconds=0.02 * (number % 3)) for number in range(200)]
    described = run(many, cache, asked())
    assert [photo.path.stem for photo in described.photos] == [f"{number:03d}" for number in range(200)]
    assert [int(text) for (text,) in described.texts[0]] == pytest.approx(range(200), abs=3)
    assert described.vectors[:, 0] == pytest.approx(range(200), abs=1)


def test_a_stream_and_batches_fill_the_same_cache(many: Path, tmp_path: Path, server: CaptionServer) -> None:
    server.read = grey
    one, other = asked(), asked()
    found = scan(many).photos
    with open_cache(tmp_path / "one") as streamed, open_cache(tmp_path / "two") as batches:
        run(many, streamed, one)
        in_batches = [in_batches_alone(task) for task in tasks(ColourEncoder(), [other])]
        engine = partial(worker.describe_files, tasks=in_batches)
        describe(found, ColourEncoder(), [other], batches, engine=engine)
        digests = list(streamed.digests().values())
        assert streamed.digests() == batches.digests() and len(digests) == 200
        assert streamed.texts(one.identity, digests) == batches.texts(one.identity, digests)
        vectors = [cache.matrix(ColourEncoder.identity, digests).tobytes() for cache in (streamed, batches)]
        assert vectors[0] == vectors[1]


def in_batches_alone(task: Task) -> Task:
    return replace(task, stream=None)


def test_the_process_of_a_device_streams_what_lies_in_the_ring(
    many: Path, cache: Cache, server: CaptionServer, own_folders: Path, shared_models: Path
) -> None:
    (own_folders / "cache").mkdir()
    (own_folders / "cache" / "models").symlink_to(shared_models)
    server.read = grey
    models = select_models(load_settings(captioner="server:tiny", in_flight=IN_FLIGHT))
    found = scan(many).photos
    engine = partial(see_on_devices, models, ("cpu",))
    for _ in range(2):
        described = describe(found, models.image_encoder, models.captioners, cache, engine=engine)
        assert [int(text) for (text,) in described.texts[0]] == pytest.approx(range(200), abs=3)
        assert len(server.asked) == 200
    answering = select_models(load_settings(captioner="server:other", in_flight=IN_FLIGHT))
    again = describe(
        found,
        answering.image_encoder,
        answering.captioners,
        cache,
        engine=partial(see_on_devices, answering, ("cpu",)),
    )
    assert again.texts == described.texts and len(server.asked) == 400


def test_two_questions_a_copy_and_a_captioner_of_this_machine(
    shapes: Path, cache: Cache, server: CaptionServer
) -> None:
    (shapes / "copy.png").write_bytes((shapes / "00.png").read_bytes())
    local = PixelCaptioner()
    described = run(shapes, cache, asked(), local, asked("Which colour?"))
    assert described.texts[0] == described.texts[2] == (("a photo",),) * 21
    assert described.texts[1][0] == ("a tall red one", "red again")
    assert len(server.asked) == 40 and sum(map(len, local.shapes)) == 20


def test_two_questions_of_a_run_share_its_requests(shapes: Path, cache: Cache, server: CaptionServer) -> None:
    server.replies = [Reply(seconds=0.02)]
    settings = load_settings(captioner="server:tiny", in_flight=2)
    described = run(shapes, cache, *cast(tuple[Captioner, ...], captioners(settings, ("", "Which colour?"))))
    assert (len(described.photos), len(server.asked), server.most) == (20, 40, 2)


def test_a_new_question_shows_no_photo_to_the_other_models(shapes: Path, cache: Cache, server: CaptionServer) -> None:
    run(shapes, cache, asked())
    encoder = ColourEncoder()
    described = run(shapes, cache, asked(), asked("Which colour?"), encoder=encoder)
    assert (encoder.seen, described.looked, len(server.asked)) == (0, 20, 40)
    assert run(shapes, cache, asked(), asked("Which colour?")).looked == 0


def test_a_refused_photo_is_left_and_the_others_are_asked_once(
    shapes: Path, cache: Cache, server: CaptionServer
) -> None:
    server.replies = [Reply(), Reply(status=400, body=b'{"error": {"message": "content filter"}}'), Reply()]
    described = run(shapes, cache, asked())
    assert [left.reason for left in described.unread] == ["127.0.0.1 refuses it (status 400: content filter)"]
    assert len(described.photos) == 19 and len(server.asked) == 20


def test_a_server_that_fails_ends_the_run_and_answers_are_kept(many: Path, cache: Cache, server: CaptionServer) -> None:
    server.replies = [*[Reply()] * 50, Reply(status=404, body=b'{"error": {"message": "no such model"}}')]
    model = asked()
    with pytest.raises(ModelFailed, match=r"gave no caption \(status 404: no such model\)"):
        run(many, cache, model)
    kept = len(cache.keys(model.identity))
    assert 50 - IN_FLIGHT < kept <= 50
    server.replies = [Reply()]
    assert len(run(many, cache, asked()).photos) == 200
    assert len(server.asked) <= 200 + 2 * IN_FLIGHT


def test_a_model_that_fails_stops_the_questions(many: Path, cache: Cache, server: CaptionServer) -> None:
    server.replies = [Reply(seconds=0.05)]
    with pytest.raises(ModelFailed, match="stopped working"):
        run(many, cache, asked(), encoder=FailingEncoder(2, RuntimeError("broken")))
    time.sleep(0.5)
    so_far = len(server.asked)
    time.sleep(0.5)
    assert len(server.asked) == so_far < 200


def test_answers_are_kept_while_the_models_are_busy(many: Path, cache: Cache, server: CaptionServer) -> None:
    """A batch of the encoder ends only when the cache has the answers of photos that it has not seen yet."""
    model = asked()

    class Waiting(ColourEncoder):
        kept = 0

        def encode_images(self, pixels: list[np.ndarray]) -> np.ndarray:
            with open_cache(cache._path.parent) as other:
                for _ in range(600):
                    Waiting.kept = len(other.keys(model.identity))
                    if Waiting.kept >= 40:
                        break
                    time.sleep(0.05)
            return super().encode_images(pixels)

    run(many, cache, model, encoder=Waiting())
    assert Waiting.kept >= 40


def test_what_waits_for_a_slow_server_is_bounded(many: Path, cache: Cache, server: CaptionServer) -> None:
    formed: list[int] = []
    release = threading.Event()

    class Counting(OpenAICaptioner):
        def form(self, picture: np.ndarray) -> str:
            formed.append(len(picture))
            return super().form(picture)

        def ask(self, sent: str, stopped: object = None) -> tuple[str, ...]:
            release.wait(60)
            return ("a photo",)

    usual = asked()
    model = Counting("tiny", usual._server, usual._asking, in_flight=4)
    wanted, known = tasks(ColourEncoder(), [model]), Known({}, [set(), set()], {})
    working = threading.Thread(target=lambda: list(worker.describe_files(scan(many).photos, wanted, known)))
    working.start()
    while len(formed) < 4 + AHEAD:
        time.sleep(0.01)
    time.sleep(0.3)
    assert len(formed) == 4 + AHEAD
    release.set()
    working.join(timeout=60)
    assert len(formed) == 200


def test_a_kill_loses_what_was_under_way(many: Path, tmp_path: Path, server: CaptionServer) -> None:
    server.replies = [*[Reply()] * 100, Reply(seconds=120)]
    command = [sys.executable, "-c", KILLED, many, tmp_path / "cache", str(IN_FLIGHT)]
    paths = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    with subprocess.Popen(command, env=os.environ | {"PYTHONPATH": paths}) as killed:
        while server.answered < 100 or len(server.asked) < 100 + IN_FLIGHT:
            assert killed.poll() is None
            time.sleep(0.05)
        time.sleep(1)
        killed.send_signal(signal.SIGKILL)
    model = asked()
    with open_cache(tmp_path / "cache") as cache:
        assert len(cache.keys(model.identity)) == 100
        server.replies = [Reply()]
        assert len(run(many, cache, model).photos) == 200
    assert len(server.asked) == 200 + IN_FLIGHT
