"""Work ahead of the caller: in order, and never more than was allowed."""

import os
import time
from collections.abc import Iterator
from itertools import count

import pytest

from photosort.support.lookahead import work_ahead


def drawing(begun: list[int]) -> Iterator[int]:
    for number in count():
        begun.append(number)
        yield number


@pytest.mark.parametrize("ahead", [0, 3, 50])
def test_the_bound_of_work_ahead_is_kept(ahead: int) -> None:
    drawn: list[int] = []
    done: list[int] = []
    results = work_ahead(lambda item: done.append(item) or item, lambda item: -1, drawing(drawn), ahead=ahead)
    bound = ahead + (os.cpu_count() or 1)
    for taken in range(5):
        assert next(results) == taken
        time.sleep(0.02)
        assert len(drawn) <= bound + taken
    assert len(done) >= min(5 + ahead, bound), "it does work ahead"
    results.close()


def test_results_keep_the_order_and_errors_their_place() -> None:
    def work(item: int) -> int:
        time.sleep(0.01 * (item % 3 == 0))
        if item == 7:
            raise ValueError("seven")
        return item

    results = work_ahead(work, lambda item: -1, range(9), ahead=4)
    assert [next(results) for _ in range(7)] == list(range(7))
    with pytest.raises(ValueError, match="seven"):
        next(results)
