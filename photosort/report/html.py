"""From the data of a page to one HTML document that loads nothing from anywhere else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from photosort.report.page import Page, PageFolder
from photosort.support.printable import printable

SIGNATURE = "<!doctype html>\n<!-- A report of photosort. It is replaced by the next report of this name. -->\n"
"""How every report begins, so that no other file is taken for one."""

CHUNK = 120
"""Photos that are laid out together: whole rows of 2, 3, 4, 5, 6, 8, 10 or 12."""

EXEMPLAR = 4
"""Places that the first photo of a folder takes."""

STYLE = "page.css"
SCRIPTS = ("page.js", "map.js", "timeline.js")
"""In their order: the first makes what the others use."""

ASIDE, NEW = -1, -2
"""Numbers of what is no folder of the run: the photos that an editor sets aside, and a folder that it adds."""

GOLDEN_ANGLE = 137.508
"""Degrees between the colours of two folders that follow each other: any number of them are set apart."""

POLICY = {
    "default-src": "'none'",
    "img-src": "data: file:",
    "base-uri": "'none'",
    "form-action": "'none'",
}
"""What the page may load: pictures within it, and from the disk it lies on. It sends nothing anywhere."""


Address = Callable[[int], str]
"""The index of a photo -> the address of its thumbnail; "" where it has none."""


def render(page: Page, address: Address) -> str:
    """Return the page as an HTML document that holds all it needs, except the thumbnails."""
    from markupsafe import Markup

    styles = [asset(STYLE), _colours(page)]
    scripts = [*map(asset, SCRIPTS)]
    return SIGNATURE + _rendered(
        "page.html",
        page,
        address,
        editing=False,
        styles=[Markup(text) for text in styles],
        scripts=[Markup(text) for text in scripts],
        policy=_policy(styles, scripts),
    )


def render_editable(page: Page) -> str:
    """Return what the body of the same page holds, with what an editor needs: buttons, photos that can be selected and
    dragged, a place for photos that are set aside (folder ASIDE) and a template for new folders. Its script brings the
    thumbnails of the photos that come near.
    """
    return _rendered(
        "body.html",
        page,
        lambda index: "",
        editing=True,
        aside=ASIDE,
        set_aside=PageFolder(ASIDE, "Set aside", (), (), None, ()),
        new_folder=PageFolder(NEW, "", (), (), None, ()),
        chunk_size=CHUNK,
        exemplar_size=EXEMPLAR,
    )


def asset(name: str) -> str:
    """Return a style sheet or script of the page."""
    return files("photosort.report").joinpath("assets", name).read_text(encoding="utf-8")


def _rendered(template: str, page: Page, address: Address, **more: Any) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("photosort.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["printable"] = printable
    return environment.get_template(template).render(
        page=page,
        address=address,
        chunks=_chunks,
        left=_by_reason(page.left),
        settings=_settings(page.settings),
        **more,
    )


def _chunks(folder: PageFolder) -> list[list[tuple[int, int]]]:
    """Return the (place, index) of a folder's photos, in parts that each fill whole rows."""
    placed, first = list(enumerate(folder.photos)), CHUNK - EXEMPLAR + 1
    return [placed[:first], *(placed[start : start + CHUNK] for start in range(first, len(placed), CHUNK))]


def _by_reason(left: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Return what was left by its reason, the most frequent first."""
    paths: dict[str, list[str]] = {}
    for path, reason in left:
        paths.setdefault(reason, []).append(path)
    return sorted(paths.items(), key=lambda entry: -len(entry[1]))


def _colours(page: Page) -> str:
    return "\n".join(
        f'[data-folder="{folder.number}"] {{ --colour: oklch(var(--lightness) var(--chroma) '
        f"{(25 + GOLDEN_ANGLE * place) % 360:.1f}); }}"
        for place, folder in enumerate(page.folders)
    )


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    allowed = {**POLICY, "style-src": _hashes(styles), "script-src": _hashes(scripts)}
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _hashes(texts: Sequence[str]) -> str:
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts)


def _settings(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what was set, by name; what was not is left out."""
    return [
        (name.replace("_", " "), printable(", ".join(map(str, value)) if isinstance(value, list) else str(value)))
        for name, value in settings.items()
        if value not in (None, "", [], {})
    ]
