"""Rules about the bench, the scale and the door: checked, packed, weighed, sent back, handed over, delivered, closed."""

from __future__ import annotations

import datetime as dt
import random

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from houtai.application.orders.ship import CompleteOrder, complete_order
from houtai.application.outbound.check import (
    BeginCheck,
    CheckAnew,
    CheckInLane,
    CheckPiece,
    begin_check,
    check_anew,
    check_in_lane,
    check_piece,
)
from houtai.application.outbound.hand_over import (
    CloseManifest,
    OpenManifest,
    ScanParcel,
    add_parcel,
    close_manifest,
    open_manifest,
    remove_parcel,
)
from houtai.application.outbound.pack import Pack, PackedParcel, pack
from houtai.application.outbound.weigh import (
    AcceptWeight,
    SendBack,
    WeighParcel,
    accept_weight,
    send_back,
    weigh_parcel,
)
from houtai.application.shipping.pushes import ReceivePush, receive_carrier_push
from houtai.domain.act import Act, Entry
from houtai.domain.ids import ManifestId, ParcelId
from houtai.domain.shipping.refusals import PushNotGenuine
from houtai.domain.shipping.tracking import TrackState
from tests.catalog.arrange import another
from tests.simulation.house import SKUS, an_id
from tests.simulation.parts import Part
from tests.simulation.steps import pick
from tests.simulation.waves import METHODS, Waves

UNIT_G = 200
WORK = ("picked", "checked", "packed", "weighed")


class Vans(Waves):
    """What goes on from the table to the buyer's door."""

    def __init__(self) -> None:
        """No driver is here yet."""
        super().__init__()
        self.manifests: dict[ManifestId, tuple[Part, ...]] = {}  # those that are open, with who is on them
        self.arrived: dict[object, dt.datetime] = {}

    @precondition(lambda self: any(part.state in WORK for part in self.shop.parts.values()))
    @rule(choice=pick, fate=st.integers(0, 99))
    def the_bench_goes_on(self, choice: int, fate: int) -> None:
        """The next step of what lies there; now and then another one than is due."""
        self.begin("the_bench_goes_on")
        parts = [part for part in self.shop.parts.values() if part.state in WORK]
        self.work(parts[choice % len(parts)], fate)

    def work(self, part: Part, fate: int) -> None:
        """One step."""
        steps = {"picked": self.check, "checked": self.pack, "packed": self.weigh, "weighed": self.hand_over}
        steps[part.state](part, fate)

    def expected(self, part: Part, *states: str) -> tuple[str, ...]:
        """Why a step of the bench is refused: the order was stopped, or is elsewhere."""
        if part.stopped:
            return ("outbound.intercepted", "not-found")
        if part.state in states:
            return ()
        return ("outbound.not-ready", "check.already-checked", "not-found")

    @precondition(lambda self: any(part.waybill for part in self.shop.parts.values()))
    @rule(choice=pick, fate=st.integers(0, 3))
    def somebody_scans_what_is_not_due(self, choice: int, fate: int) -> None:
        """A label of an order that is stopped, or not so far."""
        self.begin("somebody_scans_what_is_not_due")
        parts = [part for part in self.shop.parts.values() if part.waybill]
        part = parts[choice % len(parts)]
        if fate == 0 and part.state != "picked":
            self.do(begin_check, BeginCheck(part.waybill), reasons=self.expected(part))
        elif fate == 1 and part.state != "checked":
            self.do(pack, Pack(part.id, (PackedParcel(),)), reasons=self.expected(part))
        elif fate == 2 and part.state not in ("packed", "weighed"):
            self.do(weigh_parcel, WeighParcel(part.waybill, 100), reasons=self.expected(part))
        elif fate == 3 and part.state != "weighed" and self.manifests:
            cmd = ScanParcel(next(iter(self.manifests)), part.waybill)
            reasons = (*self.expected(part), "outbound.not-weighed", "outbound.on-manifest", "outbound.wrong-carrier")
            self.do(add_parcel, cmd, reasons=reasons)

    def check(self, part: Part, fate: int) -> None:
        """Piece by piece, all of it or a part, or from the beginning again."""
        if part.in_lane and not part.lane_done:
            self._check_in_lane(part)
            return
        self.do(begin_check, BeginCheck(part.waybill))
        lines = [line for line in part.lines.values() if line.picked]
        if fate < 10:
            self.do(check_piece, CheckPiece(part.id, SKUS[lines[0].goods[0]], 10_000), reasons=("check.over-quantity",))
            return
        self.do(check_anew, CheckAnew(part.id))
        for line in lines if fate < 80 else lines[:-1]:
            self.do(check_piece, CheckPiece(part.id, SKUS[line.goods[0]], line.picked))
        if fate < 80:
            part.state = "checked"

    def _check_in_lane(self, part: Part) -> None:
        """The piece finds the first order of the wave that wants it."""
        (line,) = part.lines.values()
        waiting = [one for one in self.shop.parts.values() if one.wave == part.wave and one.in_lane and not one.lane_done]
        mine = [one for one in waiting if one.lines[1].goods[0] == line.goods[0] and not one.stopped]
        first = min(mine, key=lambda one: self.seen.outbound[one.id].slot)
        assert part.wave is not None, part
        cmd = CheckInLane(part.wave, SKUS[line.goods[0]])
        if self.do(check_in_lane, cmd, reasons=() if first.state == "picked" else ("outbound.not-ready",)):
            first.state, first.lane_done = "checked", True

    def pack(self, part: Part, fate: int) -> None:
        """Into one parcel; not before there is a number."""
        del fate
        if self.do(pack, Pack(part.id, (PackedParcel(),)), reasons=() if part.waybill else ("outbound.not-ready",)):
            part.state = "packed"

    def weigh(self, part: Part, fate: int) -> None:
        """What it should weigh; or far more, which goes back to the bench, or on by another's word."""
        grams = UNIT_G * sum(line.picked for line in part.lines.values())
        if fate < 25:
            self.do(weigh_parcel, WeighParcel(part.waybill, grams * 3))
            accept = AcceptWeight(ParcelId(part.id), "it is gift wrapped")
            if fate < 10:
                self.do(accept_weight, accept, reasons=("forbidden",))  # who weighed it does not accept it
                self.do(accept_weight, accept, act=another(self.act))
                part.state = "weighed"
            elif self.do(send_back, SendBack(part.id, "open it")):
                part.state = "picked"
            return
        self.do(weigh_parcel, WeighParcel(part.waybill, grams))
        part.state = "weighed"

    def hand_over(self, part: Part, fate: int) -> None:
        """Onto its carrier's manifest, off it again, or back to the scale, where it weighs something else."""
        if part.on is not None:
            if fate < 10:
                self.do(remove_parcel, ScanParcel(part.on, part.waybill))
                self._off(part)
            elif fate < 20:
                cmd = WeighParcel(part.waybill, UNIT_G)
                self.do(weigh_parcel, cmd, reasons=("outbound.on-manifest",))
            else:
                self.close(part.on)
            return
        if fate < 8:
            grams = UNIT_G * sum(line.picked for line in part.lines.values())
            self.do(weigh_parcel, WeighParcel(part.waybill, grams * 3))
            part.state = "picked"
            return
        manifest = self._manifest_for(part)
        self.do(add_parcel, ScanParcel(manifest, part.waybill))
        self.manifests[manifest] = (*self.manifests[manifest], part)
        part.on = manifest

    def _off(self, part: Part) -> None:
        assert part.on is not None, part
        self.manifests[part.on] = tuple(one for one in self.manifests[part.on] if one.id != part.id)
        part.on = None

    def _manifest_for(self, part: Part) -> ManifestId:
        """The open one of its carrier and warehouse, else a new one."""
        for key in self.manifests:
            row = self.seen.manifests.get(key)
            if row is not None and (row.warehouse_id, row.carrier) == (part.place, part.carrier):
                return key
        manifest = ManifestId(an_id("manifest", self.fresh()))
        self.do(open_manifest, OpenManifest(manifest, part.place, part.carrier))
        self.manifests[manifest] = ()
        self.settle()
        return manifest

    @precondition(lambda self: self.manifests)
    @rule(choice=pick)
    def a_driver_signs(self, choice: int) -> None:
        """All that is on the manifest leaves; an empty one is not signed."""
        self.begin("a_driver_signs")
        self.close(list(self.manifests)[choice % len(self.manifests)])

    def close(self, manifest: ManifestId) -> None:
        """The parcels of orders that were stopped are off it already."""
        going = [part for part in self.manifests[manifest] if part.on == manifest and not part.stopped]
        if self.do(close_manifest, CloseManifest(manifest), reasons=() if going else ("outbound.not-ready",)):
            self.tally.deeds["parcels that left"] += len(going)
            for part in going:
                self.shop.shipped(part)
                self.shop.gone.freight_minor += self.charge_of(part)
            del self.manifests[manifest]

    def charge_of(self, part: Part) -> int:
        """What the carrier itself says that the parcel costs."""
        carrier = self.house.carriers[part.carrier]
        row = carrier._state.execute("SELECT minor FROM waybills WHERE number = ?", (part.waybill,)).fetchone()
        return int(row["minor"])

    # -- on the road

    @precondition(lambda self: any(part.state == "shipped" for part in self.shop.parts.values()))
    @rule(choice=pick, copies=st.integers(1, 3), turned=st.booleans())
    def a_parcel_arrives(self, choice: int, copies: int, turned: bool) -> None:  # drawn
        """Its pushes come several times and in any order."""
        self.begin("a_parcel_arrives")
        parts = [part for part in self.shop.parts.values() if part.state == "shipped"]
        part = parts[choice % len(parts)]
        carrier = self.house.carriers[part.carrier]
        for minutes, state in ((50, TrackState.PICKED_UP), (30, TrackState.IN_TRANSIT), (10, TrackState.DELIVERED)):
            carrier.happen(part.waybill, state, minutes_ago=minutes)
        pushes = carrier.pushes(copies=copies)
        for push in reversed(pushes) if turned else pushes:
            try:
                events = carrier.parse_push(push.headers, push.raw, self.now)
            except PushNotGenuine:
                assert abs((self.house.wrist.true - self.now).total_seconds()) > 299, "a genuine push was refused"
                continue
            act = Act.of_system(self.now, Entry.WEBHOOK)
            self.house.office.perform(receive_carrier_push, ReceivePush(carrier.name, events), act)
            part.state = self._state_after(part, [event.state for event in events])

    def _state_after(self, part: Part, told: list[TrackState]) -> str:
        if TrackState.DELIVERED in told and part.state == "shipped":
            self.arrived[part.id] = self.now
            return "delivered"
        return part.state

    @precondition(lambda self: self.arrived)
    @rule(choice=pick)
    def an_order_is_closed(self, choice: int) -> None:
        """A week after its last parcel arrived, if nothing is still to go."""
        self.begin("an_order_is_closed")
        part = self.shop.parts[list(self.arrived)[choice % len(self.arrived)]]  # type: ignore[index]  # ids of parts
        order = self.shop.orders[part.order]
        mine = [one for one in self.shop.parts_of(order) if one.state != "cancelled"]
        whole = order.state == "released" and all(one.state == "delivered" for one in mine)
        whole = whole and all(line.shipped == line.qty for line in order.lines.values())
        due = whole and max(self.arrived[one.id] for one in mine) + dt.timedelta(days=7) <= self.now
        if self.do(complete_order, CompleteOrder(order.id), reasons=() if due else ("orders.not-due-yet",)):
            order.state = "completed"

    # -- a whole day

    @precondition(lambda self: any(one.state in ("confirmed", "released") for one in self.shop.orders.values()))
    @rule(dice=st.integers(0, 2**32), length=st.integers(1, 40), lane=st.booleans())
    def a_day_in_the_warehouse(self, dice: int, length: int, lane: bool) -> None:  # drawn
        """Everything goes on a little, as far as the day lasts."""
        self.begin("a_day_in_the_warehouse")
        self.a_day(dice, length, lane=lane)

    def a_day(self, dice: int, length: int, *, lane: bool) -> None:
        """Released, waved, and one thing after the other; anybody may cancel between any two scans."""
        thrown = random.Random(dice)  # hundreds of numbers that hypothesis drew would leave it none for the other rules
        fates = [thrown.randrange(100) for _ in range(length)]
        for order in list(self.shop.orders.values()):
            if order.state == "confirmed":
                self.release(order)
        for place in dict.fromkeys(part.place for part in self.shop.parts.values()):
            self.wave(place, 4, METHODS[fates[0] % 3], lane=lane)
        for fate in fates:
            self.settle()
            if fate in (98, 99):
                self.somebody_cancels(fate)
            else:
                self.one_of_many(fate)

    def somebody_cancels(self, fate: int) -> None:
        """One of the orders that are with a warehouse."""
        raise NotImplementedError(fate)

    def one_of_many(self, fate: int) -> None:
        """The first thing that there is to do: messages, scans at the bench, steps of walks."""
        work = [part for part in self.shop.parts.values() if part.state in WORK]
        walks = self.walks()
        numbers_wanted = any(not part.waybill and part.state in ("waved", "checked") for part in self.shop.parts.values())
        if numbers_wanted and fate % 4 == 0:
            self.empty_outbox()
        elif work and (fate % 2 or not walks):
            self.work(work[fate % len(work)], 99 - fate if fate > 50 else 50)
        elif walks:
            self.step(walks[fate % len(walks)], fate)

    def empty_outbox(self) -> None:
        """All that is due."""
        raise NotImplementedError
