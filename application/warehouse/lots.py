"""Lots and serials as they become known: their dates, their state, and which units carry which number."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from houtai.application.inventory.receive import stocked_skus
from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.reach import demand_within
from houtai.application.timeline import write_line
from houtai.application.warehouse.bin_ports import LOT_BY_CODE, BinsTx
from houtai.application.warehouse.move_goods import MOVE
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.serial_book import SerialBook
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import SkuId
from houtai.domain.moves import check_move
from houtai.domain.refusal import AlreadyExists, VersionConflict
from houtai.domain.warehouse.bin_refusals import NotInBin, SerialTaken
from houtai.domain.warehouse.bins import BinId, LotId
from houtai.domain.warehouse.lots import LOT_MOVES, Lot, LotState, Serial, SerialState

LOTS: Final = "warehouse.lots"


@attrs.frozen
class RegisterLot:
    """A lot as its package names it."""

    lot: LotId
    sku_id: SkuId
    code: str
    produced_on: dt.date | None = None
    expires_on: dt.date | None = None


@needs(LOTS, along=(MERCHANT,), regardless=(WAREHOUSE,))
def register_lot(tx: BinsTx, cmd: RegisterLot, act: Act) -> Lot:
    """Make a lot known, approved. Raises NotFound, NotStocked, AlreadyExists for a code that the SKU has."""
    sku = stocked_skus(tx, [cmd.sku_id])[cmd.sku_id]
    demand_within(act, LOTS, "sku", sku.id, merchant=sku.merchant_id)
    lot = Lot(cmd.lot, cmd.sku_id, cmd.code, cmd.produced_on, cmd.expires_on)
    if tx.lots.find(lot.id) is not None or tx.lots.first(LOT_BY_CODE, (lot.sku_id, lot.code)) is not None:
        raise AlreadyExists(what="lot", key=lot.code)
    tx.lots.add(lot)
    write_line(tx, act, "lot", lot, "registered", before=None)
    return lot


@attrs.frozen
class JudgeLot:
    """The state of a lot from now on, with the reason."""

    lot: LotId
    expected_version: int
    state: LotState
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs(LOTS, along=(MERCHANT,), regardless=(WAREHOUSE,))
def judge_lot(tx: BinsTx, cmd: JudgeLot, act: Act) -> Lot:
    """Hold, quarantine, recall or approve a lot: picks are promised units of approved lots alone.

    What is promised already stays so, for the caller to call back. Raises NotFound, IllegalMove, VersionConflict.
    """
    found = tx.lots.lock_one(cmd.lot)
    demand_within(act, LOTS, "lot", cmd.lot, merchant=tx.skus.get(found.sku_id).merchant_id)
    if found.version != cmd.expected_version:
        raise VersionConflict(what="lot", key=found.code, expected_version=cmd.expected_version, current_version=found.version)
    check_move("lot", LOT_MOVES, found.state, cmd.state)
    judged = attrs.evolve(found, state=cmd.state, version=found.version + 1)
    tx.lots.save(judged)
    write_line(tx, act, "lot", judged, cmd.state.value, before=found.state, reason=cmd.reason)
    return judged


@attrs.frozen
class RegisterSerials:
    """The numbers on units that lie in one bin."""

    bin: BinId
    codes: tuple[str, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 1))


@needs(MOVE, along=(WAREHOUSE, MERCHANT))
def register_serials(tx: BinsTx, cmd: RegisterSerials, act: Act) -> tuple[Serial, ...]:
    """Say which numbers lie there; one that was gone or missing is back. Raises NotFound, SerialTaken, NotInBin."""
    found = tx.bins.get(cmd.bin)
    demand_at(act, MOVE, tx.warehouses.get(found.key.warehouse_id), [tx.skus.get(found.key.sku_id)])
    racks = Racks.lock(tx, [found.key])
    lying = racks.at(found.key)
    numbered = len(SerialBook.lock(tx, [lying.id]).here[lying.id])
    known = tx.serials.lock((found.key.sku_id, code) for code in cmd.codes)
    made = []
    for code in dict.fromkeys(cmd.codes):
        serial = Serial(found.key.sku_id, code, lying.id, act.at)
        before = known.get(serial.key)
        if before is None:
            tx.serials.add(serial)
        elif before.state is SerialState.STORED:
            raise SerialTaken(serial=code)
        else:
            tx.serials.save(serial)
        made.append(serial)
    if numbered + len(made) > lying.qty:
        raise NotInBin(bin_id=lying.id, there_qty=lying.qty, free_qty=lying.qty - numbered, wanted_qty=len(made))
    return tuple(made)
