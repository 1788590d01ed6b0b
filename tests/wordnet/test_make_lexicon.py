import gzip
import subprocess
import sys
from pathlib import Path

import photosort.wordnet
from photosort.wordnet.lexicon import Uses, read_lexicon

DATA = Path(photosort.wordnet.__file__).parent / "data"

WORDNET = {
    "data.noun": """\
  1 This software and database is being provided to you
00000001 03 n 01 thing 0 001 ~ 00000002 n 0000 | all there is
00000002 05 n 02 big_cat 0 cat 1 001 @ 00000001 n 0000 | roars
00000003 18 n 02 Cat 0 Cat_Stevens 0 002 @i 00000001 n 0000 #m 00000009 n 0000 | sings; "a cat"
00000004 04 n 02 swimming 0 run 0 002 @ 00000001 n 0000 @ 00000002 n 0000 | moves
""",
    "index.noun": """\
  1 This software and database is being provided to you
big_cat n 1 1 @ 1 0 00000002
cat n 2 2 @ #m 2 1 00000003 00000002
cat_stevens n 1 1 @ 1 0 00000003
run n 1 1 @ 1 0 00000004
swimming n 1 1 @ 1 0 00000004
thing n 1 1 ~ 1 1 00000001
""",
    "index.verb": "  1 This software\nrun v 1 0 1 1 00000011\nswim v 1 0 1 1 00000012\n",
    "verb.exc": "swam swim\nswimming swim\n",
    "cntlist.rev": """\
cat%1:05:00:: 1 18
run%1:04:00:: 1 3
run%2:38:00:: 1 40
run%2:38:01:: 2 2
run%5:00:00:moving:00 1 1
swim%2:38:00:: 1 12
thing%4:02:00:: 1 5
""",
}


def make(folder: Path, to: str) -> tuple[bytes, str]:
    for name, text in WORDNET.items():
        (folder / name).write_text(text)
    (folder / to).mkdir()
    subprocess.run([sys.executable, DATA / "make_lexicon.py", "--wordnet", ".", "--to", to], cwd=folder, check=True)
    return (folder / to / "lexicon.tsv.gz").read_bytes(), (folder / to / "uses.tsv").read_text()


def test_an_excerpt_becomes_two_tables_and_these_a_lexicon(tmp_path):
    packed, uses = make(tmp_path, "once")
    table = gzip.decompress(packed).decode().splitlines()
    assert table == [
        "wnid\tfield\tinstance\tparents\tlemmas",
        "n00000001\tTops\t\t\tthing",
        "n00000002\tanimal\t\tn00000001\tbig cat|cat#2",
        "n00000003\tperson\tinstance\tn00000001\tCat#1|Cat Stevens",
        "n00000004\tact\t\tn00000001,n00000002\tswimming|run",
    ]
    assert uses.splitlines() == [
        "noun\tas_noun\tas_verb\tas_form\tas_adjective\tas_adverb",
        "run\t3\t42\t0\t1\t0",
        "swimming\t0\t0\t12\t0\t0",
        "thing\t0\t0\t0\t0\t5",
    ]
    made = read_lexicon(table, uses.splitlines())
    assert made.senses("cat") == ("n00000003", "n00000002")
    assert made.lemmas("n00000003") == ("Cat", "Cat Stevens")
    assert made.ancestors("n00000004") == ("n00000001", "n00000002")
    assert made.nouns() == ("big cat", "cat", "cat stevens", "run", "swimming", "thing")
    assert made.uses["run"] == Uses(3, 42, 1) and made.uses["swimming"] == Uses(0, 3, 0)
    assert not made.is_noun("run") and made.is_noun("swimming") and made.is_noun("thing")
    assert made.is_proper("cat stevens") and not made.is_proper("cat")


def test_the_tables_are_the_same_each_time(tmp_path):
    assert make(tmp_path, "once") == make(tmp_path, "again")
