"""Waybill numbers kept in stock: requested in blocks, given out one by one, refilled early, passed by before they run out."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence

import attrs

from houtai.domain import limits
from houtai.domain.ids import PoolId, WaybillId
from houtai.domain.moves import Moves, check_move
from houtai.domain.refusal import InvalidValue
from houtai.domain.shipping.refusals import NoCarrierLeft


class PoolState(enum.Enum):
    """Whether numbers are given out of it."""

    ACTIVE = "active"
    RETIRED = "retired"


POOL_MOVES: Moves[PoolState] = {PoolState.ACTIVE: {PoolState.RETIRED}, PoolState.RETIRED: set()}


@attrs.frozen
class PoolTerms:
    """`block_qty` numbers are asked for when `alarm_qty` or fewer are left; at `stop_qty` or fewer the next carrier is taken.

    `recycled` says whether this carrier allows a voided number to be given out again. Raises InvalidValue.
    """

    block_qty: int = attrs.field(validator=limits.between(1, 10_000))
    alarm_qty: int = attrs.field(validator=limits.between(0, 1_000_000))
    stop_qty: int = attrs.field(default=0, validator=limits.between(0, 1_000_000))
    recycled: bool = False

    def __attrs_post_init__(self) -> None:
        if self.stop_qty > self.alarm_qty:
            raise InvalidValue(field="stop_qty", rule="must not be above the alarm")


@attrs.frozen
class Pool:
    """One carrier's numbers in stock: a queue, of which `given_qty` left at the head and `added_qty` ever came in at the tail.

    `blocks` counts those asked for, `asked_at` is set while one is under way.
    """

    id: PoolId
    carrier: str = attrs.field(validator=limits.code)
    terms: PoolTerms
    added_qty: int = attrs.field(default=0, validator=limits.any_qty)
    given_qty: int = attrs.field(default=0, validator=limits.any_qty)
    blocks: int = 0
    asked_at: dt.datetime | None = None
    state: PoolState = PoolState.ACTIVE
    version: int = 1

    @property
    def free_qty(self) -> int:
        """How many are left."""
        return self.added_qty - self.given_qty

    @property
    def alarming(self) -> bool:
        """Whether somebody should know."""
        return self.state is PoolState.ACTIVE and self.free_qty <= self.terms.alarm_qty

    @property
    def gives(self) -> bool:
        """Whether a number may be taken."""
        return self.state is PoolState.ACTIVE and self.free_qty > self.terms.stop_qty

    def wants_block(self) -> bool:
        """Whether a block is to be asked for now."""
        return self.alarming and self.asked_at is None

    def edited(self, terms: PoolTerms) -> Pool:
        """Under other terms. Raises IllegalMove for a retired one."""
        if self.state is not PoolState.ACTIVE:
            check_move("waybill pool", POOL_MOVES, self.state, PoolState.ACTIVE)
        return attrs.evolve(self, terms=terms, version=self.version + 1)

    def retired(self) -> Pool:
        """Used no more. Raises IllegalMove."""
        check_move("waybill pool", POOL_MOVES, self.state, PoolState.RETIRED)
        return attrs.evolve(self, state=PoolState.RETIRED, version=self.version + 1)


@attrs.frozen
class PoolNumber:
    """One number at its place in the queue; `waybill_id` once it was given out."""

    carrier: str
    place: int = attrs.field(validator=limits.any_qty)
    number: str = attrs.field(validator=limits.text(1, 64))
    added_at: dt.datetime = attrs.field(validator=limits.aware)
    waybill_id: WaybillId | None = None


def first_that_gives(carriers: Sequence[str], pools: Mapping[str, Pool]) -> str:
    """The first carrier of the list that has numbers to give, or needs none in stock. Raises NoCarrierLeft."""
    for carrier in carriers:
        pool = pools.get(carrier)
        if pool is None or pool.state is PoolState.RETIRED or pool.gives:
            return carrier
    raise NoCarrierLeft(carriers=tuple(carriers))
