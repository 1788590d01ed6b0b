"""How large the report of many photos is, and how fast it opens: beside a bare page of the same bytes.

    python tests/bench/report.py [--photos 10000] [--folders 24]

The photos are noise in forty versions. The page is opened from disk in Chromium, and is open when its scripts have
run and it is painted; the bare page holds the same bytes in a comment. Frames are timed while 240 pixels are
scrolled with each. The review of the same run is opened beside the report whose thumbnails lie beside it, by turns in
one browser.
"""

from __future__ import annotations

import argparse
import base64
import io
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from fakes.browser import chromium
from PIL import Image
from playwright.sync_api import Browser
from table_row import declare

from photosort.filing.plan.draft import Draft, DraftFolder, DraftPhoto
from photosort.filing.plan.model import Mode
from photosort.photos.facts.facts import Facts
from photosort.report.html import render, render_editable
from photosort.report.page import Page, PageFolder, PagePhoto
from photosort.report.thumbnails import QUALITY, SIDE
from photosort.review.server import Server
from photosort.review.session import Session, Shown
from photosort.store.cache import open_cache
from photosort.store.runs.runs import MemberRecord
from photosort.workflows.reporting.review_pictures import Pictures
from photosort.workflows.reporting.thumbnails import put_thumbnails

TRIES = 3
VERSIONS = 40
OPENED = """() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"""
SHOWN = "() => document.querySelector('.photo') && !document.body.classList.contains('loading')"
COUNTERS = {"TaskDuration": "all tasks", "ScriptDuration": "scripts", "LayoutDuration": "layout"}
"""What Chromium counts of a page's main thread, in seconds."""
SCROLLED = """async () => {
  const frames = [];
  let before = performance.now();
  for (let step = 0; step < 200; step += 1) {
    window.scrollBy({ top: 240, behavior: "instant" });
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - before);
    before = now;
  }
  return frames.sort((one, other) => one - other);
}"""
SEARCHED = """async () => {
  const began = performance.now(), search = document.getElementById("search");
  search.value = "number 77";
  search.dispatchEvent(new Event("input"));
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""


def thumbnails() -> list[bytes]:
    """Pictures of smooth noise, with as much detail as a photo."""
    made = []
    for seed in range(VERSIONS):
        rng = np.random.default_rng(seed)
        layers = [
            np.asarray(
                Image.fromarray(rng.integers(0, 256, (size * 3 // 4, size, 3), dtype=np.uint8)).resize(
                    (SIDE, SIDE * 3 // 4)
                )
            )
            for size in (6, 24, 80)
        ]
        content = io.BytesIO()
        mixed = 0.6 * layers[0] + 0.25 * layers[1] + 0.15 * layers[2]
        Image.fromarray(mixed.astype(np.uint8)).save(content, "WEBP", quality=QUALITY)
        made.append(content.getvalue())
    return made


def page(photos: int, folders: int) -> Page:
    """A run of many photos in folders of falling size."""
    rng = np.random.default_rng(1)
    sizes = np.sort(rng.multinomial(photos, rng.dirichlet(np.full(folders, 2.0))))[::-1]
    owners = np.repeat(np.arange(folders), sizes)
    spots = rng.random((photos, 2))
    entries = tuple(
        PagePhoto(
            name=f"IMG_{index:05d}.JPG",
            path=f"2019/{index % 12 + 1:02d}/IMG_{index:05d}.JPG",
            folder=int(owner),
            rank=index,
            caption=f"two people walking a dog along a beach at sunset, number {index}",
            similarity=0.8,
            next=int(owner + 1) % folders,
            next_similarity=0.5,
            facts=Facts(taken=f"2019-{index % 12 + 1:02d}-11T10:20:30", taken_by="EXIF"),
            spot=(float(spots[index, 0]), float(spots[index, 1])),
        )
        for index, owner in enumerate(owners)
    )
    listed = tuple(
        PageFolder(n, f"Folder {n}", (), (("dog", 3),), 0.8, tuple(map(int, np.flatnonzero(owners == n))))
        for n in range(folders)
    )
    return Page(1, "2026-01-01T00:00:00+00:00", "/a", "/b", "copy", "done", listed, entries)


def inlined(pictures: list[bytes]) -> Callable[[int], str]:
    """Addresses within the page."""
    addresses = [f"data:image/webp;base64,{base64.b64encode(content).decode()}" for content in pictures]
    return lambda index: addresses[index % VERSIONS]


def beside(pictures: list[bytes], folder: Path, photos: int) -> Callable[[int], str]:
    """Addresses of files in a folder."""
    folder.mkdir()
    for index in range(photos):
        (folder / f"{index:064d}").write_bytes(pictures[index % VERSIONS])
    return lambda index: f"{folder.name}/{index:064d}"


def measure(path: Path) -> tuple[float, float, float, float]:
    """Return milliseconds to open, of the middle and the slowest twentieth frame while scrolling, and to search."""
    with chromium() as browser:
        opened, frames, searched = [], [], []
        for attempt in range(TRIES):
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            tab.goto(path.as_uri())
            opened.append(tab.evaluate(OPENED))
            if tab.locator("#search").count() and attempt == TRIES - 1:
                frames = tab.evaluate(SCROLLED)
                searched = [tab.evaluate(SEARCHED)]
            tab.close()
    frames = frames or [0.0]
    slow = frames[int(len(frames) * 0.95)]
    return statistics.median(opened), statistics.median(frames), slow, statistics.median(searched or [0.0])


class Opened(NamedTuple):
    """Milliseconds: until a page is open, of its main thread by then, and of the slowest twentieth frame."""

    shown: float
    spent: dict[str, float]
    slow: float


@contextmanager
def reviewed(data: Page, pictures: list[bytes], folder: Path) -> Iterator[Callable[[], str]]:
    """Serve the review of a run, thumbnails from a cache; yield what gives an address to open."""
    digests = [f"{index:064d}" for index in range(len(data.photos))]
    paths = [Path("/a", photo.path) for photo in data.photos]
    members = [
        MemberRecord(path, digest, photo.folder, photo.rank, photo.caption, 0.8, 0, 0.5)
        for path, digest, photo in zip(paths, digests, data.photos, strict=True)
    ]
    folders = tuple(
        DraftFolder(
            one.name,
            one.name,
            photos=tuple(DraftPhoto(paths[n], digests[n]) for n in one.photos),
            clusters=(one.number,),
        )
        for one in data.folders
    )
    session = Session(
        Draft(data.run, Path(data.source), Path(data.destination), Mode.COPY, folders),
        [Shown(member.path, member.caption) for member in members],
        lambda photos: (),
    )
    with open_cache(folder / "cache") as cache:
        put_thumbnails(cache, {digest: pictures[n % VERSIONS] for n, digest in enumerate(digests)})
        with Server(session, Pictures(members, cache).thumbnail, page=partial(render_editable, data)) as server:
            yield server.renew


def opened(browser: Browser, address: str) -> Opened:
    """Open a page, and scroll it."""
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    chrome = tab.context.new_cdp_session(tab)
    chrome.send("Performance.enable")
    tab.goto(address)
    tab.wait_for_function(SHOWN, polling=5)
    shown = tab.evaluate(OPENED)
    counted = {one["name"]: one["value"] * 1000 for one in chrome.send("Performance.getMetrics")["metrics"]}
    frames = tab.evaluate(SCROLLED)
    tab.close()
    return Opened(shown, {name: counted[name] for name in COUNTERS}, frames[int(len(frames) * 0.95)])


def compare(report: Path, review: Callable[[], str]) -> None:
    """Print what a review takes by what the report of the same run takes: medians, opened by turns."""
    with chromium() as browser:
        both = [(opened(browser, report.as_uri()), opened(browser, review())) for _ in range(TRIES)]
    middles = []
    for side in zip(*both, strict=True):
        rows = [(one.shown, *one.spent.values(), one.slow) for one in side]
        middles.append([statistics.median(column) for column in zip(*rows, strict=True)])
    print("\n| ms | report | review | ratio |\n|---|---|---|---|")
    for what, ours, base in zip(["open", *COUNTERS.values(), "slow frame"], middles[1], middles[0], strict=True):
        print(f"| {what} | {base:,.0f} | {ours:,.0f} | {ours / base:.2f} |")
    declare(
        "ms to open a review", f"{middles[1][0]:,.0f}", f"report {middles[0][0]:,.0f}", middles[1][0] / middles[0][0]
    )


def main() -> None:
    """Print a row for each way to keep the thumbnails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--folders", type=int, default=24)
    given = parser.parse_args()
    pictures, data = thumbnails(), page(given.photos, given.folders)
    print("| thumbnails | MB | opens, ms | bare page, ms | ratio | frame, ms | slow frame, ms | search, ms |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ways = {"in the page": inlined(pictures), "beside it": beside(pictures, folder / "thumbnails", given.photos)}
        for way, address in ways.items():
            path, bare = folder / "report.html", folder / "bare.html"
            path.write_text(render(data, address), encoding="utf-8")
            size = path.stat().st_size
            bare.write_text(f"<!doctype html><title>bare</title><p>bare</p><!--{'x' * size}-->", encoding="utf-8")
            opened, frame, slow, searched = measure(path)
            empty, *_ = measure(bare)
            declare(
                f"ms to open, {way}, {given.photos:,} photos",
                f"{opened:,.0f}",
                f"bare page {empty:,.0f}",
                opened / empty,
            )
            row = f"{opened:,.0f} | {empty:,.0f} | {opened / empty:.1f} | {frame:.0f} | {slow:.0f} | {searched:.0f}"
            print(f"| {way} | {size / 1e6:.1f} | {row} |", flush=True)
        with reviewed(data, pictures, folder) as review:
            compare(path, review)


if __name__ == "__main__":
    main()
