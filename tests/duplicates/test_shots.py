"""The camera says which photos were taken at different times, and which follow each other."""

from pathlib import Path

import pytest

from photosort.duplicates.shots import Shot, are_two_shots, series


def shot(taken: str = "", *, camera: str = "Canon EOS R", fraction: str = "", named: str = "") -> Shot:
    return Shot(Path("a.jpg"), "0", taken=taken, camera=camera, fraction=fraction, named=named)


NOON = "2024-05-01T12:00:00"


@pytest.mark.parametrize(
    ("one", "other", "two"),
    [
        (shot(NOON), shot("2024-05-01T12:00:01"), True),
        (shot(NOON), shot(NOON), False),
        (shot(NOON, fraction="10"), shot(NOON, fraction="55"), True),
        (shot(NOON, fraction="10"), shot(NOON, fraction="100"), False),
        (shot(NOON, fraction="10"), shot(NOON), False),
        (shot(NOON), shot("2024-05-01T12:00:01", camera="Pixel 8"), False),
        (shot(NOON), shot(""), False),
        (shot(NOON, camera=""), shot("2024-05-01T12:00:01", camera=""), False),
        (shot(f"{NOON}+02:00"), shot(NOON), False),
    ],
)
def test_times_of_one_camera_tell_two_shots(one: Shot, other: Shot, two: bool) -> None:
    assert are_two_shots(one, other) is two
    assert are_two_shots(other, one) is two


def test_a_series_ends_where_seconds_pass_or_the_camera_changes() -> None:
    times = ["12:00:05", "12:00:00", "12:00:01", "12:00:03", "12:00:09", ""]
    shots = [shot(f"2024-05-01T{time}" if time else "") for time in times]
    shots += [shot("2024-05-01T12:00:02", camera="Pixel 8"), shot("2024-05-01T12:00:10", camera="Pixel 8")]
    assert list(series(shots)) == [[1, 2, 3, 0]]


def test_the_name_of_a_file_tells_the_time_where_exif_does_not() -> None:
    shots = [shot(named=f"2024-05-01T12:00:0{second}", camera="") for second in (1, 2, 8)]
    assert list(series(shots)) == [[0, 1]]


def test_fractions_order_the_shots_of_one_second() -> None:
    shots = [shot(NOON, fraction="9"), shot(NOON, fraction="15"), shot("2024-05-01T12:00:02", fraction="95")]
    assert list(series(shots)) == [[1, 0]]


def test_a_time_that_is_none_is_no_time() -> None:
    assert list(series([shot("yesterday"), shot("2024-99-01T00:00:00")])) == []
