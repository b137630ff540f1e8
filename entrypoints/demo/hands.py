"""F-3, second half: picked with a tin that is not there, stopped on the way, checked, packed, weighed, handed over, booked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from houtai.application.inventory.adjust import DecideAdjustment, approve_adjustment
from houtai.application.ledger.ports import JournalFilter
from houtai.application.ledger.queries import ListJournals, list_journals
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.outbound.begin_walk import StartPicking, start_picking
from houtai.application.outbound.check import (
    BeginCheck,
    CheckInLane,
    CheckPiece,
    begin_check,
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
)
from houtai.application.outbound.intercept import PutBack, put_back_goods
from houtai.application.outbound.pack import Pack, PackedParcel, ProposeBox, pack, propose_box
from houtai.application.outbound.picking import (
    AnswerZeroCheck,
    ConfirmPick,
    answer_zero_check,
    confirm_pick,
)
from houtai.application.outbound.short import ReportShort, report_short
from houtai.application.outbound.waves import ReleasedWave
from houtai.application.outbound.weigh import (
    AcceptWeight,
    ParcelWeighed,
    SendBack,
    WeighParcel,
    accept_weight,
    send_back,
    weigh_parcel,
)
from houtai.application.shipping.pushes import ReceivePush, receive_carrier_push
from houtai.application.warehouse.count_place import Counted, CountPlace, count_place
from houtai.domain.act import Act, Entry
from houtai.domain.aftersales.claim import Claim
from houtai.domain.ids import AdjustmentId, ManifestId, SkuId, new_id
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.picking import PickLine, PickStep
from houtai.domain.outbound.refusals import Intercepted
from houtai.domain.outbound.work import PickRun
from houtai.domain.refusal import Forbidden
from houtai.domain.shipping.tracking import TrackState
from houtai.entrypoints.demo.dispatch import LEAD, Hall, unit_of
from houtai.entrypoints.demo.floor import PICKER, come_in
from houtai.entrypoints.demo.stage import Stage, amount

SHELF: Final = "A-01-01-1"
GRAMS: Final = {"TEA-100": 130, "TEA-250": 300, "POT-ZISHA": 450, "SPOON": 20, "GAIWAN": 260}
TARES: Final = {"S": 90, "L": 200}


def pick_the_cart(hall: Hall) -> None:
    """周 walks with the cart; one of five tins is not where the books have it, and another is found behind."""
    stage, office = hall.stage, hall.stage.office
    assert hall.cart is not None, "the cart's wave was released"
    made, tins = hall.cart, [hall.counter.shop.skus["TEA-100"]]

    def begin() -> PickRun:
        return office.perform(
            start_picking, StartPicking(hall.warehouse, unit_of(hall, made), hall.run(made).id), stage.act(PICKER)
        )

    def lacking() -> None:
        run, (line, *_) = hall.run(made), _left_at(hall.run(made), SHELF, tins)
        if line.rest_qty > 1:
            office.perform(confirm_pick, _taking(run, line, line.rest_qty - 1), stage.act(PICKER))
        office.perform(report_short, ReportShort(run.id, SHELF), stage.act(PICKER))

    stage.tell(PICKER, "comes to the packing table by badge and PIN", lambda: come_in(stage, hall.floor.bench))
    begun = stage.tell(PICKER, "takes the cart's walk on", lambda: _begin(hall, made))
    stops = list(dict.fromkeys(begun.picking.numbered(number).location for number in begun.picking.queue))
    last = _left_at(begun, SHELF, tins)[-1]
    stage.tell(
        PICKER,
        f"walks {' → '.join(stops)}; at {SHELF} every piece goes into its order's slot",
        lambda: _take_all(hall, made, _ahead_of(begun, last)),
        skus=tins,
    )
    stage.tell(
        PICKER,
        "finds one tin less than the books have: what nobody is promised there is in doubt, a count is asked for, "
        "and another bin joins the walk",
        lacking,
        skus=tins,
    )
    stage.tell(PICKER, "picks the rest, the missing tin from B-01-02-1 among it", lambda: _take_the_rest(hall, made), skus=tins)


def count_the_shelf(hall: Hall) -> None:
    """The shelf is counted, and somebody else takes the missing tin out of stock and books."""
    stage, office = hall.stage, hall.stage.office
    tins, large = hall.counter.shop.skus["TEA-100"], hall.counter.shop.skus["TEA-250"]
    counted = AdjustmentId(new_id())

    def count() -> None:
        found = (Counted(large, hall.pieces_at(SHELF, large)), Counted(tins, hall.pieces_at(SHELF, tins) - 1))
        office.perform(count_place, CountPlace(counted, hall.floor.places[SHELF].id, found), stage.act(PICKER))

    def approve(who: str) -> None:
        office.perform(approve_adjustment, DecideAdjustment(counted, 1), stage.act(who))

    stage.tell(
        PICKER, f"counts {SHELF}: one small tin less than the books say; the difference becomes an adjustment", count, skus=[tins]
    )
    stage.tell("li", "approves it: the tin leaves stock, and its cost the books", lambda: approve("li"), skus=[tins])


def change_on_the_way(hall: Hall) -> None:
    """林晓燕 cancels what is on the cart already: no label counts any more, and the goods go back to a shelf."""
    stage, office = hall.stage, hall.stage.office
    assert hall.changed is not None, "she has ordered"
    order, sent = hall.order(hall.changed), hall.sent_for(hall.changed)

    def cancel() -> None:
        office.perform(cancel_order, CancelOrder(order.id, "买家改主意"), stage.act("chen"))
        stage.deliver()
        stage.callbacks()

    def put_back() -> None:
        for line in sent.lines:
            wish = PutBack(sent.id, line.sku_id, line.qty, hall.floor.places["B-01-02-1"].id)
            office.perform(put_back_goods, wish, stage.act(PICKER))

    skus = [line.sku_id for line in sent.lines]
    stage.tell(
        "chen", f"cancels {order.number} while it is on the cart: its waybill is voided, the money goes back", cancel, skus=skus
    )
    stage.refuse(
        PICKER,
        f"scans {sent.waybill} at the bench all the same",
        lambda: office.perform(begin_check, BeginCheck(sent.waybill), stage.act(PICKER)),
        Intercepted,
    )
    stage.tell(PICKER, "puts its goods onto B-01-02-1, where they may be sold again", put_back, skus=skus)


def check_and_pack(hall: Hall) -> None:
    """Every order of the cart is scanned piece by piece, and goes into the box that is proposed."""
    stage = hall.stage

    def all_of_them() -> None:
        for sent in _going(hall, hall.cart):
            _check(hall, sent)
            _pack(hall, sent)

    stage.tell(PICKER, "scans the cart's orders piece by piece, and packs each into the box that is proposed", all_of_them)


def weigh_them(hall: Hall) -> None:
    """Two parcels are out of tolerance: one lacks a tin and goes back, the other has a good reason that a second person gives."""
    stage, office = hall.stage, hall.stage.office
    bowls = hall.counter.shop.skus["GAIWAN"]
    light, *rest = sorted(_going(hall, hall.cart), key=lambda sent: -sum(line.qty for line in sent.lines))
    heavy = next(sent for sent in rest if bowls in {line.sku_id for line in sent.lines})
    others = [sent for sent in rest if sent is not heavy]

    def weigh(sent: OutboundOrder, off_g: int = 0) -> ParcelWeighed:
        scale = WeighParcel(sent.waybill, _grams(hall, sent) + off_g)
        return office.perform(weigh_parcel, scale, stage.act(PICKER))

    def told(sent: OutboundOrder, off_g: int, what: str) -> Parcel:
        expected = _grams(hall, sent)
        text = f"{sent.number} weighs {expected + off_g} g instead of {expected} g: {what}"
        return stage.tell(PICKER, text, lambda: weigh(sent, off_g).parcel)

    def back() -> None:
        office.perform(send_back, SendBack(light.id, "少一罐茶"), stage.act(PICKER))

    def again() -> None:
        _check(hall, light)
        _pack(hall, light)
        weigh(light)

    told(light, -GRAMS["TEA-100"], "a small tin seems to be missing")
    stage.tell(PICKER, "sends it back to the bench: opened, nothing of it counts as checked", back)
    stage.tell(PICKER, "scans every piece again, finds the tin on the table, packs and weighs: within tolerance", again)
    wrapped = told(heavy, 70, "that is more than 3 %")

    def accept(who: str) -> None:
        office.perform(accept_weight, AcceptWeight(wrapped.id, "易碎,多加了气泡膜"), stage.act(who))

    stage.refuse(PICKER, "tries to let it go on himself", lambda: accept(PICKER), Forbidden)
    stage.tell(LEAD, "looks at it: bubble wrap around the bowls; accepts the weight, and says why", lambda: accept(LEAD))
    stage.tell(PICKER, "weighs the others: within tolerance", lambda: [weigh(sent, 3) for sent in others])


def run_the_fast_lane(hall: Hall) -> None:
    """One-piece orders: goods come in one tote, each scan finds its order, and the label comes after the scan."""
    stage, office = hall.stage, hall.stage.office
    assert hall.lane is not None, "the one-piece wave was released"
    made = hall.lane

    def fetch() -> None:
        _begin(hall, made)
        _take_the_rest(hall, made)

    def scan() -> None:
        for sent in _going(hall, made):
            office.perform(check_in_lane, CheckInLane(made.wave.id, sent.lines[0].sku_id), stage.act(PICKER))
            stage.deliver()

    def close() -> None:
        for sent in _going(hall, made):
            _pack(hall, sent)
            office.perform(weigh_parcel, WeighParcel(sent.waybill, _grams(hall, hall.sent(sent.id)[0]) - 2), stage.act(PICKER))

    stage.tell(PICKER, "fetches the one-piece wave in totals, into one tote", fetch)
    stage.tell(PICKER, "scans each piece: it finds its order, and only now the label is printed", scan)
    stage.tell(PICKER, "packs and weighs them", close)


def hand_over(hall: Hall) -> None:
    """The van comes: parcels are scanned onto the manifest; when it closes, stock, books and channels know that they are gone."""
    stage, office = hall.stage, hall.stage.office
    going = [*_going(hall, hall.cart), *_going(hall, hall.lane)]
    skus = dict.fromkeys(line.sku_id for sent in going for line in sent.lines)

    def scan() -> Manifest:
        wish = OpenManifest(ManifestId(new_id()), hall.warehouse, stage.carrier.name)
        manifest = office.perform(open_manifest, wish, stage.act(PICKER))
        for sent in going:
            office.perform(add_parcel, ScanParcel(manifest.id, sent.waybill), stage.act(PICKER))
        return manifest

    def close() -> Manifest:
        closed = office.perform(close_manifest, CloseManifest(manifest.id), stage.act(PICKER))
        stage.deliver()
        return closed

    manifest = stage.tell(PICKER, f"the van is there: scans {len(going)} parcels onto its manifest", scan)
    stage.tell(
        PICKER,
        "closes the manifest: goods out at cost, revenue and freight in the books, the list printed, 天猫 is told",
        close,
        skus=skus,
    )
    gift = going[0]
    stage.tell("sun", f"reads the journal of {gift.number}: {journal_of(stage, 'outbound-order', gift)}", lambda: None)
    stage.tell("sun", f"reads what the carrier will bill: {journal_of(stage, 'manifest', manifest)}", lambda: None)
    stage.tell("the carrier", "pushes its news: everything has arrived", lambda: arrive(stage, going))


def arrive(stage: Stage, going: Iterable[OutboundOrder]) -> None:
    """The carrier brings these parcels, and says so."""
    for sent in going:
        for state in (TrackState.PICKED_UP, TrackState.DELIVERED):
            stage.clock.advance(seconds=20)
            stage.carrier.happen(sent.waybill, state)
        for push in stage.carrier.pushes():
            now = stage.clock.now()
            events = stage.carrier.parse_push(push.headers, push.raw, now)
            act = Act.of_system(now, Entry.WEBHOOK)
            stage.office.perform(receive_carrier_push, ReceivePush(stage.carrier.name, events, push.raw.decode()), act)


def journal_of(stage: Stage, document: str, of: OutboundOrder | Manifest | Claim) -> str:
    """Its journals, as accountants say them."""
    where = ListJournals(where=JournalFilter(document=document, document_id=of.id))
    journals = stage.office.ask(list_journals, where, stage.act("sun")).items
    entries = [entry for journal in sorted(journals, key=lambda one: (one.at, one.memo)) for entry in journal.entries]
    sides = [
        f"{'Dr' if one.amount_minor > 0 else 'Cr'} {one.account.code.value} {amount(abs(one.amount_minor))}" for one in entries
    ]
    return ", ".join(sides)


# What hands do, scan by scan.


def _going(hall: Hall, made: ReleasedWave | None) -> list[OutboundOrder]:
    """The wave's orders that nobody stopped, as they are now."""
    assert made is not None, "the wave was released"
    return [sent for sent in hall.sent(*(slot.outbound_id for slot in made.wave.slots)) if not sent.stopped]


def _begin(hall: Hall, made: ReleasedWave) -> PickRun:
    wish = StartPicking(hall.warehouse, unit_of(hall, made), made.runs[0].id)
    return hall.stage.office.perform(start_picking, wish, hall.stage.act(PICKER))


def _left_at(run: PickRun, location: str, skus: Iterable[SkuId]) -> list[PickLine]:
    """The lines of the walk that still want these goods there."""
    lines = [run.picking.numbered(number) for number in run.picking.queue]
    wanted = set(skus)
    return [line for line in lines if line.location == location and line.sku_id in wanted and line.rest_qty]


def _ahead_of(run: PickRun, line: PickLine) -> list[PickLine]:
    """The lines of the walk that come before this one."""
    return [run.picking.numbered(number) for number in run.picking.queue[: run.picking.queue.index(line.number)]]


def _taking(run: PickRun, line: PickLine, qty: int) -> ConfirmPick:
    return ConfirmPick(run.id, line.location, line.sku_id, qty, line.lot, line.slot)


def _take(hall: Hall, made: ReleasedWave, line: PickLine) -> None:
    """All of a line into its slot; where the books say that the place is empty now, somebody looks."""
    run = hall.run(made)
    stage = hall.stage
    after = stage.office.perform(confirm_pick, _taking(run, line, line.rest_qty), stage.act(PICKER))
    if after.picking.step is PickStep.ZERO_CHECK:
        stage.office.perform(answer_zero_check, AnswerZeroCheck(run.id, empty=True), stage.act(PICKER))


def _take_all(hall: Hall, made: ReleasedWave, lines: Iterable[PickLine]) -> None:
    for line in lines:
        _take(hall, made, line)


def _take_the_rest(hall: Hall, made: ReleasedWave) -> None:
    while (line := hall.run(made).picking.line) is not None:
        _take(hall, made, line)


def _check(hall: Hall, sent: OutboundOrder) -> None:
    """Waybill first, then every piece."""
    stage, office = hall.stage, hall.stage.office
    office.perform(begin_check, BeginCheck(sent.waybill), stage.act(PICKER))
    for line in sent.lines:
        for _ in range(line.picked_qty):
            office.perform(check_piece, CheckPiece(sent.id, line.sku_id), stage.act(PICKER))


def _pack(hall: Hall, sent: OutboundOrder) -> None:
    """Into the box that is proposed, the large one where nobody knows the goods' size."""
    proposal = hall.stage.office.ask(propose_box, ProposeBox(sent.id), hall.stage.act(PICKER))
    box = proposal.boxes[0].box.code if proposal.boxes else "L"
    hall.stage.office.perform(pack, Pack(sent.id, (PackedParcel(box),)), hall.stage.act(PICKER))


def _grams(hall: Hall, sent: OutboundOrder) -> int:
    """What the parcel of the order should weigh."""
    grams = {hall.counter.shop.skus[code]: weight for code, weight in GRAMS.items()}
    return hall.parcel_of(sent).tare_g + sum(grams[line.sku_id] * line.qty for line in sent.lines)
