"""Folders by year, month and place, and events: real photos with EXIF, on a real disk, in one run and in the next."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fakes.filing_kit import tree
from fakes.models import COLOURS, use_colours
from fakes.photos import digests, filed
from PIL import Image

from photosort.models.selected import ModelSet, select_models
from photosort.settings.settings import load_settings
from photosort.store.history import open_history
from photosort.store.runs.runs import Runs
from photosort.workflows.earlier_runs.continuing import Unchanged
from photosort.workflows.explaining.clusters import Clusters
from photosort.workflows.explaining.folder import folder_view
from photosort.workflows.history import undo_run
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized

Place = tuple[float, float]

RIMINI: Place = (44.0627, 12.5787)
VIENNA: Place = (48.2082, 16.3738)
SYDNEY: Place = (-33.857, 151.215)
RIO: Place = (-22.95, -43.21)
NULL: Place = (0.0, 0.0)


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    use_colours(monkeypatch)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "in"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def shoot(source: Path, colour: str, taken: str = "", count: int = 4, place: Place | None = None) -> list[str]:
    """JPEGs of one colour with a time and a place in EXIF, ten minutes apart, no two alike."""
    source.mkdir(exist_ok=True)
    names = []
    for number in range(count):
        grain = np.random.default_rng(len(list(source.iterdir()))).integers(-9, 9, (20, 30, 3))
        exif = Image.Exif()
        if taken:
            moment = datetime.fromisoformat(taken) + timedelta(minutes=10 * number)
            exif[0x8769] = {0x9003: f"{moment:%Y:%m:%d %H:%M:%S}"}
        if place:
            sides = {1: "N" if place[0] >= 0 else "S", 3: "E" if place[1] >= 0 else "W"}
            exif[0x8825] = {**sides, 2: (abs(place[0]), 0.0, 0.0), 4: (abs(place[1]), 0.0, 0.0)}
        names.append(f"{colour}-{len(list(source.iterdir())):03d}.jpg")
        pixels = (np.array(COLOURS[colour]) + grain).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(source / names[-1], exif=exif.tobytes(), quality=95)
    return names


def models(**changed: object) -> ModelSet:
    return select_models(
        load_settings(**{"fusion": "image", "names": "keywords", "name_template": "{title}"} | changed)
    )


def sort(source: Path, out: Path, **changed: object) -> Organized:
    done = organize(source, out, models(**changed))
    assert isinstance(done, Organized)
    return done


def folders(out: Path) -> dict[str, int]:
    """How many photos lie in each folder; those of one colour only are called by it."""
    found = Counter(path.parent.relative_to(out).as_posix() for path in filed(out))
    return dict(sorted(found.items()))


def by_colour(out: Path) -> dict[str, int]:
    """Folder without its last name, and the colours of the photos in it."""
    found = Counter(
        f"{path.parent.parent.relative_to(out).as_posix()}/{path.name.split('-')[0]}" for path in filed(out)
    )
    return dict(sorted(found.items()))


def test_each_photo_comes_into_its_year_below_it_into_its_cluster(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-14T12:00:00", 3)
    shoot(source, "red", "2021-07-14T12:00:00", 2)
    shoot(source, "blue", "2021-01-01T00:00:00", 5)
    shoot(source, "red", "", 2)
    before = digests(source)
    done = sort(source, out, k=2, levels="year,auto")
    assert by_colour(out) == {"2019/red": 3, "2021/blue": 5, "2021/red": 2, "Undated/red": 2}
    (title,) = {path.split("/")[1] for path in folders(out) if path.startswith(("2019", "Undated"))}
    assert folders(out)[f"2021/{title}"] == 2
    assert digests(source) == before
    undo_run(load_settings().data_dir, done.prepared.run)
    assert not out.exists() or filed(out) == []
    assert digests(source) == before


def test_a_next_photo_of_another_year_is_no_rival(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-14T12:00:00", 3)
    shoot(source, "red", "2021-07-14T12:00:00", 3)
    shoot(source, "blue", "2021-07-14T12:00:00", 3)
    done = sort(source, out, k=2, levels="year,auto")
    with open_history(load_settings().data_dir) as connection:
        runs = Runs(connection)
        named = {cluster.number: cluster for cluster in runs.clusters(done.prepared.run)}
        members = runs.members(done.prepared.run)
    reds = [member for member in members if member.path.name.startswith("red")]
    assert {named[member.cluster].title for member in reds} != {named[member.runner_up].title for member in reds}
    assert all(member.similarity > member.runner_up_similarity for member in members)
    assert all(sum(count for _, count in cluster.keywords) <= 2 * 3 for cluster in named.values())


def test_one_level_by_date_alone_needs_no_cluster(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-14T12:00:00", 2)
    shoot(source, "blue", "2019-07-15T12:00:00", 2)
    shoot(source, "blue", "2019-11-15T12:00:00", 1)
    shoot(source, "blue", "", 1)
    done = sort(source, out, levels="year,month")
    assert folders(out) == {"2019/2019-07": 4, "2019/2019-11": 1, "Undated": 1}
    assert {name.source for name in done.prepared.names} == {"facts"}
    shoot(source, "red", "2019-07-20T12:00:00", 1)
    shoot(source, "red", "2020-02-20T12:00:00", 1)
    sort(source, out, levels="year,month")
    assert folders(out) == {"2019/2019-07": 5, "2019/2019-11": 1, "2020/2020-02": 1, "Undated": 1}


def test_places_are_levels_on_every_side_of_the_earth(source: Path, out: Path) -> None:
    for place in (RIMINI, SYDNEY, RIO, NULL):
        shoot(source, "red", "2019-07-14T12:00:00", 1, place)
    shoot(source, "red", "2019-07-14T12:00:00", 1)
    sort(source, out, levels="country,place")
    assert folders(out) == {
        "Australia/Sydney": 1,
        "Brazil/Rio de Janeiro": 1,
        "Italy/Rimini": 1,
        "Unknown place": 2,
    }


def test_facts_beside_a_title_are_those_that_most_photos_share(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-14T12:00:00", 5, RIMINI)
    shoot(source, "red", "2019-08-14T12:00:00", 1, VIENNA)
    shoot(source, "red", "2021-07-14T12:00:00", 1, VIENNA)
    sort(source, out, k=1, name_template="{year}/{place} {month} ({photos}) {index}")
    assert folders(out) == {"2019/Rimini 2019-07 – 2019-08 (6) 1": 6, "2021/Vienna 2021-07 (1) 1": 1}


def test_a_template_without_levels_is_as_it_was(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-14T12:00:00", 2, RIMINI)
    shoot(source, "red", "2021-08-14T12:00:00", 2, RIMINI)
    sort(source, out, k=1, name_template="{year} {place}, {country} {index}")
    assert folders(out) == {"2019-2021 Rimini, Italy 1": 4}


def test_new_photos_come_into_their_year_of_a_known_cluster(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-14T12:00:00", 8)
    shoot(source, "blue", "2021-01-01T00:00:00", 8)
    sort(source, out, k=2, levels="year,auto")
    titles = {path.split("/")[0]: path.split("/")[1] for path in folders(out)}
    shoot(source, "red", "2022-07-14T12:00:00", 3)
    shoot(source, "red", "2019-08-14T12:00:00", 2)
    shoot(source, "blue", "", 1)
    done = sort(source, out)
    assert folders(out) == {
        f"2019/{titles['2019']}": 10,
        f"2021/{titles['2021']}": 8,
        f"2022/{titles['2019']}": 3,
        f"Undated/{titles['2021']}": 1,
    }
    assert done.prepared.given_up == ()
    assert isinstance(organize(source, out, models()), Unchanged)
    assert set(Counter(digests(out)).values()) == {1}


def test_a_folder_that_the_user_renamed_keeps_its_name_and_draws_new_photos(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-14T12:00:00", 8)
    shoot(source, "blue", "2019-01-01T00:00:00", 8)
    sort(source, out, k=2, levels="year,auto")
    red = next(path.parent for path in filed(out) if path.name.startswith("red"))
    red.rename(red.with_name("Our barn"))
    shoot(source, "red", "2022-07-14T12:00:00", 3)
    sort(source, out)
    assert folders(out)["2022/Our barn"] == 3 and folders(out)["2019/Our barn"] == 8


def test_a_folder_that_the_user_moved_out_of_its_year_is_joined_as_it_is(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-14T12:00:00", 8)
    shoot(source, "blue", "2019-01-01T00:00:00", 8)
    sort(source, out, k=2, levels="year,auto")
    red = next(path.parent for path in filed(out) if path.name.startswith("red"))
    red.rename(out / "Best of")
    shoot(source, "red", "2022-07-14T12:00:00", 3)
    sort(source, out)
    assert folders(out)["Best of"] == 11
    assert set(Counter(digests(out)).values()) == {1}


def test_flags_for_other_levels_are_given_up_where_folders_stand(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-14T12:00:00", 8)
    sort(source, out, k=1)
    (folder,) = folders(out)
    shoot(source, "red", "2021-07-14T12:00:00", 2)
    done = sort(source, out, levels="year,auto", name_template="{year}/{title}")
    assert done.prepared.given_up == ("--levels", "--name-template")
    assert folders(out) == {folder: 10}
    fresh = organize(source, out, models(levels="year,auto", k=1), fresh=True, dry_run=True)
    assert isinstance(fresh, Organized)
    assert {path.split("/")[0] for path in fresh.prepared.folders.paths} == {"2019", "2021"}


def test_events_are_called_by_date_place_and_what_they_show(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-13T20:00:00", 6, RIMINI)
    shoot(source, "red", "2019-07-14T11:00:00", 6, RIMINI)
    shoot(source, "blue", "2019-08-03T10:00:00", 4)
    shoot(source, "blue", "", 3)
    before = tree(source)
    done = sort(source, out, events=True)
    found = list(folders(out).items())
    assert [(name.split(" ")[0], count) for name, count in found] == [
        ("2019-07-13", 12),
        ("2019-08-03", 4),
        ("Undated", 3),
    ]
    assert found[0][0].startswith("2019-07-13 – 14 Rimini, ")
    assert tree(source) == before
    with open_history(load_settings().data_dir) as connection:
        clusters = Clusters(connection, Runs(connection).get(done.prepared.run))
        views = [folder_view(clusters, record.number, None).period for record in clusters.records]
    first, second, undated = views
    assert first is not None and first.before is None and first.after == second.before  # type: ignore[union-attr]
    assert first.first == "2019-07-13T20:00:00" and first.last == "2019-07-14T11:50:00"
    assert undated is None


def test_new_photos_join_their_event_and_make_new_ones(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-13T10:00:00", 6, RIMINI)
    shoot(source, "blue", "2019-08-03T10:00:00", 4)
    shoot(source, "green", "", 2)
    sort(source, out, events=True)
    (rimini, summer, undated) = folders(out)
    shoot(source, "blue", "2019-07-13T14:30:00", 2, RIMINI)
    shoot(source, "blue", "2020-01-01T00:10:00", 3, VIENNA)
    shoot(source, "red", "", 1)
    sort(source, out)
    now = folders(out)
    assert (now.pop(rimini), now.pop(summer), now.pop(undated)) == (8, 4, 3)
    ((new, count),) = now.items()
    assert new.startswith("2020-01-01 Vienna") and count == 3
    assert isinstance(organize(source, out, models(events=True)), Unchanged)
    assert set(Counter(digests(out)).values()) == {1}


def test_a_photo_that_came_late_joins_the_event_that_is_nearest_in_time(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-07-15T16:00:00", 4)
    shoot(source, "red", "2019-07-17T13:00:00", 4)
    sort(source, out, events=True)
    first, second = folders(out)
    shoot(source, "red", "2019-07-15T23:00:00", 1)
    shoot(source, "red", "2019-07-16T19:00:00", 1)
    shoot(source, "red", "2019-07-16T09:00:00", 1)
    sort(source, out)
    assert folders(out) == {first: 6, second: 5}


def test_an_event_over_the_turn_of_the_year_stays_in_one_folder(source: Path, out: Path) -> None:
    shoot(source, "red", "2019-12-31T23:30:00", 8)
    shoot(source, "red", "2020-03-01T23:30:00", 2)
    sort(source, out, events=True, levels="year,auto")
    (eve, spring) = folders(out)
    assert eve.startswith("2019/2019-12-31 – 2020-01-01") and spring.startswith("2020/2020-03-01")
    assert sorted(folders(out).values()) == [2, 8]


def test_events_do_not_depend_on_the_zone_of_this_computer(
    source: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shoot(source, "red", "2019-03-30T22:00:00", 6)
    shoot(source, "red", "2019-03-31T09:00:00", 6)
    found = []
    for zone in ("UTC", "Europe/Vienna", "Pacific/Auckland"):
        monkeypatch.setenv("TZ", zone)
        done = organize(source, out, models(events=True), dry_run=True)
        assert isinstance(done, Organized)
        found.append(done.prepared.folders.paths)
    assert found[0] == found[1] == found[2] and len(found[0]) == 1
