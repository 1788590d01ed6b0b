"""Of each photo, the newest run that knows it counts."""

from dataclasses import replace
from pathlib import Path

from photosort.store.history import open_history
from photosort.store.remembered import LOOKUP, Remembered, remembered
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Runs


def member(name: str, digest: str, cluster: int = 0) -> MemberRecord:
    return MemberRecord(Path("/photos", name), digest, cluster, 0, "a dog", 0.9, 1, 0.1)


def test_the_newest_run_that_knows_a_photo_counts(tmp_path: Path) -> None:
    with open_history(tmp_path) as history:
        runs = Runs(history)

        def filed(*members: MemberRecord) -> int:
            clusters = [ClusterRecord(number, f"Dogs {number}", "", "", (), "keywords", 0.9) for number in (0, 1)]
            run = runs.add(
                source=Path("/photos"),
                destination=Path("/sorted"),
                mode="copy",
                settings={},
                clusters=clusters,
                members=members,
                left=[],
            )
            runs.start(run)
            return run

        many = [member(f"many{number}.jpg", f"m{number:04}") for number in range(LOOKUP + 1)]
        moved = replace(member("old.jpg", "old", 1), answer={"by": "you", "was": "Cats"})
        first = filed(member("both.jpg", "both"), moved, *many)
        second = filed(member("b.jpg", "both", 1), member("a.jpg", "both", 0), member("other.jpg", "other"))
        third = filed(member("both.jpg", "both"))
        wanted = ["unknown", "both", "old", *(one.digest for one in many)]
        assert remembered(history, [second, first], wanted, "you") == {
            "both": [Remembered(second, 0, "Dogs 0"), Remembered(second, 1, "Dogs 1")],
            "old": [Remembered(first, 1, "Dogs 1", by_user=True, was="Cats")],
            **{one.digest: [Remembered(first, 0, "Dogs 0")] for one in many},
        }
        assert remembered(history, [third, second], ["both"], "you") == {"both": [Remembered(third, 0, "Dogs 0")]}
        assert remembered(history, [], wanted, "you") == {}
