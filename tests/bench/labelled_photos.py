"""Gathers the labelled photos of the README's tables: python tests/bench/labelled_photos.py DIR

Needs a Debian or Ubuntu whose package lists are there (`apt-get update`). Downloads the packages
tuxpaint-stamps-default (GPL-2+) and gcompris-qt-data (GPL-3+), unpacks them beside DIR without installing them, and
copies 425 photos into one folder for each of 14 classes. Stamps have captions that people wrote: DIR/captions.jsonl has
those 201, as `photosort evaluate --texts-file` takes them. DIR/captions.csv (path, class, caption, caption_source) has
a line for every photo; for the pictures of GCompris the file name stands in for a caption. Pictures keep the licence of
their package.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import struct
import subprocess
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGES = ("tuxpaint-stamps-default", "gcompris-qt-data")
LEAST_MEMBERS = 8
LEAST_SIDE, LEAST_BYTES = 100, 8_000  # below this, stamps are thumbnails and flat drawings

STAMP_CLASSES = {
    "animals/amphibians": "reptiles",
    "animals/birds": "birds",
    "animals/fish": "fish",
    "animals/insects": "insects",
    "animals/lizards": "reptiles",
    "animals/mammals": "mammals",
    "animals/marsupials": "mammals",
    "food/fruit": "fruit",
    "food/vegetables": "vegetables",
    "hobbies/music": "musical_instruments",
    "household/tools": "hand_tools",
    "military/vehicles": "vehicles",
    "plants/flowers": "flowers",
    "seasonal/halloween": "gravestones_halloween",
    "symbols/money": "coins",
    "town/monuments": "monuments",
    "vehicles": "vehicles",
}
DRAWN = re.compile("cartoon|toys|plastic|00_symbols")
ACTIVITIES = (
    "categorization",
    "explore_monuments",
    "erase",
    "explore_farm_animals",
    "explore_world_animals",
    "details",
)
ANIMALS = {
    "birds": "gosling heron kingfisher northern_harrier penguin spoonbills swans toucan chicken duck owl scarlet_macaw",
    "reptiles": "chamaeleon chameleon crocodile",
    "insects": "bee butterfly caterpillar",
    "": "dragon narwhal dolphin crab",  # drawn
}
ANIMAL_CLASS = {name: kind for kind, names in ANIMALS.items() for name in names.split()}
PAINTERS = re.compile("Gogh|Tanguy|Auvers")


class Picture(NamedTuple):
    """One labelled photo; `kind` is its class."""

    kind: str
    name: str
    content: bytes
    caption: str
    source: str


def unpacked(package: str, work: Path) -> Path:
    """The folder with the files of a Debian package."""
    if not any(work.glob(f"{package}_*.deb")):
        subprocess.run(["apt-get", "download", package], cwd=work, check=True)
    folder, archive = work / package, next(work.glob(f"{package}_*.deb"))
    subprocess.run(["dpkg", "-x", str(archive), str(folder)], check=True)
    return folder / "usr/share"


def resources(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files in a Qt binary resource file, with their paths (Qt's `rcc --binary`, all formats up to 3)."""
    raw = path.read_bytes()
    version, tree, contents, names = struct.unpack_from(">4I", raw, 4)
    entry = 14 if version < 2 else 22

    def below(index: int, parent: str) -> Iterator[tuple[str, bytes]]:
        at = tree + index * entry
        name_at, flags = struct.unpack_from(">IH", raw, at)
        length = struct.unpack_from(">H", raw, names + name_at)[0]
        begin = names + name_at + 6
        here = f"{parent}/{raw[begin : begin + 2 * length].decode('utf-16-be')}" if index else parent
        if flags & 2:
            count, first = struct.unpack_from(">II", raw, at + 6)
            for child in range(first, first + count):
                yield from below(child, here)
        elif not flags & 4:  # 4 is zstandard, which none of these files use
            start = contents + struct.unpack_from(">I", raw, at + 10)[0]
            size = struct.unpack_from(">I", raw, start)[0]
            content = raw[start + 4 : start + 4 + size]
            yield here, zlib.decompress(content[4:]) if flags & 1 else content

    return below(0, "")


def words(name: str) -> str:
    """`GreatWall_2` -> `great wall`."""
    spaced = re.sub(r"[_-]+|(?<=[a-z])(?=[A-Z])", " ", re.sub(r"\d+$", "", name))
    return spaced.strip().lower()


def gcompris_class(activity: str, path: str, name: str) -> str:
    """The class of a picture, or nothing where it has none here."""
    for part, kind in (("/fishes/", "fish"), ("/tools/", "hand_tools"), ("/monuments/", "monuments")):
        if part in path:
            return kind
    if activity == "explore_monuments":
        return "monuments"
    if "/renewable/" in path:
        return {"windmill": "wind_power", "solar": "solar_power"}.get(words(name), "")
    if activity == "details":
        return "paintings" if name.endswith("_background") and PAINTERS.search(name) else ""
    return "" if activity == "categorization" else ANIMAL_CLASS.get(name, "mammals")


def gcompris(share: Path) -> Iterator[Picture]:
    """The pictures of six activities."""
    for activity in ACTIVITIES:
        for path, content in resources(share / f"gcompris-qt/rcc/{activity}.rcc"):
            file = Path(path)
            kind = gcompris_class(activity, path, file.stem) if file.suffix == ".webp" else ""
            if kind:
                caption = words(file.stem.replace("_background", ""))
                yield Picture(kind, f"{activity}_{file.name}", content, caption, "filename")


def stamps(share: Path) -> Iterator[Picture]:
    """The photographed stamps that have a caption."""
    root = share / "tuxpaint/stamps"
    for path in sorted(root.rglob("*.png")):
        folder, caption = path.parent.relative_to(root).as_posix(), path.with_suffix(".txt")
        places = [place for place in STAMP_CLASSES if f"{folder}/".startswith(f"{place}/")]
        if not places or DRAWN.search(folder) or not caption.exists() or path.with_suffix(".svg").exists():
            continue
        content = path.read_bytes()
        if max(struct.unpack_from(">II", content, 16)) < LEAST_SIDE or len(content) < LEAST_BYTES:
            continue
        said = caption.read_text(encoding="utf-8").splitlines()[0].strip()
        yield Picture(STAMP_CLASSES[max(places, key=len)], f"stamp_{path.name}", content, said, "human")


def main() -> None:
    """Gather them and say how many there are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    work = folder.with_name(f"{folder.name}.packages")
    work.mkdir(parents=True, exist_ok=True)
    tuxpaint, education = (unpacked(package, work) for package in PACKAGES)
    every = {(one.kind, one.name): one for one in (*gcompris(education), *stamps(tuxpaint))}
    members = Counter(one.kind for one in every.values())
    chosen = [one for _, one in sorted(every.items()) if members[one.kind] >= LEAST_MEMBERS]
    for one in chosen:
        (folder / one.kind).mkdir(parents=True, exist_ok=True)
        (folder / one.kind / one.name).write_bytes(one.content)
    with (folder / "captions.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("path", "class", "caption", "caption_source"))
        rows.writerows((f"{one.kind}/{one.name}", one.kind, one.caption, one.source) for one in chosen)
    with (folder / "captions.jsonl").open("w", encoding="utf-8") as file:
        for one in chosen:
            if one.source == "human":
                line = {"id": f"{one.kind}/{one.name}", "label": one.kind, "texts": [one.caption]}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"{len(chosen)} photos in {len({one.kind for one in chosen})} classes: {folder}")


if __name__ == "__main__":
    main()
