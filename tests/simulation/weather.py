"""Bad luck on demand: a store whose commits die, get lost or collide when they are told to, and are honest otherwise."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from houtai.application.kept import Kept
from houtai.application.ports import CommitUnknown, StoreUnavailable, TryAgain


class Died(Exception):  # what happened, not what is wrong
    """The process ended here; nothing after this line was run."""


class Strike(enum.Enum):
    """What happens to one commit."""

    DIE_BEFORE = "the process dies before the commit"
    DIE_AFTER = "the process dies after the commit"
    LOSE_ANSWER = "committed, and the answer gets lost"
    LOSE_COMMIT = "not committed, and nobody says so"
    COLLIDE = "another transaction is in the way"
    DOWN = "the store cannot be reached"


class Weather:
    """See `Store`: the store behind it, through whatever was forecast for the coming commits."""

    def __init__(self, store: Any) -> None:
        """Fair until told otherwise."""
        self.store = store
        self.struck: Strike | None = None
        self._strike: Strike | None = None
        self._wait = 0

    def forecast(self, strike: Strike, after: int = 0) -> None:
        """The commit after `after` others goes this way, once."""
        self._strike, self._wait, self.struck = strike, after, None

    def clear(self) -> None:
        """Nothing happens any more."""
        self._strike = None

    @contextmanager
    def begin(self, *reach: Any) -> Iterator[Any]:
        """See `Store.begin`."""
        if self._strike is Strike.DOWN and self._due():
            message = "down, on demand"
            raise StoreUnavailable(message)
        with self.store.begin(*reach) as tx:
            yield StruckTx(tx, self)

    @contextmanager
    def snapshot(self, *reach: Any) -> Iterator[Any]:
        """See `Store.snapshot`."""
        with self.store.snapshot(*reach) as views:
            yield views

    def forget(self, kept: Kept, before: dt.datetime, most: int) -> int:
        """See `Store.forget`."""
        return int(self.store.forget(kept, before, most))

    def close(self) -> None:
        """See `Store.close`."""
        self.store.close()

    def commit(self, tx: Any) -> None:
        """Commit it, or do to it what was forecast."""
        strike = self._strike
        if strike is None or strike is Strike.DOWN or not self._due():
            tx.commit()
            return
        if strike in (Strike.DIE_AFTER, Strike.LOSE_ANSWER):
            tx.commit()
        if strike in (Strike.DIE_BEFORE, Strike.DIE_AFTER):
            raise Died(strike.value)
        if strike is Strike.COLLIDE:
            raise TryAgain(strike.value)
        raise CommitUnknown(strike.value)

    def _due(self) -> bool:
        self._wait -= 1
        if self._wait >= 0:
            return False
        self.struck, self._strike = self._strike, None
        return True


class StruckTx:
    """A transaction whose commit goes through the weather."""

    def __init__(self, tx: Any, weather: Weather) -> None:
        """Everything but the commit is the transaction's own."""
        self._tx = tx
        self._weather = weather

    def __getattr__(self, name: str) -> Any:
        """What the transaction has."""
        return getattr(self._tx, name)

    def commit(self) -> None:
        """See `OpenTx.commit`."""
        self._weather.commit(self._tx)
