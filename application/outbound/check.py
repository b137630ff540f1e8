"""The check bench (验货): the waybill first and every piece scanned, or the fast lane where the piece finds its order."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import attrs

from houtai.application.outbound.labels import ask_for_waybill, label_if_possible
from houtai.application.outbound.lying import where_they_lie
from houtai.application.outbound.ports import PICKS_OF, OutboundTx
from houtai.application.outbound.steps import demand_for, keep_order, lock_order, order_behind
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.bin_ports import SERIAL_BY_BIN
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import AccountId, OutboundId, SkuId, WaveId
from houtai.domain.outbound.checking import Checking, CheckLine, NotThisSerial, check_of
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.work import BenchCheck, PickState
from houtai.domain.warehouse.lots import SerialKey

CHECK: Final = "outbound.check"


@attrs.frozen
class BeginCheck:
    """The code that was scanned: the order's waybill, its own number, or the code of its parcel."""

    code: str = attrs.field(validator=limits.text(1, 128))


@needs(CHECK, along=(WAREHOUSE, MERCHANT))
def begin_check(tx: OutboundTx, cmd: BeginCheck, act: Act) -> BenchCheck:
    """The order on the bench, with what is checked of it so far; scanning it again goes on where it stood.

    Raises NotFound, Intercepted, AlreadyChecked, StepTooEarly before everything is picked.
    """
    order = lock_order(tx, order_behind(tx, cmd.code), CHECK, act)
    order.check_not_stopped()
    bench = tx.bench_checks.lock([order.id]).get(order.id)
    if bench is not None:
        check_of(bench.checking)
    _demand_picked(order)
    if bench is None:
        bench = BenchCheck(order.id, checking_of(order, {sku for sku, _ in serials_of(tx, order)}), AccountId(act.actor), act.at)
        tx.bench_checks.add(bench)
    return bench


def checking_of(order: OutboundOrder, numbered: Collection[SkuId] = ()) -> Checking:
    """What has to be checked of the order: the units that were picked; those of `numbered` SKUs one by one by their serials."""
    lines = tuple(
        CheckLine(line.seq, line.sku_id, line.sku_code, line.picked_qty, numbered=line.sku_id in numbered)
        for line in order.lines
        if line.picked_qty
    )
    return Checking(order.id, order.number, order.waybill, lines)


def serials_of(tx: OutboundTx, order: OutboundOrder) -> set[SerialKey]:
    """The numbers on units that lie where the order's picked units lie: some of another order's may be among them."""
    rows = [row for row in tx.picks.by(PICKS_OF, order.id) if row.state is PickState.PICKED]
    bins = {row.bin.id for row in where_they_lie(tx, rows)}
    return {serial.key for serial in tx.serials.by(SERIAL_BY_BIN, *sorted(bins))} if bins else set()


def _demand_picked(order: OutboundOrder) -> None:
    if order.state is not OutboundState.PICKED:
        raise StepTooEarly(number=order.number, step="checked", missing=f"it is {order.state.value}")


@attrs.frozen
class CheckPiece:
    """So many pieces of a SKU that were scanned at the bench; lot and serial as they were read."""

    outbound: OutboundId
    sku: SkuId
    qty: int = attrs.field(default=1, validator=limits.positive_qty)
    lot: str = attrs.field(default="", validator=limits.text(0, 64))
    serial: str = attrs.field(default="", validator=limits.text(0, 64))


@needs(CHECK, along=(WAREHOUSE, MERCHANT))
def check_piece(tx: OutboundTx, cmd: CheckPiece, act: Act) -> BenchCheck:
    """Count the pieces, with who and when; the last one makes the order CHECKED. A scan that is refused counts nothing.

    Raises NotFound, Intercepted (looked at with every scan), NotInOrder, OverQuantity, StepTooEarly, AlreadyChecked, and for
    units with numbers of their own SerialToScan, NotThisSerial.
    """
    order = lock_order(tx, cmd.outbound, CHECK, act)
    order.check_not_stopped()
    bench = tx.bench_checks.lock_one(order.id)
    check_of(bench.checking)
    _demand_picked(order)
    named = next((line.sku_code for line in order.lines if line.sku_id == cmd.sku), "") or tx.skus.get(cmd.sku).code
    numbered = any(line.numbered and line.sku_id == cmd.sku for line in bench.checking.lines)
    if cmd.serial and numbered and (cmd.sku, cmd.serial) not in serials_of(tx, order):
        raise NotThisSerial(sku=named, serial=cmd.serial, number=order.number)
    counted = bench.checking.piece(cmd.sku, str(act.actor), act.at, cmd.qty, named, cmd.lot, cmd.serial)
    after = attrs.evolve(bench, checking=counted, version=bench.version + 1)
    if counted.done:
        after = attrs.evolve(after, done_at=act.at)
        checked = order
        for line in counted.lines:
            checked = checked.with_line(checked.line(line.line).checked(line.qty))
        keep_order(tx, order, checked.all_checked(), "checked", act)
    tx.bench_checks.save(after)
    return after


@attrs.frozen
class CheckAnew:
    """Begin the check of an order again: the pieces on the bench are mixed up."""

    outbound: OutboundId


@needs(CHECK, along=(WAREHOUSE, MERCHANT))
def check_anew(tx: OutboundTx, cmd: CheckAnew, act: Act) -> BenchCheck:
    """Nothing of it is checked any more. Raises NotFound, Intercepted, AlreadyChecked once all was checked."""
    order = lock_order(tx, cmd.outbound, CHECK, act)
    order.check_not_stopped()
    bench = tx.bench_checks.lock_one(order.id)
    check_of(bench.checking)
    after = attrs.evolve(bench, checking=bench.checking.anew(), version=bench.version + 1)
    tx.bench_checks.save(after)
    return after


@attrs.frozen
class CheckInLane:
    """A piece that was scanned in the fast lane of a one-piece wave (单品单件)."""

    wave: WaveId
    sku: SkuId
    serial: str = attrs.field(default="", validator=limits.text(0, 64))


@needs(CHECK, along=(WAREHOUSE, MERCHANT))
def check_in_lane(tx: OutboundTx, cmd: CheckInLane, act: Act) -> OutboundOrder:
    """The order that the piece goes to, CHECKED: the first of the wave that wants it and was not stopped. Its label comes now.

    It comes on the printer of the station that scanned, where that has one. Raises NotFound, NoOrderWants for a surplus piece,
    StepTooEarly for one whose order is not picked yet, SerialToScan and NotThisSerial for units with numbers of their own.
    """
    named = tx.skus.get(cmd.sku).code
    kept = tx.wave_lanes.lock_one(cmd.wave)
    stopped: set[OutboundId] = set()
    while True:  # one statement, and one more for each stopped order that would have been next
        lane, mine = kept.lane.piece(cmd.sku, str(act.actor), act.at, stopped, named)
        order = tx.outbound_orders.lock_one(mine.outbound_id)
        if not order.stopped:
            break
        stopped.add(order.id)
    demand_for(act, CHECK, order)
    _demand_picked(order)
    _note_serial(tx, order, cmd, named, act)
    checked = order.with_line(order.line(mine.line).checked(1))
    tx.wave_lanes.save(attrs.evolve(kept, lane=lane.without(stopped)[0], version=kept.version + 1))
    lying = checked.all_checked().edited(station_id=act.origin.station)
    done = keep_order(tx, order, lying, "checked", act, details={"wave": str(cmd.wave)})
    return _label(tx, done, act)


def _note_serial(tx: OutboundTx, order: OutboundOrder, cmd: CheckInLane, named: str, act: Act) -> None:
    """Which unit goes to the order, where its units have numbers; it stands on the order's check, as at the bench."""
    codes = {code for sku, code in serials_of(tx, order) if sku == cmd.sku}
    if not codes:
        return
    if cmd.serial and cmd.serial not in codes:
        raise NotThisSerial(sku=named, serial=cmd.serial, number=order.number)
    checking = checking_of(order, {cmd.sku}).piece(cmd.sku, str(act.actor), act.at, 1, named, serial=cmd.serial)
    others = tx.bench_checks.lock([order.id]).get(order.id)
    bench = BenchCheck(order.id, checking, AccountId(act.actor), act.at, act.at)
    if others is None:
        tx.bench_checks.add(bench)
    else:
        tx.bench_checks.save(attrs.evolve(bench, version=others.version + 1))


def _label(tx: OutboundTx, order: OutboundOrder, act: Act) -> OutboundOrder:
    """Its label is printed now; the carrier is asked for a number first where it has none."""
    settings = tx.dispatch_settings.get(order.warehouse_id)
    if not order.waybill:
        ask_for_waybill(tx, order, settings, act)
        return order
    return label_if_possible(tx, order, settings, act)
