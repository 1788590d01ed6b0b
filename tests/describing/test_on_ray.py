"""What each worker of a Ray cluster gets, and what comes back of a real one."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fakes.models import ColourEncoder, PixelCaptioner

from photosort.describing.decoding.look import Known
from photosort.describing.describe import describe
from photosort.describing.on_ray import MOST, blocks, see_on_ray, share
from photosort.describing.tasks import tasks_of
from photosort.describing.worker import describe_files
from photosort.errors import ModelFailed
from photosort.photos.files.scan import Found, scan
from photosort.settings.settings import Settings, load_settings
from photosort.store.cache import open_cache


@pytest.mark.parametrize(
    ("devices", "workers", "part"),
    [(0, 4, 0), (2, 1, 1), (2, 2, 1), (2, 4, 0.5), (2, 3, 0.5), (1, 3, 0.3333), (4, 5, 0.5), (8, 8, 1)],
)
def test_workers_that_outnumber_devices_share_them_evenly(devices: int, workers: int, part: float) -> None:
    assert share(devices, workers) == part
    assert workers <= devices * int(1 / part) if part else not devices


@pytest.mark.parametrize(
    ("files", "workers", "count"),
    [(1, 4, 1), (5, 4, 5), (2048, 1, 1), (MOST + 1, 1, 2), (2048, 4, 8), (10 * MOST, 2, 10)],
)
def test_blocks_are_large_and_enough_for_all_workers(files: int, workers: int, count: int) -> None:
    found = [Found(Path(str(number)), 0, 0, 0) for number in range(files)]
    cut = blocks(found, workers)
    assert len(cut) == count and max(map(len, cut)) <= MOST
    assert [item for block in cut for item in block] == found


@dataclass
class Models:
    """What `tasks_of` asks of a ModelSet; the encoder may end its process, as one that the system kills."""

    settings: Settings
    dies: bool = False
    fact_models: None = None
    in_flight: None = None

    def among(self, processes: int) -> Models:
        return self

    @property
    def image_encoder(self) -> ColourEncoder:
        return Dying() if self.dies else ColourEncoder()

    @property
    def captioners(self) -> tuple[PixelCaptioner]:
        return (PixelCaptioner(),)


class Dying(ColourEncoder):
    def encode_images(self, pixels: Any) -> Any:
        os._exit(1)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two processors, and two devices that Ray takes for GPUs."""
    places = [str(Path(__file__).parents[1]), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(places))
    ray = importlib.import_module("ray")
    ray.init(num_cpus=2, num_gpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        yield ray
    finally:
        ray.shutdown()


@pytest.mark.slow
def test_four_workers_on_two_gpus_give_the_same_bytes(shapes: Path, tmp_path: Path, cluster: Any) -> None:
    found = scan(shapes).photos
    models: Any = Models(load_settings(engine="ray:4"))
    kept = []
    for name in ("alone", "ray"):
        with open_cache(tmp_path / name) as cache:

            def engine(found: Any, *, known: Known, name: str = name) -> Any:
                return (
                    see_on_ray(models, found, known)
                    if name == "ray"
                    else describe_files(found, tasks_of(models), known)
                )

            encoder, (captioner,) = models.image_encoder, models.captioners
            described = describe(found, encoder, [captioner], cache, engine=engine)
            digests = [photo.digest for photo in described.photos]
            matrix = cache.matrix(encoder.identity, digests).tobytes()
            kept.append((digests, matrix, cache.texts(captioner.identity, digests), cache.digests()))
    assert len(kept[0][0]) == 20 and kept[0] == kept[1]
    dying: Any = replace(models, dies=True, settings=load_settings(engine="ray:1"))
    with pytest.raises(ModelFailed, match="The Ray cluster failed"):
        list(see_on_ray(dying, found, Known({}, [set(), set()], {})))
