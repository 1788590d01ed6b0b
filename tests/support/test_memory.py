"""Threads that share memory hold no more than there is, and none waits for ever."""

import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.support import memory as module
from photosort.support.memory import Budget, memory


@given(st.lists(st.integers(0, 150), min_size=1, max_size=12), st.integers(1, 100))
def test_together_they_hold_no_more_than_there_is(sizes: list[int], total: int) -> None:
    budget, held, most, alone = Budget(total), [0], [0], []
    lock = threading.Lock()

    def hold(size: int) -> None:
        with budget.share(size):
            with lock:
                held[0] += min(size, total)
                most[0] = max(most[0], held[0])
                if size >= total:
                    alone.append(held[0] == total)
            time.sleep(0)
            with lock:
                held[0] -= min(size, total)

    threads = [threading.Thread(target=hold, args=(size,)) for size in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] <= total
    assert all(alone)


def test_a_large_share_is_not_put_off_by_small_ones_that_come_later() -> None:
    budget, order = Budget(10), list[str]()
    small, asked = threading.Event(), threading.Event()

    def hold(name: str, size: int) -> None:
        asked.set()
        with budget.share(size):
            order.append(name)

    with budget.share(4):
        large = threading.Thread(target=hold, args=("large", 10))
        large.start()
        asked.wait()
        while not budget._turn.locked():
            small.wait(0.001)
        later = threading.Thread(target=hold, args=("small", 1))
        later.start()
        later.join(0.05)
        assert order == []
    large.join()
    later.join()
    assert order == ["large", "small"]


def test_what_fails_gives_its_share_back() -> None:
    budget = Budget(10)
    with pytest.raises(ValueError, match="broken"), budget.share(10):
        raise ValueError("broken")
    with budget.share(10):
        pass


def test_a_container_has_as_much_as_it_may_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(module, "CGROUP", limit)
    installed = memory()
    assert installed > 100_000_000
    limit.write_text("64000000\n")
    assert memory() == 64_000_000
    limit.write_text("max\n")
    assert memory() == installed
