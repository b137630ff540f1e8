"""Rules about orders that go to warehouses: released, waved, labelled, picked with bins that hold too little, stopped, put back."""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from houtai.adapters.carriers.embedded import Fault
from houtai.application.orders.release import ReleaseOrder, release_order
from houtai.application.outbound.begin_walk import StartPicking, start_picking
from houtai.application.outbound.intercept import InterceptOrder, PutBack, intercept_order, put_back_goods
from houtai.application.outbound.labels import ask_again
from houtai.application.outbound.picking import (
    AnswerZeroCheck,
    ConfirmPick,
    LeaveWalk,
    SkipLine,
    answer_zero_check,
    confirm_pick,
    leave_walk,
    skip_line,
)
from houtai.application.outbound.short import ReportShort, report_short
from houtai.application.outbound.waves import ReleaseWave, UndoWave, release_wave, undo_wave
from houtai.application.warehouse.carry_unit import CarryUnit, carry_unit
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.suspect import DoubtBin, clear_suspect, mark_suspect
from houtai.domain.ids import HandlingUnitId, WarehouseId, WaveId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.picking import Picking, PickLine, PickStep, served
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.wave import PickMethod, WaveState
from houtai.domain.outbound.work import PickRun, RunState
from houtai.domain.printing.job import Result
from houtai.domain.warehouse.bins import Bin
from tests.simulation.floor import CARRIERS, CARTS, PATHS, TOTES, cart_of, location_of, tote_of
from tests.simulation.house import CODES, COSTS, PLACES, SKUS, an_id
from tests.simulation.look import look_at_promises, look_at_unit, look_at_wave
from tests.simulation.parts import Part, PartLine, fitting
from tests.simulation.records import Order
from tests.simulation.steps import Steps, pick

METHODS = (PickMethod.SINGLE, PickMethod.CLUSTER, PickMethod.THEN_SORT)


class Waves(Steps):
    """What planners, pickers, carriers and printers do."""

    # -- to the warehouses

    @precondition(lambda self: self.shop.orders)
    @rule(choice=pick)
    def an_order_is_released(self, choice: int) -> None:
        """To the warehouses that have its goods, or better ones."""
        self.begin("an_order_is_released")
        confirmed = [one for one in self.shop.orders.values() if one.state == "confirmed"]
        orders = confirmed if confirmed and choice % 4 else list(self.shop.orders.values())
        self.release(orders[-1 - choice % min(len(orders), 6)])

    def release(self, order: Order) -> None:
        """Its reservations become parts of it, and no unit is gained or lost on the way."""
        reserved = Counter({sku: 0 for sku, _ in order.lines})
        for (sku, _), line in order.lines.items():
            reserved[sku] += line.reserved
        reasons = [] if order.state == "confirmed" else ["illegal-move"]
        if not reasons and not sum(reserved.values()):
            reasons.append("outbound.not-ready")
        answer = self.do(release_order, ReleaseOrder(order.id), reasons=reasons)
        if answer is None:
            return
        order.state = "released"
        gifts = {line.seq: line.is_gift for line in answer.order.lines}
        parts = [_part(row, order, gifts) for row in answer.outbound]
        given = Counter[str]()
        for part in parts:
            for given_line in part.lines.values():
                given[given_line.goods[0]] += given_line.qty
            self.shop.parts[part.id] = part
        assert +given == +reserved, f"reserved {reserved}, with warehouses {given}"

    @rule(where=st.sampled_from(PLACES), size=st.integers(1, 4), method=st.sampled_from(METHODS), lane=st.booleans())
    def a_wave_is_released(self, where: WarehouseId, size: int, method: PickMethod, lane: bool) -> None:  # drawn
        """Of the orders that came first; single pieces through the fast lane now and then."""
        self.begin("a_wave_is_released")
        self.wave(where, size, method, lane=lane)

    def wave(self, where: WarehouseId, size: int, method: PickMethod, *, lane: bool) -> None:
        """Just those whose goods are all there have bins."""
        waiting = [part for part in self.shop.parts.values() if part.state == "new" and part.place == where]
        if lane:
            waiting = [part for part in waiting if sum(line.qty for line in part.lines.values()) == 1]
        wanted = waiting[:size]
        if not wanted:
            return
        free = {sku: max(0, self.shop.pickable(sku, where)) for sku in COSTS}
        fit = fitting(wanted, free)
        shape = BasketShape.SINGLE if lane else BasketShape.MIXED
        wave = WaveId(an_id("wave", self.fresh()))
        cmd = ReleaseWave(wave, where, tuple(part.id for part in wanted), shape, method)
        answer = self.do(release_wave, cmd, reasons=() if fit else ("outbound.not-ready",))
        if answer is None:
            return
        out = {one.outbound_id for one in answer.left_out}
        assert out == {part.id for part in wanted} - {part.id for part in fit}, f"left out {out}, the model {fit} fits"
        for part in fit:
            part.waved(wave, lane=lane)

    @precondition(lambda self: any(part.wave for part in self.shop.parts.values()))
    @rule(choice=pick)
    def a_wave_is_undone(self, choice: int) -> None:
        """Unless somebody walks."""
        self.begin("a_wave_is_undone")
        waves = list(dict.fromkeys(part.wave for part in self.shop.parts.values() if part.wave))
        wave = waves[-1 - choice % len(waves)]
        members = [part for part in self.shop.parts.values() if part.wave == wave]
        begun = self.house.office.ask(look_at_wave, wave, self.act).state is not WaveState.RELEASED
        assert begun or not any(part.state not in ("waved", "printed", "cancelled") for part in members), members
        if self.do(undo_wave, UndoWave(wave, "tomorrow"), reasons=("illegal-move",) if begun else ()):
            for part in self.shop.parts.values():
                if part.wave == wave and part.state in ("waved", "printed"):
                    part.unwaved()

    # -- labels

    @rule(
        carrier=st.sampled_from(CARRIERS),
        call=st.sampled_from(("buy", "buy", "ask", "void", "ask_void")),
        fault=st.sampled_from(sorted(Fault, key=str)),
    )
    def a_carrier_has_a_bad_day(self, carrier: str, call: str, fault: Fault) -> None:
        """Its next answer gets lost, is a no, or takes long."""
        self.begin("a_carrier_has_a_bad_day")
        self.tally.strikes[f"carrier {fault.value}"] += 1
        self.house.carriers[carrier].arrange(call, fault)

    @rule(result=st.sampled_from((Result.UNCERTAIN, Result.NOT_REACHED, Result.REFUSED, Result.ACCEPTED)))
    def a_printer_has_a_bad_day(self, result: Result) -> None:
        """It jams, is away, or says no."""
        self.begin("a_printer_has_a_bad_day")
        self.tally.strikes[f"printer {result.value}"] += 1
        self.house.press.coming.append(result)

    @precondition(lambda self: self.shop.parts)
    @rule(choice=pick)
    def a_number_is_asked_for_again(self, choice: int) -> None:
        """Where a carrier said no."""
        self.begin("a_number_is_asked_for_again")
        part = self.part(choice)
        self.do(ask_again, part.id, reasons=("outbound.intercepted",) if part.stopped else ())

    @precondition(lambda self: any(one.ask_at is not None for one in self.seen.waybills.values()))
    @rule()
    def carriers_are_asked(self) -> None:
        """About what they have not said."""
        self.begin("carriers_are_asked")
        self.house.dispatcher.ask_unknown()

    # -- picking

    @precondition(lambda self: self.walks())
    @rule(choice=pick, fate=st.integers(0, 99))
    def a_picker_goes_on(self, choice: int, fate: int) -> None:
        """Takes a walk on or does its next step; now and then the wrong one."""
        self.begin("a_picker_goes_on")
        walks = self.walks()
        self.step(walks[choice % len(walks)], fate)

    def walks(self) -> list[PickRun]:
        """Those that are not over, the earlier first."""
        return sorted(
            (one for one in self.seen.runs.values() if one.state is RunState.OPEN), key=lambda one: (one.made_at, one.id)
        )

    def parts_on(self, picking: Picking) -> list[Part]:
        """Whose goods a walk fetches."""
        return [
            self.shop.parts[one] for one in dict.fromkeys(share.outbound_id for line in picking.lines for share in line.shares)
        ]

    def step(self, run: PickRun, fate: int) -> None:
        """One deed of its picker."""
        if run.picker is None:
            self._take_on(run)
            return
        stopped = [part.id for part in self.parts_on(run.picking) if part.stopped]
        picking, _ = run.picking.without(stopped)
        line = picking.line
        if picking.step is PickStep.ZERO_CHECK:
            self.do(answer_zero_check, AnswerZeroCheck(run.id, empty=fate % 3 != 0))
        elif line is None:
            self._take_on(run)
        elif fate < 8:
            self._fall_short(run, picking, line)
        elif fate < 14:
            self.do(skip_line, SkipLine(run.id))
        elif fate < 17:
            self.do(leave_walk, LeaveWalk(run.id))
        elif fate < 23:
            wrong = next(code for code in SKUS if SKUS[code] != line.sku_id)
            cmd = ConfirmPick(run.id, line.location, SKUS[wrong], 1, slot=line.slot)
            self.do(confirm_pick, cmd, reasons=("scan.wrong-record",))
        elif fate < 27:
            cmd = ConfirmPick(run.id, line.location, line.sku_id, line.rest_qty + 1, slot=line.slot)
            self.do(confirm_pick, cmd, reasons=("outbound.too-many",))
        else:
            self._confirm(run, line, line.rest_qty if fate % 3 else 1)

    def _confirm(self, run: PickRun, line: PickLine, qty: int) -> None:
        cmd = ConfirmPick(run.id, line.location, line.sku_id, qty, slot=line.slot)
        if self.do(confirm_pick, cmd):
            for share in served(line.shares, line.picked_qty, qty):
                self.shop.parts[share.outbound_id].took(share.line, share.qty)

    def _take_on(self, run: PickRun) -> None:
        """With what it was begun with, else a tote or cart that nobody carries."""
        place = run.warehouse_id
        taken = {one.unit_id for one in self.walks() if one.id != run.id}
        slotted = any(line.slot for line in run.picking.lines)
        units = [cart_of(place, n) for n in range(CARTS)] if slotted else [tote_of(place, n) for n in range(TOTES - 1)]
        free: list[HandlingUnitId] = [one for one in units if one not in taken]
        if not free and run.unit_id is None:
            return
        parts = [part for part in self.parts_on(run.picking) if not part.stopped]
        early = run.picker is None and any(part.state == "waved" and not part.in_lane for part in parts)
        cmd = StartPicking(place, run.unit_id or free[0], run.id)
        if self.do(start_picking, cmd, reasons=("outbound.not-ready",) if early else ()) and run.picker is None:
            for part in parts:
                if part.state in ("waved", "printed"):
                    part.state = "picking"

    def _fall_short(self, run: PickRun, picking: Picking, line: PickLine) -> None:
        """The place holds no more: the walk's own units there are looked for elsewhere, what nobody is promised is doubted."""
        place, sku = run.warehouse_id, CODES[line.sku_id]
        doubted = [one for one in picking.lines if one.stock == line.stock and one.rest_qty]
        shares = [share for one in doubted for share in served(one.shares, one.picked_qty, one.rest_qty)]
        bins = self.house.office.ask(look_at_promises, (run.id, tuple(one.number for one in doubted)), self.act)
        loose = sum(one.free_qty for one in bins) + sum(share.qty for share in shares)
        if not self.do(report_short, ReportShort(run.id, line.location)):
            return
        self.shop.suspect[sku, place] += loose
        self.shop.shelves[sku, place].frozen += loose
        left = self.shop.pickable(sku, place) + sum(share.qty for share in shares)
        for share in shares:
            got = min(share.qty, max(0, left))
            left -= got
            if got < share.qty:
                self.shop.parts[share.outbound_id].missed(share.line, share.qty - got)
        for outbound_id in {share.outbound_id for share in shares}:
            self.shop.parts[outbound_id].after_pick()

    # -- stopped, and carried back

    def part(self, choice: int) -> Part:
        """One of the parts there are, the later ones more often."""
        parts = list(self.shop.parts.values())
        return parts[-1 - choice % min(len(parts), 8)]

    @precondition(lambda self: self.shop.parts)
    @rule(choice=pick)
    def a_warehouse_stops_an_order(self, choice: int) -> None:
        """Wherever it is in the house."""
        self.begin("a_warehouse_stops_an_order")
        part = self.part(choice)
        done = self.do(intercept_order, InterceptOrder(part.id, "damaged"), reasons=("outbound.must-return",) if part.out else ())
        if done and not part.stopped:
            self.shop.stop_part(part)

    @precondition(lambda self: any(part.state == "intercepted" for part in self.shop.parts.values()))
    @rule(choice=pick, path=st.sampled_from(PATHS), more=st.integers(0, 9))
    def goods_are_carried_back(self, choice: int, path: str, more: int) -> None:
        """To any shelf; one more than there are is refused."""
        self.begin("goods_are_carried_back")
        parts = [part for part in self.shop.parts.values() if part.state == "intercepted"]
        part = parts[choice % len(parts)]
        off = Counter[str]()
        for line in part.lines.values():
            off[line.goods[0]] += line.picked
        sku = min(+off)
        qty = off[sku] + 1 if more == 0 else off[sku]
        cmd = PutBack(part.id, SKUS[sku], qty, location_of(part.place, path))
        if self.do(put_back_goods, cmd, reasons=("outbound.too-many",) if more == 0 else ()):
            self.shop.put_back(part, sku, qty)

    # -- goods move

    def a_bin(self, choice: int) -> Bin | None:
        """One that holds something."""
        bins = sorted(self.seen.bins, key=lambda one: one.id)
        return bins[choice % len(bins)] if bins else None

    @rule(choice=pick, path=st.sampled_from(PATHS), more=st.integers(0, 9))
    def goods_are_moved(self, choice: int, path: str, more: int) -> None:
        """Free ones; those that are promised or doubted stay."""
        self.begin("goods_are_moved")
        one = self.a_bin(choice)
        if one is None or one.key.location_id == location_of(one.key.warehouse_id, path):
            return
        qty = one.free_qty + 1 if more == 0 else one.free_qty
        if not qty:
            return
        key, unit = one.key, tote_of(one.key.warehouse_id, TOTES - 1)  # a pallet: nobody picks into it
        target = location_of(key.warehouse_id, path)
        stands = self.house.office.ask(look_at_unit, unit, self.act).location_id
        into = unit if stands == target and choice % 2 else None
        line = MoveLine(
            key.sku_id, qty, key.location_id, target, from_unit_id=key.handling_unit_id, to_unit_id=into, state=key.state
        )
        cmd = MoveGoods(an_id("move", self.fresh()), key.warehouse_id, (line,))
        self.do(move_goods, cmd, reasons=("warehouse.not-in-bin",) if more == 0 else ())

    @rule(where=st.sampled_from(PLACES), number=st.integers(0, TOTES + CARTS - 1), path=st.sampled_from(PATHS))
    def a_unit_is_carried(self, where: WarehouseId, number: int, path: str) -> None:
        """With all that lies in it."""
        self.begin("a_unit_is_carried")
        unit = tote_of(where, number) if number < TOTES else cart_of(where, number - TOTES)
        target, stands = location_of(where, path), self.house.office.ask(look_at_unit, unit, self.act)
        if stands.location_id != target:
            self.do(carry_unit, CarryUnit(an_id("carried", self.fresh()), unit, stands.version, target))

    @rule(choice=pick, clear=st.booleans())
    def a_bin_is_doubted_or_cleared(self, choice: int, clear: bool) -> None:  # drawn
        """Somebody stands before it; what is doubted is frozen."""
        self.begin("a_bin_is_doubted_or_cleared")
        one = self.a_bin(choice)
        if one is None:
            return
        sku, place = CODES[one.key.sku_id], one.key.warehouse_id
        if clear:
            if self.do(clear_suspect, DoubtBin(one.id)):
                self.shop.suspect[sku, place] -= one.suspect_qty
                shelf = self.shop.shelves[sku, place]
                shelf.frozen = max(0, shelf.frozen - one.suspect_qty)
        elif self.do(mark_suspect, DoubtBin(one.id)):
            self.shop.suspect[sku, place] += one.free_qty
            self.shop.shelves[sku, place].frozen += one.free_qty


def _part(row: OutboundOrder, order: Order, gifts: dict[int, bool]) -> Part:
    lines = {line.seq: PartLine((CODES[line.sku_id], gifts[line.source_line]), line.source_line, line.qty) for line in row.lines}
    return Part(row.id, order.id, row.warehouse_id, lines)
