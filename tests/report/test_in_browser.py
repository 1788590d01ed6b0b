"""The page in a real browser: search, keys, the view of a photo, both schemes, narrow and wide, and no request."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.browser import Watched
from fakes.pages import HOSTILE, addresses, page
from playwright.sync_api import Browser, Page, expect

from photosort.report.html import CHUNK, render

pytestmark = pytest.mark.slow

AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(page(), addresses(36)), encoding="utf-8")
    return path


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    yield opened
    opened.close()


def shown(tab: Page) -> list[str]:
    """The names of the photos that can be seen."""
    return tab.locator(".photo:visible figcaption").all_text_contents()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_opens_without_a_word_or_a_request_and_fits(browser: Browser, report: Path, scheme: str, width: int) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 740}, color_scheme=scheme)
    watched = Watched(tab)
    tab.goto(report.as_uri())
    tab.locator("#left").scroll_into_view_if_needed()
    assert watched.problems == []
    assert {url.partition(":")[0] for url in watched.requests} <= {"file", "data"}
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(246, 246, 245)", "dark": "rgb(22, 23, 26)"}[scheme]
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, report: Path, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    tab = context.new_page()
    tab.goto(report.as_uri())
    tab.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    for look in ("", "photosort.open(2)"):
        tab.evaluate(look)
        found = tab.evaluate("axe.run().then(result => result.violations)")
        serious = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]
        assert serious == []
    context.close()


def test_search_filters_as_it_is_typed(tab: Page, report: Path) -> None:
    tab.goto(report.as_uri())
    tab.keyboard.press("/")
    tab.keyboard.type("PHOTO lake-1")
    expect(tab.locator("#found")).to_have_text("3 of 36")
    assert shown(tab) == ["lake-1.jpg", "lake-10.jpg", "lake-11.jpg"]
    assert tab.locator(".folder:visible h2").all_text_contents() == ["lakes"]
    assert tab.locator(".side b").all_text_contents() == ["0", "3", "0"]
    tab.fill("#search", "ete")
    expect(tab.locator("#found")).to_have_text("12 of 36")
    tab.fill("#search", "<b>")
    expect(tab.locator(".none")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("#found")).to_have_text("")
    assert len(shown(tab)) == 36


def test_a_bar_of_the_timeline_shows_its_photos(tab: Page, report: Path) -> None:
    tab.goto(report.as_uri())
    expect(tab.locator("#timeline .note")).to_contain_text("12 of 36 photos have no date")
    years = tab.locator("#timeline .axis span").all_text_contents()
    assert years == sorted(set(years)) and "2020" in years
    tab.get_by_role("button", name="March 2020: 2").click()
    expect(tab.locator("#found")).to_have_text("2 of 36")
    assert shown(tab) == ["lake-2.jpg", "lake-11.jpg"]
    tab.click("#clear")
    assert len(shown(tab)) == 36
    assert tab.locator('#timeline [aria-pressed="true"]').count() == 0


def test_it_works_by_keyboard_alone(tab: Page, report: Path) -> None:
    tab.goto(report.as_uri())
    tab.locator(".photo").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        tab.keyboard.press(key)
    focused = "document.activeElement.dataset.photo"
    assert tab.evaluate(focused) == "1"
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate(focused) == "5"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('.folder').dataset.folder") == "1"
    tab.keyboard.press("Shift+Tab")
    assert tab.evaluate(focused) == "5"
    tab.keyboard.press("Enter")
    dialog = tab.locator("dialog")
    expect(dialog.locator("h2")).to_have_text("dog-5.jpg")
    expect(dialog.locator(".facts")).to_have_text("2019-06-11two people")
    expect(dialog.locator(".likeness")).to_have_text("dogs0.85lakes0.40")
    tab.keyboard.press("ArrowRight")
    expect(dialog.locator("h2")).to_have_text("dog-6.jpg")
    tab.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(tab.locator('[data-photo="6"]')).to_be_focused()


def test_the_view_of_a_photo_goes_on_to_the_next_folder(tab: Page, report: Path) -> None:
    tab.goto(report.as_uri())
    tab.locator('[data-photo="11"]').click()
    expect(tab.locator("dialog .place")).to_have_text("12 of 12")
    tab.locator("dialog .after").click()
    expect(tab.locator("dialog h2")).to_have_text("lake-0.jpg")
    tab.locator("dialog .likeness a").nth(1).click()
    expect(tab.locator("dialog")).to_be_hidden()
    expect(tab).to_have_url(re.compile("#folder-2$"))


def test_the_map_shows_a_photo_under_the_pointer_and_by_keys(tab: Page, report: Path) -> None:
    tab.goto(report.as_uri())
    canvas = tab.locator("#map canvas")
    assert tab.locator("#map .canvas a").all_text_contents() == ["dogs", "lakes", "Étés"]
    canvas.focus()
    tab.keyboard.press("ArrowRight")
    expect(tab.locator(".peek")).to_contain_text("a photo of a")
    tab.keyboard.press("Enter")
    expect(tab.locator("dialog")).to_be_visible()
    tab.keyboard.press("Escape")
    box = canvas.bounding_box()
    assert box
    canvas.hover(position={"x": 28, "y": 28})
    expect(tab.locator(".peek")).to_contain_text("dog number 0")


def test_hostile_texts_stay_texts(tab: Page, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render(page(hostile=HOSTILE), addresses(36)), encoding="utf-8")
    watched = Watched(tab)
    tab.goto(path.as_uri())
    tab.fill("#search", "dog")
    tab.locator(".photo").first.click()
    expect(tab.locator("dialog .caption")).to_have_text(f"a photo of a dog number 0{HOSTILE}")
    assert tab.title() != "owned" and watched.problems == []
    assert tab.locator("h2").nth(3).text_content() == f"lakes{HOSTILE}"
    assert tab.locator("img[src=x]").count() == 0


def test_large_folders_are_drawn_in_parts_and_searched_whole(tab: Page, tmp_path: Path) -> None:
    each = 3 * CHUNK
    path = tmp_path / "report.html"
    make = addresses(1)
    path.write_text(render(page(each=each), lambda index: make(0)), encoding="utf-8")
    tab.goto(path.as_uri())
    before = tab.evaluate("document.documentElement.scrollHeight")
    tab.locator("#settings").scroll_into_view_if_needed()
    assert abs(tab.evaluate("document.documentElement.scrollHeight") - before) < 0.02 * before
    tab.fill("#search", "lake-7")
    expect(tab.locator("#found")).to_have_text("11 of 1,080")
    assert len(shown(tab)) == 11


def test_without_scripts_the_photos_are_there(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(report.as_uri())
    expect(tab.locator(".photo img").first).to_be_visible()
    context.close()
