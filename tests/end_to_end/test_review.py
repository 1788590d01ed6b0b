"""A real browser reviews the plan of a real run: by keyboard and by mouse, and what it does arrives on disk."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from fakes.browser import Watched, chromium
from fakes.command import Command
from fakes.filing_kit import names
from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "report" / "vendor" / "axe.min.js"


@contextmanager
def reviewing(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `photosort review` beside the test; yield it with the address that it gives."""
    program = [str(Path(sys.executable).with_name("photosort")), "review", *arguments]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    ) as process:
        try:
            assert process.stderr
            lines = iter(process.stderr.readline, "")
            yield process, next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
        finally:
            process.kill()


@contextmanager
def browser_page(width: int = 1280, height: int = 720) -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_context(viewport={"width": width, "height": height}).new_page()


@pytest.fixture
def previewed(photosort: Command, pictures: Path) -> Path:
    assert photosort("organize", pictures, "--k", 2, "--dry-run").code == 0
    return pictures


def photos(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix == ".JPG")


def test_all_is_done_by_keyboard_and_arrives_on_disk(previewed: Path) -> None:
    """A rename, a split, a merge, a move, one set aside, an undo; then it is filed."""
    with reviewing("--no-open") as (process, url), browser_page() as page:
        faults = Watched(page).problems
        page.goto(url)
        page.wait_for_selector(".photo")
        press = page.keyboard.press
        assert [page.locator("section.folder h2").nth(n).inner_text() for n in range(3)][-1] == "Set aside"
        first, second = (page.locator(f'section[data-folder="{n}"]') for n in (0, 1))

        first.get_by_role("button", name="Rename").focus()
        press("Enter")
        page.keyboard.type("Temple/Old")
        press("Enter")
        page.get_by_role("heading", name="Temple/Old", exact=True).wait_for()

        second.locator(".photo").first.focus()
        name = second.locator(".photo figcaption").nth(1).inner_text()
        press("ArrowRight")
        press("Space")
        assert page.locator("#count").inner_text() == "1 photo selected"
        press("m")
        page.locator("#which").focus()
        page.keyboard.type("Temple")
        press("Tab")
        press("Enter")
        page.locator("#status", has_text="moved to Temple/Old").wait_for()
        assert first.locator(".count").inner_text() == "13 photos"

        second.locator(".photo").first.focus()
        press("Space")
        press("a")
        page.locator("#set-aside .photo").wait_for()
        press("u")
        page.locator("#set-aside .photo").wait_for(state="detached")

        second.get_by_role("button", name="Split").focus()
        press("Enter")
        page.locator('section[data-folder="2"]').wait_for()
        second.get_by_role("button", name="Merge").focus()
        press("Enter")
        parts = [page.locator(f'section[data-folder="{n}"] h2').inner_text() for n in (1, 2)]
        press("End")
        assert page.locator("#which").input_value() == parts[1]
        press("Tab")
        press("Tab")
        press("Enter")
        page.locator('section[data-folder="2"]').wait_for(state="detached")

        page.locator("#file").focus()
        press("Enter")
        assert "20 photos" in page.locator("#dialog-body").inner_text()
        press("Enter")
        page.locator("#status", has_text="20 photos copied").wait_for()
        assert "photosort undo 2" in page.locator("#status").inner_text()
        page.locator("#done").focus()
        press("Enter")
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 0 and "20 photos copied." in out and faults == []
    sorted_ = previewed.with_name("Pictures-sorted")
    assert len(photos(sorted_ / "Temple" / "Old")) == 13 and len(photos(sorted_ / parts[0])) == 7
    assert name in photos(sorted_ / "Temple" / "Old") and "Temple/Old/IMG_0003.xmp" in names(sorted_)


def test_a_browser_is_given_a_private_file_and_not_the_address(previewed: Path, tmp_path: Path) -> None:
    """Whoever lists the processes of the machine sees its arguments, which must not hold the token."""
    script, seen = tmp_path / "browser", tmp_path / "seen"
    read = f'{{ echo "$1"; stat -c %a "${{1#file://}}"; cat "${{1#file://}}"; }} > {seen}.new'
    script.write_text(f"#!/bin/sh\n{read}\nmv {seen}.new {seen}\n")
    script.chmod(0o755)
    with reviewing(BROWSER=f"{script} %s &") as (process, url):
        assert wait_for(seen.exists)
        address, mode, content = seen.read_text().splitlines()
        assert address.startswith("file://") and "token" not in address and mode == "600" and url in content
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert not Path(address.removeprefix("file://")).exists()


def test_the_whole_is_one_document_for_programs(previewed: Path) -> None:
    with reviewing("--no-open", "--json", "--quiet", "1") as (process, url):
        assert urllib.request.urlopen(url, timeout=20).status == 200
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    document = json.loads(out)
    assert document == {"run": None, "plan_of_run": 1, "saved": None, "outcome": None} and not err


def wait_for(what: Callable[[], bool]) -> bool:
    for _ in range(400):
        if what():
            return True
        time.sleep(0.05)
    return False


def test_photos_are_dragged_and_the_page_can_be_loaded_again(previewed: Path) -> None:
    with reviewing("--no-open") as (process, url), browser_page(1000, 2000) as page:
        faults = Watched(page).problems
        page.goto(url)
        page.wait_for_selector(".photo")
        page.drag_and_drop('section[data-folder="1"] .photo >> nth=0', 'section[data-folder="0"] h2')
        page.locator("#status", has_text="1 photo moved to").wait_for()
        page.reload()
        page.wait_for_selector(".photo")
        assert page.locator('section[data-folder="1"] .count').inner_text() == "7 photos"
        page.locator(".photo img").nth(19).wait_for()
        pictures = page.locator(".photo img")
        widths = [
            picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") for picture in pictures.all()
        ]
        assert len(widths) == 20 and all(widths)
        assert page.url == re.match(r"http://[^/]+/", url)[0]  # type: ignore[index]
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 0 and "No files were touched. Your changes are kept: photosort review 1" in out
        page.get_by_role("button", name="Pin").first.click()
        page.locator("#failure", has_text="has ended").wait_for()
        assert [fault for fault in faults if "ERR_CONNECTION_REFUSED" not in fault] == []
    assert not previewed.with_name("Pictures-sorted").exists()


def test_arrows_lead_through_rows_and_folders(previewed: Path) -> None:
    """A window for four photos in a row: twelve in the first folder, eight in the second; the first photo takes four
    places.
    """
    with reviewing("--no-open") as (_, url), browser_page(640, 900) as page:
        page.goto(url)
        page.wait_for_selector(".photo")

        def at() -> tuple[int, int]:
            place = page.evaluate(
                "() => { const at = document.activeElement; return [Number(at.closest('.folder').dataset.folder),"
                " [...at.parentElement.children].indexOf(at)]; }"
            )
            return place[0], place[1]

        page.locator('section[data-folder="0"] .photo').first.focus()
        seen = []
        for key in ("Right", "Down", "Down", "Down", "Down", "Left", "Up", "Up", "Left", "Left"):
            page.keyboard.press(f"Arrow{key}")
            seen.append(at())
        assert seen == [(0, 1), (0, 3), (0, 7), (0, 11), (1, 1), (1, 0), (0, 10), (0, 6), (0, 5), (0, 4)]


def test_text_of_captions_and_names_stays_text(previewed: Path, own_folders: Path) -> None:
    import sqlite3

    with sqlite3.connect(own_folders / "data" / "history.sqlite") as history:
        history.execute("UPDATE members SET caption = '<img src=x onerror=alert(1)>\"><script>alert(2)</script>'")
        history.execute("UPDATE clusters SET title = '<script>alert(3)</script>'")
    with reviewing("--no-open") as (_, url), browser_page() as page:
        faults, alerts = Watched(page).problems, list[str]()
        page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
        page.goto(url)
        page.wait_for_selector(".photo")
        assert "<script>alert(3)</script>" in page.locator("section.folder").first.inner_text()
        assert page.locator("section script, section img[src=x]").count() == 0
        assert alerts == [] and faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(previewed: Path, scheme: Literal["light", "dark"]) -> None:
    with reviewing("--no-open") as (_, url), chromium() as browser:
        page = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()
        page.goto(url)
        page.wait_for_selector(".photo")
        page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
        page.locator(".photo").first.click()
        for look in ("", "document.getElementById('move').click()", "document.getElementById('dialog').close()"):
            page.evaluate(look)
            found = page.evaluate("axe.run().then(result => result.violations)")
            serious = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]
            assert serious == []


def test_search_map_and_timeline_are_those_of_the_report(previewed: Path) -> None:
    with reviewing("--no-open") as (_, url), browser_page() as page:
        faults = Watched(page).problems
        page.goto(url)
        page.wait_for_selector(".photo")
        labels = page.locator("#map .canvas a").all_text_contents()
        page.fill("#search", page.locator(".photo figcaption").nth(1).inner_text())
        page.locator("#found", has_text=" of 20").wait_for()
        page.keyboard.press("Escape")
        first = page.locator('section[data-folder="0"]')
        first.get_by_role("button", name="Rename").click()
        page.locator("#name").fill("Zebras")
        page.keyboard.press("Enter")
        page.locator(".side a", has_text="Zebras").wait_for()
        assert page.locator("#map .canvas a").all_text_contents() == ["Zebras", *labels[1:]]
        page.fill("#search", "zebras")
        page.locator("#found", has_text=" of 20").wait_for()
        first.locator(".photo").first.focus()
        page.keyboard.press("Enter")
        page.locator("#photo").wait_for()
        assert page.locator("#photo .picture img").evaluate("(image) => image.decode().then(() => image.src)")
        assert faults == []


def test_another_page_of_the_same_browser_reaches_nothing(previewed: Path, tmp_path: Path) -> None:
    """A page from a file asks for everything that the review has, and changes nothing."""
    with reviewing("--no-open") as (_, url), browser_page() as page:
        page.goto(url)
        page.wait_for_selector(".photo")
        origin = url.partition("/?")[0]
        other = page.context.new_page()
        (tmp_path / "other.html").write_text("<!doctype html><title>other</title>")
        other.goto((tmp_path / "other.html").as_uri())
        script = """async (url) => {
            try { return (await fetch(url, { method: "POST", body: '{"do": "file"}' })).status; }
            catch { return "refused"; }
        }"""
        assert other.evaluate(script, f"{origin}/ask") == "refused"
        seen = "(url) => fetch(url).then((answer) => answer.text(), () => 'refused')"
        assert [other.evaluate(seen, f"{origin}/{path}") for path in ("", "state", "picture/0")] == ["refused"] * 3
        assert page.locator("section.folder h2").count() == 3
    assert not previewed.with_name("Pictures-sorted").exists()
