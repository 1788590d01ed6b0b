"""Memory is given in the order in which it is asked for, and what a dead holder had comes back."""

from hypothesis import given
from hypothesis import strategies as st

from photosort.describing.decoding.shares import Shares


def test_a_large_share_is_not_put_off_by_small_ones() -> None:
    shares = Shares[str](100)
    for who, size in (("first", 60), ("large", 80), ("small", 10)):
        shares.ask(who, size)
    assert list(shares.granted()) == ["first"]
    shares.give_back("first")
    assert list(shares.granted()) == ["large", "small"]


def test_what_asks_for_more_than_there_is_gets_all_and_is_alone() -> None:
    shares = Shares[str](100)
    shares.ask("huge", 1000)
    shares.ask("small", 1)
    assert list(shares.granted()) == ["huge"]
    shares.give_back("huge")
    assert list(shares.granted()) == ["small"]


def test_the_dead_leave_the_line() -> None:
    shares = Shares[str](100)
    shares.ask("holder", 100)
    shares.ask("dead", 50)
    shares.ask("next", 50)
    assert list(shares.granted()) == ["holder"]
    shares.give_back("dead")
    shares.give_back("holder")
    assert list(shares.granted()) == ["next"]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 150), st.booleans()), max_size=60))
def test_never_more_than_there_is_and_all_comes_back(steps: list[tuple[int, int, bool]]) -> None:
    shares, held = Shares[int](100), dict[int, int]()
    asked = dict[int, int]()
    for who, size, ends in steps:
        held.pop(who, None)
        asked.pop(who, None)
        if ends:
            shares.give_back(who)
        else:
            shares.ask(who, size)
            asked[who] = min(size, 100)
        for lucky in shares.granted():
            held[lucky] = asked.pop(lucky)
        assert sum(held.values()) <= 100
    for who in range(5):
        shares.give_back(who)
    shares.ask(9, 100)
    assert list(shares.granted()) == [9]
