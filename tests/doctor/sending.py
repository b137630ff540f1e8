"""A warehouse that sends, in whatever database it is put into: orders at every step from wave to van, stopped and put back too."""

from __future__ import annotations

import datetime as dt
from typing import Any

from houtai.adapters.sql.store import SqlStore
from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.aftersales.decide import ApproveClaim, approve_claim
from houtai.application.aftersales.inspect import Found, InspectReturn, inspect_return
from houtai.application.aftersales.label import return_parcel
from houtai.application.aftersales.parcels import TakeDownParcel, take_down_parcel
from houtai.application.aftersales.policy import SetAftersalesPolicy, set_aftersales_policy
from houtai.application.aftersales.quote import ClaimWish
from houtai.application.aftersales.returns import CameBack, ReceiveReturn, receive_return
from houtai.application.ledger.periods import MovePeriod, close_period, reopen_period
from houtai.application.office import Office
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.merge import MergeOrders, merge_orders
from houtai.application.orders.policy import SetAuditPolicy, set_audit_policy
from houtai.application.outbound.arrivals import ReceivedLine, ReceiveTransfer, receive_transfer
from houtai.application.outbound.check import BeginCheck, CheckPiece, begin_check, check_piece
from houtai.application.outbound.configure import SetBox, SetDispatch, SetTemplate, set_box, set_dispatch, set_template
from houtai.application.outbound.goods_issues import (
    ApproveGoodsIssue,
    IssueWish,
    RequestGoodsIssue,
    approve_goods_issue,
    request_goods_issue,
)
from houtai.application.outbound.hand_out import HandOutGoodsIssue, hand_out_goods_issue
from houtai.application.outbound.hand_over import (
    CloseManifest,
    OpenManifest,
    ScanParcel,
    add_parcel,
    close_manifest,
    open_manifest,
)
from houtai.application.outbound.intercept import PutBack, put_back_goods
from houtai.application.outbound.pack import Pack, PackedParcel, pack
from houtai.application.outbound.ports import OUTBOUND_OF, OutboundViews
from houtai.application.outbound.transfers import CreateTransfer, ReadyTransfer, TransferWish, create_transfer, ready_transfer
from houtai.application.outbound.waves import UndoWave, undo_wave
from houtai.application.outbound.weigh import WeighParcel, weigh_parcel
from houtai.application.permission import needs
from houtai.application.printing.request import Reprint, reprint
from houtai.application.shipping.answers import RecordWaybillAnswer, record_waybill_answer
from houtai.application.shipping.queries import ListWaybills, list_waybills
from houtai.application.tickets.timers import run_due_tickets
from houtai.application.webhooks.courier import Courier
from houtai.application.webhooks.endpoints import MoveWebhookEndpoint, pause_webhook_endpoint
from houtai.application.webhooks.replay import SendTestEvent, send_test_event
from houtai.application.webhooks.secrets import WebhookSecrets
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Disposition, Grade
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.ids import (
    BoxId,
    ClaimId,
    GoodsIssueId,
    HandlingUnitId,
    ManifestId,
    OrderId,
    PrintJobId,
    ReturnParcelId,
    TransferId,
    WaveTemplateId,
    WebhookDeliveryId,
    WebhookEndpointId,
    new_id,
)
from houtai.domain.inventory.stock import StockState
from houtai.domain.money import Money
from houtai.domain.orders.order import Order
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.goods_issue import IssueReason
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import WaveTemplate
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.webhooks.event_type import EventType
from tests.boxes import a_box
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.doctor.rewarding import reward
from tests.inventory.arrange import receive, some_warehouse
from tests.orders.shop import Shop
from tests.outbound.errand import SOMEBODY
from tests.outbound.floor import Floor
from tests.printing.room import Room
from tests.shipping.dock import SENDER
from tests.tickets.talk import Talk
from tests.warehouse.arrange import some_location
from tests.webhooks.hooks import BROKEN, GONE, TAKEN, Line

BOX = Box("B", 300, 300, 300, 30_000, tare_g=200)
WEIGHTS = {"CUP": 300, "BOWL": 200}


@needs("tests.read")
def _outbound_of(views: OutboundViews, query: TransferId | GoodsIssueId | ClaimId, act: Act) -> list[OutboundOrder]:
    return views.outbound_orders.by(OUTBOUND_OF, query)


class Sending:
    """The floor with a bench, a scale and a door; each step takes the order from the one before."""

    def __init__(self, office: Office, clock: StillClock) -> None:
        self.shop = Shop(office, clock)
        self.shop.charge_freight(800)
        self.floor = Floor(self.shop)
        self.office = office
        self.tables = iter(range(1, 100))
        self.perform(set_box, SetBox(id=BoxId(new_id()), expected_version=0, box=BOX))
        self.template = SetTemplate(
            id=WaveTemplateId(new_id()),
            expected_version=0,
            warehouse=self.shop.warehouse,
            template=WaveTemplate("cart"),
            method=PickMethod.CLUSTER,
        )
        self.perform(set_template, self.template)

    def perform(self, deed: Any, cmd: Any) -> Any:
        """As the house, at the clock's moment."""
        return self.office.perform(deed, cmd, self.floor.act)

    def order(self, **units: Any) -> tuple[Order, OutboundOrder]:
        """Paid and released."""
        order = self.shop.paid(**units)
        (sent,) = self.floor.hand_over(order).outbound
        return order, sent

    def tote(self) -> HandlingUnitId:
        """An empty one."""
        number = next(self.tables)
        return self.floor.unit(UnitKind.TOTE, f"H-T{number}")

    def begun(self, sent: OutboundOrder) -> Any:
        """Waved by itself, its label printed, somebody walks."""
        self.floor.printed(sent, method=PickMethod.SINGLE)
        return self.floor.start(self.tote())

    def picked(self, sent: OutboundOrder) -> OutboundOrder:
        """Off the shelf."""
        run = self.begun(sent)
        for line in run.picking.lines:
            code = next(code for code, sku in self.shop.sku.items() if sku == line.sku_id)
            self.floor.take(run, self.floor.first, code, line.qty)
        return self.floor.now(sent)

    def weighed(self, sent: OutboundOrder) -> OutboundOrder:
        """Checked, packed and weighed."""
        picked = self.picked(sent)
        self.perform(begin_check, BeginCheck(picked.waybill))
        for line in picked.lines:
            self.perform(check_piece, CheckPiece(picked.id, line.sku_id, line.qty))
        (parcel,) = self.perform(pack, Pack(picked.id, (PackedParcel("B"),)))
        grams = sum(WEIGHTS[line.sku_code] * line.qty for line in picked.lines) + BOX.tare_g
        self.perform(weigh_parcel, WeighParcel(parcel.number, grams))
        return self.floor.now(sent)

    def manifest(self, *sent: OutboundOrder) -> ManifestId:
        """Open, with these parcels on it."""
        manifest = ManifestId(new_id())
        self.perform(open_manifest, OpenManifest(manifest, self.shop.warehouse, "embedded"))
        for one in sent:
            self.perform(add_parcel, ScanParcel(manifest, one.waybill))
        return manifest

    def transfers(self) -> None:
        """To a second warehouse: one asked for, one reserved, one on the road of which a part has arrived."""
        west = some_warehouse(self.office, self.floor.act, "WE")
        settings = SetDispatch(warehouse=west, expected_version=0, sender=SENDER, carriers=("embedded",))
        self.perform(set_dispatch, settings)
        made = []
        for code, qty in (("CUP", 3), ("BOWL", 1), ("BOWL", 1)):
            wishes = (TransferWish(self.shop.sku[code], qty),)
            wish = CreateTransfer(TransferId(new_id()), self.shop.warehouse, west, wishes)
            made.append(self.perform(create_transfer, wish))
        for transfer in made[:2]:
            self.perform(ready_transfer, ReadyTransfer(transfer.id))
        (sent,) = self.office.ask(_outbound_of, made[0].id, self.floor.act)
        self.perform(close_manifest, CloseManifest(self.manifest(self.weighed(sent))))
        self.perform(receive_transfer, ReceiveTransfer(made[0].id, (ReceivedLine(1, 1),)))

    def given_away(self) -> None:
        """A sample that left, goods for a supplier that are reserved, and scrap that somebody asked for."""
        made = []
        for reason, supplier in ((IssueReason.SAMPLE, ""), (IssueReason.SUPPLIER_RETURN, "KILN-7"), (IssueReason.SCRAP, "")):
            lines, issue = (IssueWish(self.shop.sku["BOWL"], 1),), GoodsIssueId(new_id())
            wish = RequestGoodsIssue(issue, self.shop.warehouse, reason, lines, SOMEBODY, supplier)
            made.append(self.perform(request_goods_issue, wish))
        for asked in made[:2]:
            self.office.perform(approve_goods_issue, ApproveGoodsIssue(asked.id, asked.version), another(self.floor.act))
        self.scrap_breakage()
        (sent,) = self.office.ask(_outbound_of, made[0].id, self.floor.act)
        self.perform(close_manifest, CloseManifest(self.manifest(self.weighed(sent))))

    def asked(self, order: Order) -> None:
        """A buyer writes in every way there is: of two matters one is merged, one is split off, one closed and asked again."""
        talk = Talk(self.office, self.shop.clock, self.shop)
        gone, survivor = talk.open("by phone", order=order.id), talk.open("by mail", order=order.id)
        talk.note(talk.answer(gone))
        talk.merge(gone, into=survivor)
        talk.split(survivor, talk.thread(survivor)[0].id)
        closed = talk.resolve(talk.open("over and done"))
        talk.clock.advance(days=8)
        talk.buyer_says(closed, "not quite")

    def put_right(self, order: Order) -> None:
        """A policy; two units back and looked at, one of them exchanged; a parcel of nobody; a claim that waits."""
        self.perform(set_aftersales_policy, SetAftersalesPolicy(0, return_label=True))
        self.claimed(order, ClaimKind.RETURN_REFUND, "CUP")
        self.claimed(order, ClaimKind.EXCHANGE, "BOWL")
        line = next(line.seq for line in order.lines if line.sku_code == "CUP")
        wish = (ClaimWish(line, 1),)
        waiting = ApplyForClaim(ClaimId(new_id()), order.id, ClaimKind.RETURN_REFUND, Reason.DEFECTIVE, wish)
        self.perform(apply_for_claim, waiting)
        self.perform(take_down_parcel, TakeDownParcel(ReturnParcelId(new_id()), self.shop.warehouse, "YT404"))

    def claimed(self, order: Order, kind: ClaimKind, code: str) -> Any:
        """One unit comes back and stays; what the claim sends instead leaves."""
        line = next(line.seq for line in order.lines if line.sku_code == code)
        apply = ApplyForClaim(ClaimId(new_id()), order.id, kind, Reason.DEFECTIVE, (ClaimWish(line, 1),))
        claim = self.perform(apply_for_claim, apply)
        approve = ApproveClaim(claim.id, claim.version, claim.offered_minor)
        claim = self.office.perform(approve_claim, approve, another(self.floor.act))
        (label,) = self.office.ask(list_waybills, ListWaybills(parcel=return_parcel(claim.id)), self.floor.act).items
        given = Label(f"RT{claim.number[-6:]}", LabelFormat.ZPL, b"^XA^XZ", Money(900, "CNY"))
        self.perform(record_waybill_answer, RecordWaybillAnswer(label.id, CarrierAnswer(Standing.DONE, given)))
        self.perform(receive_return, ReceiveReturn(claim.id, self.shop.warehouse, (CameBack(line, 1),)))
        found = Found(line, 1, Grade.AS_NEW, Disposition.RESTOCK)
        claim = self.perform(inspect_return, InspectReturn(claim.id, (found,)))
        for sent in self.office.ask(_outbound_of, claim.id, self.floor.act):
            self.perform(close_manifest, CloseManifest(self.manifest(self.weighed(sent))))
        return claim

    def whoever_is_gone(self) -> None:
        """A buyer whose matter is closed, and who was erased since."""
        talk = Talk(self.office, self.shop.clock, self.shop)
        talk.buyer = talk.customer("李四")
        talk.resolve(talk.open("call 李四"))
        talk.clock.advance(days=8)
        run_due_tickets(self.office)
        talk.erase()

    def under_rule(self) -> None:
        """A month closed, opened and closed again, and what the house looks for in orders, set."""
        for version, deed in enumerate((close_period, reopen_period, close_period)):
            self.perform(deed, MovePeriod("2026-01", version, "books of the year before"))
        self.perform(set_audit_policy, SetAuditPolicy(expected_version=0))

    def together(self) -> None:
        """Two orders in one parcel that left, and two of which one was cancelled when both were off the shelf."""
        self.shop.take_in(None, CUP=3, BOWL=2)
        self.floor.put_away(self.floor.first, CUP=3, BOWL=2)
        for leaves in (True, False):
            orders = [self.shop.paid(CUP=1), self.shop.paid(BOWL=1)]
            (joint,) = self.perform(merge_orders, MergeOrders(tuple(order.id for order in orders))).outbound
            if leaves:
                self.perform(close_manifest, CloseManifest(self.manifest(self.weighed(joint))))
            else:
                self.picked(joint)
                self.stopped(orders[0])

    def scrap_breakage(self) -> None:
        """Two of three broken bowls, from where they lie aside."""
        receive(self.office, self.floor.act, self.shop.warehouse, (self.shop.sku["BOWL"], 3), state=StockState.DAMAGED)
        lines, issue = (IssueWish(self.shop.sku["BOWL"], 2, StockState.DAMAGED),), GoodsIssueId(new_id())
        asked = self.perform(
            request_goods_issue, RequestGoodsIssue(issue, self.shop.warehouse, IssueReason.SCRAP, lines, SOMEBODY)
        )
        self.office.perform(approve_goods_issue, ApproveGoodsIssue(asked.id, asked.version), another(self.floor.act))
        self.perform(hand_out_goods_issue, HandOutGoodsIssue(asked.id))

    def told(self) -> None:
        """Somebody hears: something was taken, something waits for its next try, something is held; and one wants no more."""
        line, secrets = Line(), WebhookSecrets(self.office, a_box())
        courier = Courier(self.office, secrets, line, jitter=lambda _: 0)
        urls = [f"https://{name}.example.com/" for name in ("erp", "slow", "gone")]
        heard: list[WebhookEndpointId] = []
        for url, answers in zip(urls, ((TAKEN,), (BROKEN,), (GONE,)), strict=True):
            heard.append(WebhookEndpointId(new_id()))
            secrets.create(heard[-1], url, (EventType.ORDER_PAID,), self.floor.act)
            line.answer(*answers, url=url)
            self.perform(send_test_event, SendTestEvent(heard[-1], WebhookDeliveryId(new_id())))
        courier.run_until_idle()
        courier.close()
        self.perform(pause_webhook_endpoint, MoveWebhookEndpoint(heard[0], "for the night"))
        self.order(CUP=1)

    def stopped(self, order: Order) -> None:
        """By its buyer."""
        self.perform(cancel_order, CancelOrder(order.id, "changed their mind"))


def send_some(store: SqlStore, moment: dt.datetime) -> Sending:
    """One order shipped, and one at each other place where an order can be."""
    clock = StillClock()
    clock.moment = moment
    office = Office(store, clock)
    one = Sending(office, clock)
    one.under_rule()
    one.together()
    weighed = [one.weighed(one.order(CUP=2, BOWL=1)[1]), one.weighed(one.order(BOWL=1)[1])]
    one.perform(close_manifest, CloseManifest(one.manifest(*weighed)))
    assert weighed[0].source_id is not None, "an order stands behind it"
    one.put_right(one.shop.order(OrderId(weighed[0].source_id)))
    one.manifest(one.weighed(one.order(CUP=1)[1]))
    one.picked(one.order(BOWL=2)[1])
    undone = one.floor.wave(one.order(CUP=1)[1], method=PickMethod.SINGLE)
    one.perform(undo_wave, UndoWave(undone.wave.id, "too late for today"))
    order, sent = one.order(CUP=1)
    one.picked(sent)
    one.stopped(order)
    order, sent = one.order(BOWL=1)
    one.picked(sent)
    one.stopped(order)
    shelf = some_location(office, one.floor.act, one.shop.warehouse, "A-01-02-1")
    one.perform(put_back_goods, PutBack(sent.id, one.shop.sku["BOWL"], 1, shelf.id))
    one.transfers()
    one.given_away()
    one.begun(one.order(CUP=1)[1])
    room = Room(office, one.floor.act)
    jobs = one.floor.jobs()
    for job in jobs[:2]:
        room.prints.deliver(job.id)
    one.perform(reprint, Reprint(job=PrintJobId(new_id()), of=jobs[0].id, reason="torn"))
    one.asked(order)
    one.whoever_is_gone()
    one.told()
    reward(one.shop)
    return one
