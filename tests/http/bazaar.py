"""A house with two merchants and goods of its own: what stands where one of them must not look. All made through use cases."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from houtai.application.access.issue_key import IssueApiKey, issue_api_key
from houtai.application.access.open_account import OpenAccount, open_account
from houtai.application.access.shape_role import CreateRole, create_role
from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.aftersales.parcels import TakeDownParcel, take_down_parcel
from houtai.application.aftersales.policy import SetAftersalesPolicy, set_aftersales_policy
from houtai.application.aftersales.quote import ClaimWish
from houtai.application.inventory.adjust import RequestAdjustment, request_adjustment
from houtai.application.inventory.configure import SetChannelWarehouses, set_channel_warehouses
from houtai.application.ledger.queries import ListJournals, list_journals
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.payments.cases import open_case
from houtai.application.payments.ports import PaymentsTx
from houtai.application.payments.refund import RefundPayment, refund_payment
from houtai.application.permission import needs
from houtai.application.points.adjust import AdjustPoints, adjust_points
from houtai.application.points.policy import SetPointsPolicy, set_points_policy
from houtai.application.printing.configure import AddPrinter, PublishTemplate, add_printer, publish_template
from houtai.application.printing.request import RequestPrint, request_print
from houtai.application.relay import ListMessages, list_messages
from houtai.application.rewards.rules import DefineRewardRule, define_reward_rule
from houtai.application.shipping.answers import RecordWaybillAnswer, record_waybill_answer
from houtai.application.shipping.freight import DefineFreightRule, define_freight_rule
from houtai.application.shipping.pool import OpenPool, open_pool
from houtai.application.shipping.pushes import ReceivePush, receive_carrier_push
from houtai.application.shipping.request import RequestWaybill, request_waybill
from houtai.application.tickets.begin import OpenTicket, open_ticket
from houtai.application.warehouse.bin_queries import ListBins, list_bins
from houtai.application.warehouse.lots import RegisterLot, register_lot
from houtai.application.warehouse.people import Duties, EnrolStaff, enrol_staff
from houtai.application.warehouse.stations import Setting, SetUpStation, set_up_station
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.application.webhooks.replay import SendTestEvent, send_test_event
from houtai.application.webhooks.secrets import WebhookSecrets
from houtai.domain.access.account import Account, Assignment, authority_of
from houtai.domain.access.role import Role
from houtai.domain.act import Act
from houtai.domain.aftersales.reason import Reason as WhyClaimed
from houtai.domain.aftersales.return_parcel import FoundGoods
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.authority import Grant
from houtai.domain.catalog.product import Source
from houtai.domain.ids import (
    AccountId,
    AdjustmentId,
    ApiKeyId,
    CaseId,
    ClaimId,
    HandlingUnitId,
    MerchantId,
    MessageId,
    ParcelId,
    PoolId,
    PrinterId,
    PrintJobId,
    PrintTemplateId,
    RefundId,
    ReturnParcelId,
    RoleId,
    SkuId,
    StaffId,
    StationId,
    TicketId,
    WarehouseId,
    WaybillId,
    WebhookDeliveryId,
    WebhookEndpointId,
    new_id,
)
from houtai.domain.inventory.adjustment import AdjustmentLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockState
from houtai.domain.money import Money
from houtai.domain.orders.order import Order
from houtai.domain.payments.case import CaseKind
from houtai.domain.points.adjustment import PointsAdjustmentId
from houtai.domain.pricing.promotions import PercentOff
from houtai.domain.pricing.scope import GoodsScope
from houtai.domain.printing.documents import DocumentKind, LocationLabel
from houtai.domain.printing.layout import Layout, Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.domain.rewards.rule import RewardRuleId
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.freight import FreightRuleId, FreightTerms
from houtai.domain.shipping.parcel import Contact, Label, LabelFormat, Parcel, Shipment
from houtai.domain.shipping.pool import PoolTerms
from houtai.domain.shipping.tracking import TrackEvent, TrackState
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.station import Flow
from houtai.domain.webhooks.event_type import EventType
from tests.boxes import a_box
from tests.catalog.arrange import another, live, new_sku, some_category, some_merchant, some_product
from tests.conftest import StillClock
from tests.http.goods_out import goods_out, some_box
from tests.inventory.arrange import receive, some_warehouse
from tests.orders.shop import MONTH, Shop, read_oversells
from tests.warehouse.arrange import some_location
from tests.warehouse.wanted import wanted

SHARED = ("channel_id", "category_id", "brand_id", "customer_id", "box_id")
"""What is nobody's own: reference data, and buyers, whom merchants do not see anyway."""


@needs("tests.case")
def something_for_people(tx: PaymentsTx, payment: Any, act: Act) -> CaseId:
    """A case about this payment."""
    channel = tx.payments.get(payment).channel_id
    return open_case(tx, CaseKind.NO_ANSWER, subject="payment", subject_id=payment, facts={}, channel_id=channel, act=act).id


class Bazaar:
    """The house's shop beside those of the merchants A and B; by owner, the ids of what is theirs as paths call them."""

    def __init__(self, office: Office, clock: StillClock) -> None:
        """Everybody trades, and the house keeps its books."""
        self.shop = Shop(office, clock)
        self.merchants = {name: some_merchant(office, self.shop.act, name) for name in ("A", "B")}
        self.pool: tuple[WarehouseId, ...] = (self.shop.warehouse,)
        self.box = some_box(self.shop)
        self.ids: dict[str, dict[str, str]] = {}
        for owner in ("HOUSE", "A", "B"):
            self.ids[owner] = {name: str(key) for name, key in self.trade(owner, owner).items()}
        office.perform(set_aftersales_policy, SetAftersalesPolicy(0, self.shop.channel), self.shop.act)
        self.ids["HOUSE"] |= {name: str(key) for name, key in self._housekeeping().items()}
        self.ids["B"] |= {"merchant_id": str(self.merchants["B"]), **self._staff("B", self.merchants["B"])}

    def trade(self, owner: str, code: str) -> dict[str, Any]:
        """Goods that are listed, stocked in a warehouse of theirs, priced and sold; a promotion and a coupon for them."""
        shop, office, act, merchant = self.shop, self.shop.office, self.shop.act, self.merchants.get(owner)
        sku = new_sku(f"SKU-{code}", weight_g=100)
        theirs: dict[str, Any] = {} if merchant is None else {"merchant": merchant, "source": Source.MERCHANT}
        category = some_category(office, act, f"CAT-{code}")
        product = some_product(office, act, category, sku, code=f"P-{code}", title=f"茶叶 {code}", **theirs)
        listing = live(office, act, product, shop.channel)
        warehouse = some_warehouse(office, act, f"W-{code}", merchant)
        self._serve(warehouse)
        receipt = receive(office, act, warehouse, (sku.id, 20), unit_minor=500 if merchant is None else 0)
        shop.sku[sku.code] = sku.id
        shop.price(sku.code, 3000)
        order = shop.paid((), None, **{sku.code: 2})
        scope = GoodsScope(merchants=() if merchant is None else (merchant,))
        coupon = shop.coupon(500, scope=scope)
        line = AdjustmentLine(1, sku.id, StockState.SELLABLE, -1)
        adjust = RequestAdjustment(AdjustmentId(new_id()), warehouse, Reason.DAMAGE, (line,))
        return {
            "product_id": product,
            "sku_id": sku.id,
            "listing_id": listing.id,
            "warehouse_id": warehouse,
            "receipt_id": receipt.id,
            "order_id": order.id,
            "promotion_id": shop.promote(PercentOff(10), scope=scope).id,
            "coupon_id": coupon,
            "template_id": shop.coupon_of(coupon).template_id,
            "adjustment_id": office.perform(request_adjustment, adjust, act).id,
            "ticket_id": self._asks(order),
            "into": self._asks(order),
            **self._complains(sku.code, warehouse),
            **self._hears(merchant),
            **self._sent(sku.code, warehouse, self._floor(code, warehouse, sku.id, merchant)),
        }

    def _asks(self, order: Order) -> TicketId:
        """What the buyer of these goods wants to know."""
        shop = self.shop
        ticket = OpenTicket(
            ticket=TicketId(new_id()),
            message=MessageId(new_id()),
            channel=shop.channel,
            title="茶叶",
            text="何时发货?",
            order=order.id,
        )
        return shop.office.perform(open_ticket, ticket, shop.act).id

    def _complains(self, code: str, warehouse: WarehouseId) -> dict[str, Any]:
        """A claim on goods of theirs that have not left yet, and a parcel with some at the returns desk."""
        shop, claim, parcel = self.shop, ClaimId(new_id()), ReturnParcelId(new_id())
        order = shop.paid((), None, **{code: 1})
        wish = ApplyForClaim(claim, order.id, ClaimKind.REFUND_ONLY, WhyClaimed.NOT_WANTED, (ClaimWish(1, 1),))
        shop.office.perform(apply_for_claim, wish, shop.act)
        found = TakeDownParcel(parcel, warehouse, "YT1", (FoundGoods(shop.sku[code], 1),))
        shop.office.perform(take_down_parcel, found, shop.act)
        return {"claim_id": claim, "return_parcel_id": parcel}

    def _hears(self, merchant: MerchantId | None) -> dict[str, Any]:
        """Somewhere to hear of what happens on the channel, and something that was sent there."""
        shop, endpoint = self.shop, WebhookEndpointId(new_id())
        secrets = WebhookSecrets(shop.office, a_box())
        wanted = (EventType.ORDER_COMPLETED,)
        secrets.create(endpoint, "https://erp.example.com/", wanted, shop.act, channel=shop.channel, merchant=merchant)
        sent = SendTestEvent(endpoint, WebhookDeliveryId(new_id()))
        shop.office.perform(send_test_event, sent, shop.act)
        return {"webhook_endpoint_id": endpoint, "webhook_delivery_id": sent.delivery}

    def _sent(self, sku_code: str, warehouse: WarehouseId, floor: dict[str, Any]) -> dict[str, Any]:
        """The floor with goods of theirs on their way out of it."""
        return {**floor, **goods_out(self.shop, sku_code, warehouse, floor["unit_id"])}

    def _floor(self, code: str, warehouse: WarehouseId, sku: SkuId, merchant: MerchantId | None) -> dict[str, Any]:
        """A place, a tote, a lot, a station and a picker of theirs; goods that wait to be put away."""
        office, act = self.shop.office, self.shop.act
        (waiting,) = office.ask(list_bins, ListBins(warehouse_id=warehouse, sku_id=sku), act).items
        place = some_location(office, act, warehouse)
        tote = MakeUnit(HandlingUnitId(new_id()), warehouse, f"H-{code}", UnitKind.TOTE, place.id)
        unit = office.perform(make_unit, tote, act).id
        flows = frozenset({Flow.MOVE})
        station = SetUpStation(StationId(new_id()), warehouse, f"ST-{code}", Setting("table", flows))
        person = AccountId(new_id())
        office.perform(open_account, OpenAccount(person, f"picker-{code.lower()}", "Picker", "none", merchant_id=merchant), act)
        enrol = EnrolStaff(StaffId(new_id()), person, f"S-{code}", Duties(flows, (warehouse,)))
        return {
            "bin_id": waiting.id,
            "wanted_count_id": wanted(office, act, warehouse, place.path, sku).id,
            "from_location_id": waiting.location_id,
            "location_id": place.id,
            "to_location_id": place.id,
            "unit_id": unit,
            "handling_unit_id": unit,
            "lot_id": office.perform(register_lot, RegisterLot(LotId(new_id()), sku, f"LOT-{code}"), act).id,
            "station_id": office.perform(set_up_station, station, act).id,
            "staff_id": office.perform(enrol_staff, enrol, act).id,
        }

    def visitor(self, name: str) -> tuple[Grant, ...]:
        """What somebody of this merchant holds whose role says: everything."""
        role = Role(RoleId(new_id()), "everything", (Grant("*"),))
        account = Account(
            id=AccountId(new_id()),
            name=name.lower(),
            display_name=name,
            password_hash="none",
            created_at=self.shop.clock.now(),
            roles=(Assignment(role.id),),
            merchant_id=self.merchants[name],
        )
        return authority_of(account, {role.id: role}).grants

    def _serve(self, warehouse: WarehouseId) -> None:
        version = len(self.pool)
        self.pool = (*self.pool, warehouse)
        cmd = SetChannelWarehouses(self.shop.channel, self.pool, expected_version=version)
        self.shop.office.perform(set_channel_warehouses, cmd, self.shop.act)

    def _send(self) -> WaybillId:
        """A parcel of the channel that has its number and its label, and that the carrier knows of."""
        shop, waybill = self.shop, WaybillId(new_id())
        end = Contact("张三", "13800138000", "浙江省", "杭州市", "西湖区", "文三路90号")
        shipment = Shipment(end, end, (Parcel(1_000),), ("茶叶",))
        wish = RequestWaybill(waybill, ParcelId(new_id()), shop.warehouse, ("embedded",), shipment, shop.channel)
        shop.office.perform(request_waybill, wish, shop.act)
        answer = CarrierAnswer(Standing.DONE, Label("HT1", LabelFormat.ZPL, b"^XA^XZ"))
        shop.office.perform(record_waybill_answer, RecordWaybillAnswer(waybill, answer), shop.act)
        accepted = TrackEvent("HT1", TrackState.ACCEPTED, shop.clock.now(), "已下单")
        shop.office.perform(receive_carrier_push, ReceivePush("embedded", (accepted,)), shop.act)
        return waybill

    def _housekeeping(self) -> dict[str, Any]:
        """Books, money, cases, freight, a campaign, a hold, roles and people of the house."""
        shop, office, act = self.shop, self.shop.office, self.shop.act
        payment = shop.paid(CUP=1).tenders[0].payment_id
        refund = RefundPayment(RefundId(new_id()), payment, Money(100, "CNY"), "broken cup")
        freight = DefineFreightRule(FreightRuleId(new_id()), shop.channel, FreightTerms(1_000_000, 0, 1_000, 0))
        short = shop.import_order(shop.sold_by_channel("TM-9", BOWL=50))
        return {
            "payment_id": payment,
            "refund_id": office.perform(refund_payment, refund, act).id,
            "case_id": office.perform(something_for_people, payment, act),
            "rule_id": office.perform(define_freight_rule, freight, act).id,
            "waybill_id": self._send(),
            "pool_id": office.perform(open_pool, OpenPool(PoolId(new_id()), "numbered", PoolTerms(1, 0)), act).id,
            "campaign_id": shop.campaign().id,
            **self._rewards(),
            "hold_id": shop.hold(POT=1),
            "oversell_id": office.ask(read_oversells, short.id, act)[0].id,
            "journal_id": office.ask(list_journals, ListJournals(), act).items[0].id,
            "message_id": office.ask(list_messages, ListMessages(Page()), act).items[0].id,
            **self._paper(WarehouseId(UUID(self.ids["HOUSE"]["warehouse_id"]))),
            **self._staff("HOUSE", None),
        }

    def _rewards(self) -> dict[str, Any]:
        """A rule by which orders on the channel earn points, points by hand that the buyer has, and some that wait."""
        shop, office, act = self.shop, self.shop.office, self.shop.act
        office.perform(set_points_policy, SetPointsPolicy(0, "CNY", adjust_alone_points=100), act)
        asked = [
            office.perform(adjust_points, AdjustPoints(PointsAdjustmentId(new_id()), shop.buyer, "CNY", points, "a gift"), act)
            for points in (100, 101)
        ]
        rule = DefineRewardRule(
            rule=RewardRuleId(new_id()),
            code="EARN",
            name="积分",
            currency="CNY",
            starts_at=act.at,
            ends_at=act.at + MONTH,
            channel=shop.channel,
            points_per_100_minor=10,
        )
        return {"points_adjustment_id": asked[1].id, "reward_rule_id": office.perform(define_reward_rule, rule, act).id}

    def _paper(self, warehouse: WarehouseId) -> dict[str, Any]:
        """A printer, a look, and a label that waits for its printer."""
        office, act = self.shop.office, self.shop.act
        folder = PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, "labels", (Size.MM_60_40,))
        printer = office.perform(add_printer, AddPrinter(PrinterId(new_id()), "PR-1", "printer", warehouse, folder), act)
        template, layout = PrintTemplateId(new_id()), Layout(Size.MM_60_40)
        office.perform(publish_template, PublishTemplate(template, "PT-1", "shelf", DocumentKind.LOCATION_LABEL, layout), act)
        label = RequestPrint(
            job=PrintJobId(new_id()), printer=printer.id, document=LocationLabel(code="L-A-1", path="A-1"), template=template
        )
        job = office.perform(request_print, label, act)
        return {"printer_id": printer.id, "print_template_id": template, "print_job_id": job.id}

    def _staff(self, owner: str, merchant: MerchantId | None) -> dict[str, str]:
        office, act = self.shop.office, self.shop.act
        role = office.perform(create_role, CreateRole(RoleId(new_id()), f"clerk of {owner}", (Grant("orders.read"),)), act)
        person = AccountId(new_id())
        hired = OpenAccount(person, f"clerk-{owner.lower()}", "Clerk", "none", roles=(Assignment(role.id),), merchant_id=merchant)
        office.perform(open_account, hired, act)
        until = self.shop.clock.now() + dt.timedelta(days=30)
        issue = IssueApiKey(ApiKeyId(new_id()), "scanner", f"hk_{owner:_>8}", f"hash-{owner}", (Grant("orders.read"),), until)
        key = office.perform(issue_api_key, issue, another(act, person, (Grant("orders.read"), Grant("access.own"))))
        return {"account_id": str(person), "role_id": str(role.id), "key_id": str(key.id)}
