"""A day of the pure domain: orders through waves to the manifest, with cancellations and short picks between any two steps."""

from __future__ import annotations

import random
from collections import Counter
from uuid import UUID

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from houtai.domain.ids import ManifestId, OutboundId, ParcelId, SkuId, WaveId
from houtai.domain.outbound.cartonise import Box, Piece, propose
from houtai.domain.outbound.checking import Checking, CheckLine, check_of
from houtai.domain.outbound.interception import put_back, stop
from houtai.domain.outbound.line import OutboundLine
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Content, Parcel, check_parcels
from houtai.domain.outbound.paths import Floor, Stop, shortest
from houtai.domain.outbound.picking import PickedUnits, Picking, PickLine, PickShare, PickStep, start
from houtai.domain.outbound.planning import PlanItem, PlannedWave, PlanOrder, WaveCapacity, WaveTemplate, plan_waves
from houtai.domain.outbound.refusals import Intercepted, MustReturn
from houtai.domain.outbound.short_pick import BinFacts, found_elsewhere, short_pick
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, OutboundKind, OutboundState
from houtai.domain.outbound.weighing import expected_weight, weigh
from tests.outbound.arrange import EAST, NOON, order as some_order, sku

FLOOR = Floor(20_000)
UNIT_G = {sku(kind): 100 + 30 * kind for kind in range(1, 9)}
BOX = Box("B", 300, 300, 300, 30_000, tare_g=200)
OPENING = 500


def place(kind: int) -> Stop:
    return Stop(f"L-{kind}", kind // 2, (kind // 2) * 3_000, 1_000 * kind)


@attrs.define
class Day:
    """The house as far as this test needs it: where every unit is, and the documents."""

    dice: random.Random
    orders: dict[OutboundId, OutboundOrder] = attrs.field(factory=dict)
    shelf: Counter[SkuId] = attrs.field(factory=Counter)
    carried: list[tuple[OutboundId, int, SkuId, int]] = attrs.field(factory=list)
    parcels: dict[OutboundId, Parcel] = attrs.field(factory=dict)
    voided: list[str] = attrs.field(factory=list)

    def keep(self, order: OutboundOrder) -> OutboundOrder:
        self.orders[order.id] = order
        return order

    def stopped(self) -> set[OutboundId]:
        return {one.id for one in self.orders.values() if one.stopped}

    def cancel(self, outbound_id: OutboundId) -> None:
        """The buyer's wish, whatever the moment; what comes off the line is carried to a shelf."""
        try:
            order, undoing = stop(self.orders[outbound_id], "the buyer cancelled")
        except MustReturn:
            assert self.orders[outbound_id].state in OUT_OF_THE_HOUSE
            return
        self.keep(order)
        self.carried += [(outbound_id, one.line, one.sku_id, one.qty) for one in undoing.put_back]
        self.voided += [undoing.void_waybill] if undoing.void_waybill else []
        if undoing.open_parcels:
            self.parcels[outbound_id] = self.parcels[outbound_id].stopped()

    def maybe(self, at_hand: OutboundId | None = None) -> None:
        """Between any two steps: of any order, or of the one on the bench."""
        if self.dice.random() < 0.04:
            self.cancel(at_hand if at_hand and self.dice.random() < 0.5 else self.dice.choice(list(self.orders)))

    def units(self) -> Counter[SkuId]:
        """Every unit of the house: on shelves, on carts and benches, on its way to a shelf, or gone."""
        found = Counter(self.shelf)
        for order in self.orders.values():
            for line in order.lines:
                found[line.sku_id] += line.picked_qty
        return found


def open_day(dice: random.Random, count: int) -> Day:
    day = Day(dice, shelf=Counter({sku(kind): OPENING for kind in range(1, 9)}))
    for number in range(1, count + 1):
        kinds = dice.sample(range(1, 9), dice.choice([1, 1, 2, 3]))
        lines = tuple(OutboundLine(seq, sku(kind), f"SKU{kind}", dice.randint(1, 3)) for seq, kind in enumerate(kinds, 1))
        day.keep(
            attrs.evolve(some_order(*lines), id=OutboundId(UUID(int=number)), number=f"FO-{number:03d}", kind=OutboundKind.SALES)
        )
    return day


def kind_of(sku_id: SkuId) -> int:
    return sku_id.int - 1_000


def planned(day: Day) -> tuple[PlannedWave, ...]:
    waiting = [
        PlanOrder(
            one.id,
            one.number,
            tuple(PlanItem(line.sku_id, line.qty, place(kind_of(line.sku_id)).aisle) for line in one.lines),
            NOON,
        )
        for one in day.orders.values()
        if not one.stopped
    ]
    plan = plan_waves(waiting, [WaveTemplate("cart", capacity=WaveCapacity(slots=12), by_shape=False)], NOON)
    assert not plan.left
    return plan.waves


def release(day: Day, wave: PlannedWave, number: int) -> list[PickLine]:
    """In the wave with bins and labels, and the lines of its cart in the order of the walk."""
    lines: list[PickLine] = []
    path = shortest([place(kind) for kind in range(1, 9)], FLOOR).stops
    walk = {stop_at.code: at for at, stop_at in enumerate(path)}
    for slot, outbound_id in wave.slots:
        order = day.orders[outbound_id]
        if order.stopped:
            continue
        bound = attrs.evolve(order, lines=tuple(line.allocated(line.qty) for line in order.lines))
        order = bound.waved(WaveId(UUID(int=number)), slot).with_waybill(f"SF{order.number}").printed().picking()
        day.keep(order)
        for line in order.lines:
            code = place(kind_of(line.sku_id)).code
            share = PickShare(outbound_id, line.seq, line.qty)
            lines.append(PickLine(len(lines) + 1, 100 * walk[code], code, line.sku_id, line.sku_code, (share,), f"H-{slot}"))
    return lines


def note(day: Day, units: PickedUnits) -> None:
    """What the cart says is what stock and order say."""
    for share in units.shares:
        order = day.orders[share.outbound_id]
        day.keep(order.with_line(order.line(share.line).picked(share.qty)))
        day.shelf[units.line.sku_id] -= share.qty


def pick(day: Day, picking: Picking) -> None:
    while True:
        before = len(day.carried)
        day.maybe()
        picking, back = picking.without(day.stopped())
        due = {(one.outbound_id, one.line): one.qty for one in back}
        told = {(order, line): qty for order, line, _, qty in day.carried[before:] if order not in day.parcels}
        assert due == told, "the cart and the order agree on what goes back"
        line = picking.line
        if line is None:
            return
        if picking.step is PickStep.LOCATION:
            picking = picking.skipped() if day.dice.random() < 0.1 else picking.at_location(line.location)
        elif picking.step is PickStep.SLOT:
            picking, units = picking.placed(line.slot)
            note(day, units)
        elif day.dice.random() < 0.05 and not picking.in_hand:
            picking = fall_short(day, picking)
        else:
            picking, _ = picking.took(line.sku_id)


def fall_short(day: Day, picking: Picking) -> Picking:
    """One bin lacks; half of what is freed lies elsewhere, the rest is given up by its orders."""
    short = short_pick(picking, BinFacts(10, 4))
    assert short.suspect_qty == 6
    numbers = iter(range(10_000 + len(picking.lines), 20_000))
    offers = []
    for share in short.freed:
        order = day.orders[share.outbound_id]
        line = order.line(share.line).found_short(share.qty)
        if day.dice.random() < 0.5:
            line = line.reopened(share.qty).allocated(share.qty)
            offers.append(
                PickLine(next(numbers), day.dice.randint(0, 900), "L-99", line.sku_id, line.sku_code, (share,), f"H-{order.slot}")
            )
        day.keep(order.with_line(line))
    picking, missing = found_elsewhere(short, offers)
    for lost in missing:
        order = day.orders[lost.share.outbound_id]
        day.keep(order.with_line(order.line(lost.share.line).dropped(lost.share.qty)))
        if not any(line.demand_qty for line in day.orders[order.id].lines):
            day.cancel(order.id)
    return picking


def bench(day: Day, outbound_id: OutboundId, manifest: Manifest) -> Manifest:
    """Check, pack, weigh and hand over; a stopped order is refused wherever it is scanned."""
    try:
        return _bench(day, outbound_id, manifest)
    except Intercepted:
        assert day.orders[outbound_id].stopped
        return manifest


def _bench(day: Day, outbound_id: OutboundId, manifest: Manifest) -> Manifest:
    order = day.keep(day.orders[outbound_id].all_picked())
    lines = tuple(CheckLine(line.seq, line.sku_id, line.sku_code, line.picked_qty) for line in order.lines if line.picked_qty)
    checking = Checking(order.id, order.number, order.waybill, lines)
    while not checking.done:
        day.maybe(outbound_id)
        checking = check_of(checking, stopped=day.orders[outbound_id].stop_reason)
        left = day.dice.choice([line for line in checking.lines if line.rest_qty])
        checking = checking.piece(left.sku_id, "li", NOON)
        order = day.orders[outbound_id]
        if not order.stopped:
            day.keep(order.with_line(order.line(left.line).checked(1)))
    day.maybe(outbound_id)
    order = day.keep(day.orders[outbound_id].all_checked())
    pieces = [
        Piece(key, 40, 30, 20, UNIT_G[line.sku_id])
        for key, line in enumerate(one for one in order.lines for _ in range(one.checked_qty))
    ]
    (box,) = propose(pieces, [BOX]).boxes
    order = attrs.evolve(order, lines=tuple(line.packed(line.checked_qty) if line.checked_qty else line for line in order.lines))
    contents = tuple(Content(line.seq, line.sku_id, line.packed_qty) for line in order.lines if line.packed_qty)
    parcel = Parcel(ParcelId(order.id), f"H-P{order.number}", order.id, contents, "SF", order.waybill).sealed(
        BOX.code, BOX.tare_g
    )
    check_parcels(order, [parcel])
    day.keep(order.all_packed())
    day.parcels[outbound_id] = parcel
    day.maybe(outbound_id)
    expected = expected_weight({content.sku_id: content.qty for content in contents}, UNIT_G, BOX.tare_g)
    assert expected.grams == box.weight_g
    assert not weigh(expected.grams + day.dice.randint(-20, 20), expected).blocks
    day.keep(day.orders[outbound_id].weighed())
    day.parcels[outbound_id] = day.parcels[outbound_id].weighed(expected.grams, NOON)
    day.maybe(outbound_id)
    manifest, day.parcels[outbound_id] = manifest.with_parcel(day.parcels[outbound_id], day.orders[outbound_id])
    return manifest


def evening(day: Day, manifest: Manifest) -> Manifest:
    """The carrier comes: who was stopped leaves the manifest, it closes, and what is carried reaches its shelf."""
    for outbound_id in day.stopped():
        manifest = manifest.without(ParcelId(outbound_id))
    for entry in manifest.entries:
        day.keep(day.orders[entry.outbound_id].shipped())
        day.parcels[entry.outbound_id] = day.parcels[entry.outbound_id].handed_over()
    for outbound_id, line, sku_id, qty in day.carried:
        day.keep(put_back(day.orders[outbound_id], line, qty))
        day.shelf[sku_id] += qty
    return manifest.closed(NOON) if manifest.entries else manifest.cancelled()


def run(seed: int, count: int) -> tuple[Day, Manifest]:
    day = open_day(random.Random(seed), count)
    manifest = Manifest(ManifestId(UUID(int=1)), "MF-1", EAST, "SF")
    for number, wave in enumerate(planned(day), 1):
        pick(day, start(release(day, wave, number)))
        for _, outbound_id in wave.slots:
            if not day.orders[outbound_id].stopped:
                manifest = bench(day, outbound_id, manifest)
        assert day.units() == Counter({sku(kind): OPENING for kind in range(1, 9)})
    return day, evening(day, manifest)


def _whole(day: Day, manifest: Manifest) -> None:
    ended = {OutboundState.SHIPPED, OutboundState.CANCELLED}
    assert {one.state for one in day.orders.values()} <= ended
    assert day.units() == Counter({sku(kind): OPENING for kind in range(1, 9)})
    shipped = {one.id for one in day.orders.values() if one.state is OutboundState.SHIPPED}
    assert {entry.outbound_id for entry in manifest.entries} == shipped
    for one in day.orders.values():
        gone = (
            Counter({content.line: content.qty for content in day.parcels[one.id].contents})
            if one.id in shipped
            else Counter[int]()
        )
        assert {line.seq: line.shipped_qty for line in one.lines} == {line.seq: gone[line.seq] for line in one.lines}
        assert (one.waybill in day.voided) is (bool(one.waybill) and one.id not in shipped)
    assert len(set(day.voided)) == len(day.voided)


@pytest.mark.parametrize("seed", range(3))
def test_two_hundred_orders_reach_the_manifest_and_every_unit_has_a_place(seed: int) -> None:
    day, manifest = run(seed, 200)
    _whole(day, manifest)
    assert 0 < manifest.parcel_count < 200


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 25))
def test_whatever_the_moment_of_a_cancellation_goods_are_whole(seed: int, count: int) -> None:
    _whole(*run(seed, count))
