import subprocess
import sys
from pathlib import Path

import photosort.wordnet

DATA = Path(photosort.wordnet.__file__).parent / "data"

WORDNET = """\
  1 This software and database is being provided to you
00000001 03 n 01 thing 0 001 ~ 00000002 n 0000 | all there is
00000002 05 n 02 big_cat 0 cat 1 001 @ 00000001 n 0000 | roars
00000003 05 n 01 Lion 0 002 @ 00000002 n 0000 #m 00000009 n 0000 | has a mane; "a lion"
00000004 05 n 01 hour_hand 0 001 @i 00000001 n 0000 | turns
00000005 05 n 01 unrelated 0 001 @ 00000001 n 0000 | not asked for
"""


def make(tmp_path: Path, everyday: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "data.noun").write_text(WORDNET)
    (tmp_path / "labels.txt").write_text("n00000004\nn00000003\n")
    (tmp_path / "everyday.tsv").write_text(everyday)
    options = ["--wordnet", "data.noun", "--labels", "labels.txt", "--everyday", "everyday.tsv"]
    return subprocess.run(
        [sys.executable, DATA / "make_nouns.py", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def test_labels_ancestors_and_everyday_names_become_a_table(tmp_path):
    made = make(tmp_path, "# note\nn00000002\tbig cat\t\tkind\t\t\n")
    assert made.stdout.splitlines() == [
        "wnid\tparents\tlabel\tkind\tarticle\tnoun\tlemmas",
        "n00000001\t\t\t\t\t\tthing",
        "n00000002\tn00000001\t\tkind\ta\tbig cat\tbig cat|cat",
        "n00000003\tn00000002\t1\t\ta\tLion\tLion",
        "n00000004\tn00000001\t0\t\tan\thour hand\thour hand",
    ]


def test_a_correction_moves_a_noun(tmp_path):
    made = make(tmp_path, "n00000004\ttime\t-\t\tn00000002\tfor the test\n")
    assert "n00000004\tn00000002\t0\t\t\ttime\thour hand" in made.stdout.splitlines()


def test_a_row_without_use_is_refused(tmp_path):
    made = make(tmp_path, "n00000005\tnothing\n")
    assert made.returncode == 2
    assert "rows of everyday.tsv without use: n00000005" in made.stderr


def test_the_shipped_table_names_every_row_of_everyday():
    shipped = {line.split("\t")[0] for line in (DATA / "imagenet_nouns.tsv").read_text().splitlines()}
    kept = [line for line in (DATA / "everyday.tsv").read_text().splitlines() if not line.startswith("#")]
    assert len(kept) > 400
    assert {line.split("\t")[0] for line in kept} <= shipped
