"""Lots with their dates, and serials: goods of one SKU that are still not all the same."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from houtai.domain import limits
from houtai.domain.ids import SkuId
from houtai.domain.moves import Moves
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.bins import BinId, LotId

SHELF_DAYS: Final = ZoneInfo("Asia/Shanghai")
"""Where a day ends for a date printed on goods."""


class LotState(enum.Enum):
    """Whether its units may go out, apart from their date."""

    APPROVED = "approved"
    ON_HOLD = "on-hold"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"


LOT_MOVES: Final[Moves[LotState]] = {
    LotState.APPROVED: frozenset({LotState.ON_HOLD, LotState.QUARANTINED, LotState.RECALLED}),
    LotState.ON_HOLD: frozenset({LotState.APPROVED, LotState.QUARANTINED, LotState.RECALLED}),
    LotState.QUARANTINED: frozenset({LotState.APPROVED, LotState.ON_HOLD, LotState.RECALLED}),
    LotState.RECALLED: frozenset(),
}


@attrs.frozen
class Lot:
    """Units made together, with the code and the dates on the package. `code` is unique for its SKU.

    On `expires_on` they are still good, on the day after they are not: then nobody is promised them, whatever the state.
    """

    id: LotId
    sku_id: SkuId
    code: str = attrs.field(validator=limits.code)
    produced_on: dt.date | None = None
    expires_on: dt.date | None = None
    state: LotState = LotState.APPROVED
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if self.produced_on is not None and self.expires_on is not None and self.produced_on > self.expires_on:
            raise InvalidValue(field="expires_on", rule="must not lie before produced_on")

    def expired_on(self, day: dt.date) -> bool:
        """Whether its date is past."""
        return self.expires_on is not None and day > self.expires_on

    def usable_on(self, day: dt.date) -> bool:
        """Whether its units may go out on that day."""
        return self.state is LotState.APPROVED and not self.expired_on(day)


def shelf_day(at: dt.datetime) -> dt.date:
    """The day that counts for dates on packages."""
    return at.astimezone(SHELF_DAYS).date()


class SerialState(enum.Enum):
    """Whether the unit lies here."""

    STORED = "stored"
    GONE = "gone"  # it went out or was written off
    MISSING = "missing"  # units were lost and nobody said which


SerialKey = tuple[SkuId, str]


@attrs.frozen
class Serial:
    """One unit with a number of its own, and the bin that it lies in as long as it is here."""

    sku_id: SkuId
    code: str = attrs.field(validator=limits.code)
    bin_id: BinId | None
    since: dt.datetime = attrs.field(validator=limits.aware)
    state: SerialState = SerialState.STORED

    def __attrs_post_init__(self) -> None:
        """What lies here lies somewhere, and nothing else does."""
        assert (self.state is SerialState.STORED) == (self.bin_id is not None), self

    @property
    def key(self) -> SerialKey:
        """Which unit."""
        return self.sku_id, self.code
