"""What a remote model costs, and no more than the user allows.

Prices come with the package genai-prices (pydantic, MIT), so that an update of it, not of photosort, knows new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

from photosort.errors import SettingsError
from photosort.models.protocols import NoAnswer, Used
from photosort.support.pip import pip_install

Price = Callable[[int, int], float]
"""Tokens of question and answer -> US dollars."""


def price_of(model: str, url: str) -> Price | None:
    """Return the price of a model at the server of this address; None where it is not known. Asks no network."""
    from genai_prices import Usage, calc_price

    def price(tokens_in: int, tokens_out: int) -> float:
        usage = Usage(input_tokens=tokens_in, output_tokens=tokens_out)
        return float(calc_price(usage, model_ref=model, provider_api_url=url).total_price)

    try:
        price(1, 1)
    except LookupError:
        return None
    return price


class Meter:
    """Counts the tokens and the cost of a writer; safe to use from several threads."""

    def __init__(self, price: Price | None, limit: float | None = None, *, free: bool = False) -> None:
        """`limit` in US dollars. Raises SettingsError where there is one and the price is not known."""
        if limit is not None and price is None and not free:
            raise SettingsError(
                "--max-cost cannot be kept: no price is known for this model",
                f"Leave it out, or upgrade the prices: {pip_install('--upgrade', 'genai-prices')}",
            )
        self._price, self._limit, self._free = price, limit, free
        self._settled = Condition()
        self._open: list[float] = []
        self.calls = self._in = self._out = 0

    @property
    def is_limited(self) -> bool:
        """Whether a cost is to be kept."""
        return self._limit is not None and self._price is not None

    @property
    def used(self) -> Used:
        """What was used so far."""
        return Used(self.calls, self._in, self._out, self._price(self._in, self._out) if self._price else None)

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return the US dollars of so many tokens; None where no price is known, 0 where nothing is paid."""
        return 0.0 if self._free else self._price(tokens_in, tokens_out) if self._price else None

    @contextmanager
    def reserve(self, question: str, answer_tokens: int) -> Iterator[Callable[[int | None, int | None], None]]:
        """Set aside the most that a question can cost, while the block asks it and tells the tokens that it took.

        A number that the server does not tell is None, and the most is counted. The most is a token for each byte of
        the question and the longest answer. Where that is more than is left, it waits for the questions on their way,
        which cost less in the end; raises NoAnswer where there are none.
        """
        most_in = len(question.encode())
        most = self._price(most_in, answer_tokens) if self._price else 0.0

        def spent(tokens_in: int | None, tokens_out: int | None) -> None:
            self._count(
                most_in if tokens_in is None else tokens_in, answer_tokens if tokens_out is None else tokens_out
            )

        with self._settled:
            self._settled.wait_for(lambda: not self._open or self._fits(most))
            if not self._fits(most):
                raise NoAnswer(f"--max-cost {self._limit:g} is reached, ${self.used.cost or 0:.4f} was spent")
            self._open.append(most)
        try:
            yield spent
        finally:
            with self._settled:
                self._open.remove(most)
                self._settled.notify_all()

    def _fits(self, most: float) -> bool:
        return self._limit is None or (self.used.cost or 0.0) + sum(self._open) + most <= self._limit

    def _count(self, tokens_in: int, tokens_out: int) -> None:
        with self._settled:
            self.calls += 1
            self._in += tokens_in
            self._out += tokens_out
