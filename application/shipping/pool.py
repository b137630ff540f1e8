"""The stock of waybill numbers: opened and edited by people, given out by requests, refilled by the carrier in blocks."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.outbox import Message
from houtai.application.paging import Page, Slice
from houtai.application.permission import needs
from houtai.application.shipping.ports import POOL_OF, ShippingTx, ShippingViews
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import PoolId, WaybillId, derive
from houtai.domain.refusal import AlreadyExists, VersionConflict
from houtai.domain.shipping.events import PoolFilled, PoolRefused, PoolRunsLow
from houtai.domain.shipping.pool import Pool, PoolNumber, PoolState, PoolTerms
from houtai.domain.shipping.waybill import Waybill

REFILL: Final = "shipping.refill"


@attrs.frozen
class OpenPool:
    """Keep numbers of this carrier in stock."""

    pool: PoolId
    carrier: str = attrs.field(validator=limits.code)
    terms: PoolTerms


@attrs.frozen
class EditPool:
    """Other terms."""

    pool: PoolId
    expected_version: int
    terms: PoolTerms


@attrs.frozen
class RetirePool:
    """Take no more numbers from stock; the carrier gives each as it is asked."""

    pool: PoolId
    expected_version: int


@attrs.frozen
class RecordNumbers:
    """The numbers of one block, as the carrier gave them."""

    pool: PoolId
    block: int
    numbers: tuple[str, ...] = attrs.field(validator=limits.at_most(10_000))


@needs("shipping.pools")
def open_pool(tx: ShippingTx, cmd: OpenPool, act: Act) -> Pool:
    """Keep numbers in stock, and ask for the first block. Raises AlreadyExists for a carrier that has a pool."""
    if tx.waybill_pools.first(POOL_OF, cmd.carrier) is not None:
        raise AlreadyExists(what="waybill pool", key=cmd.carrier)
    pool = _refilled(tx, Pool(cmd.pool, cmd.carrier, cmd.terms), act)
    tx.waybill_pools.add(pool)
    write_line(tx, act, "waybill-pool", pool, "opened", before=None)
    return pool


@needs("shipping.pools")
def edit_pool(tx: ShippingTx, cmd: EditPool, act: Act) -> Pool:
    """Change the terms. Raises NotFound, VersionConflict, IllegalMove."""
    pool = _locked(tx, cmd.pool, cmd.expected_version)
    edited = _refilled(tx, pool.edited(cmd.terms), act)
    tx.waybill_pools.save(edited)
    write_line(tx, act, "waybill-pool", edited, "edited", before=pool.state)
    return edited


@needs("shipping.pools")
def retire_pool(tx: ShippingTx, cmd: RetirePool, act: Act) -> Pool:
    """Give out no more. Raises NotFound, VersionConflict, IllegalMove."""
    pool = _locked(tx, cmd.pool, cmd.expected_version)
    retired = pool.retired()
    tx.waybill_pools.save(retired)
    write_line(tx, act, "waybill-pool", retired, "retired", before=pool.state)
    tx.emit(PoolFilled(retired.id, retired.carrier, retired.free_qty))
    return retired


@needs("shipping.record-answer")
def record_numbers(tx: ShippingTx, cmd: RecordNumbers, act: Act) -> Pool:
    """Put a block in stock, once, and ask for the next where it was not enough; an empty one is told. Raises NotFound."""
    pool = tx.waybill_pools.lock_one(cmd.pool)
    if pool.asked_at is None or pool.blocks != cmd.block:
        return pool
    for number in cmd.numbers:
        pool = _added(tx, pool, number, act)
    pool = attrs.evolve(pool, asked_at=None)
    filled = _refilled(tx, pool, act) if cmd.numbers else pool  # an empty block is not asked for again at once
    tx.waybill_pools.save(filled)
    if cmd.numbers:
        tx.emit(PoolFilled(filled.id, filled.carrier, filled.free_qty))
    else:
        tx.emit(PoolRefused(filled.id, filled.carrier, cmd.block, filled.free_qty))
    return filled


@needs("shipping.read")
def list_pools(views: ShippingViews, query: Page, act: Act) -> Slice[Pool]:
    """The numbers in stock by carrier."""
    del act
    return views.waybill_pools.page(query)


@needs("shipping.read")
def show_pool(views: ShippingViews, query: PoolId, act: Act) -> Pool:
    """One carrier's stock of numbers. Raises NotFound."""
    del act
    return views.waybill_pools.get(query)


def give_number(tx: ShippingTx, pool: Pool, waybill_id: WaybillId, act: Act) -> str:
    """The number at the head of the queue, given to this waybill; the next block is asked for at the alarm."""
    key = (pool.carrier, pool.given_qty)
    row = tx.pool_numbers.lock_one(key)
    assert row.waybill_id is None, "what is behind the head was not given out"
    tx.pool_numbers.save(attrs.evolve(row, waybill_id=waybill_id))
    tx.waybill_pools.save(_refilled(tx, attrs.evolve(pool, given_qty=pool.given_qty + 1), act))
    return row.number


def take_number_back(tx: ShippingTx, waybill: Waybill, act: Act) -> None:
    """The number of a waybill that ended: back at the tail where the carrier lets it be given out again, else spent."""
    pool = next(iter(tx.waybill_pools.lock_by(POOL_OF, waybill.carrier)), None)
    if waybill.pooled and pool is not None and pool.state is PoolState.ACTIVE and pool.terms.recycled:
        tx.waybill_pools.save(_added(tx, pool, waybill.number, act))


def _added(tx: ShippingTx, pool: Pool, number: str, act: Act) -> Pool:
    tx.pool_numbers.add(PoolNumber(pool.carrier, pool.added_qty, number, act.at))
    return attrs.evolve(pool, added_qty=pool.added_qty + 1)


def _refilled(tx: ShippingTx, pool: Pool, act: Act) -> Pool:
    """With a block asked for, where one is wanted."""
    if not pool.wants_block():
        return pool
    asked = attrs.evolve(pool, blocks=pool.blocks + 1, asked_at=act.at)
    payload = {"pool": str(pool.id), "block": asked.blocks}
    tx.outbox.add(Message(derive(pool.id, "refill", asked.blocks), REFILL, payload, created_at=act.at, due_at=act.at))
    tx.emit(PoolRunsLow(pool.id, pool.carrier, pool.free_qty))
    return asked


def _locked(tx: ShippingTx, pool_id: PoolId, expected_version: int) -> Pool:
    pool = tx.waybill_pools.lock_one(pool_id)
    if pool.version != expected_version:
        raise VersionConflict(
            what="waybill pool", key=str(pool_id), expected_version=expected_version, current_version=pool.version
        )
    return pool
