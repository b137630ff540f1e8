"""A tea shop that sells: goods listed, priced and in stock, buyers, coupons, gifts; all made through use cases."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs

from houtai.application.catalog.define import DefineCategory, DefineChannel, define_category, define_channel
from houtai.application.catalog.describe import CreateProduct, NewSku, create_product
from houtai.application.customers.keep import RegisterCustomer, register_customer
from houtai.application.house import OF_DOCUMENT
from houtai.application.inventory.configure import SetPublishPolicy, set_publish_policy
from houtai.application.inventory.hold import HoldStock, hold
from houtai.application.inventory.ports import OVERSELL_BY_ORDER
from houtai.application.inventory.publish import PublishStock, publish_stock
from houtai.application.ledger.queries import ListBalances, list_balances
from houtai.application.office import Office
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.place import PlaceOrder, place_order
from houtai.application.orders.policy import SetAuditPolicy, set_audit_policy
from houtai.application.orders.ports import OrdersViews
from houtai.application.orders.quote import QuoteOrder, quote_order
from houtai.application.orders.take_over import ImportChannelOrder, import_channel_order
from houtai.application.orders.timers import expire_due_orders
from houtai.application.paging import Page
from houtai.application.payments.notices import Receipt, ReceiveNotice, receive_notice
from houtai.application.payments.ports import OF_ORDER, REFUNDS_OF_ORDER
from houtai.application.payments.queries import ListCases, list_cases
from houtai.application.permission import needs
from houtai.application.pricing.budget import DefineCampaign, MoveCampaign, define_campaign, move_campaign
from houtai.application.pricing.issue import IssueCoupons, IssueTo, issue_coupons
from houtai.application.pricing.promote import DefinePromotion, MovePromotion, PromotionTerms, define_promotion, move_promotion
from houtai.application.pricing.set_prices import SetPrice, SetPrices, set_prices
from houtai.application.pricing.templates import DefineTemplate, MoveTemplate, TemplateTerms, define_template, move_template
from houtai.application.shipping.freight import DefineFreightRule, define_freight_rule
from houtai.application.timeline import TimelineEntry
from houtai.domain.act import Act
from houtai.domain.catalog.product import Option
from houtai.domain.catalog.sku import Component
from houtai.domain.customers.customer import Address
from houtai.domain.ids import (
    CampaignId,
    CategoryId,
    ChannelId,
    CouponId,
    CouponTemplateId,
    CustomerId,
    HoldId,
    OrderId,
    PaymentId,
    ProductId,
    PromotionId,
    SkuId,
    WarehouseId,
    derive,
    new_id,
)
from houtai.domain.inventory.oversell import Oversell
from houtai.domain.inventory.reservation import Want
from houtai.domain.money import Money
from houtai.domain.orders.importing import ChannelLine, ChannelPayment
from houtai.domain.orders.order import Order
from houtai.domain.orders.policy import RULE_NAMES
from houtai.domain.orders.tender import TenderWish
from houtai.domain.payments.notice import Notice, NoticeKind
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund
from houtai.domain.pricing.basket import Basket, BasketLine
from houtai.domain.pricing.campaigns import Campaign
from houtai.domain.pricing.coupons import Coupon, FixedValue, TemplateState
from houtai.domain.pricing.promotions import BuyAndGet, Promotion, Rule, RunState
from houtai.domain.pricing.quote import Quote
from houtai.domain.shipping.freight import FreightRuleId, FreightTerms
from tests.catalog.arrange import item_of, live
from tests.inventory.arrange import receive, serve, some_warehouse, stock_of

PROVIDER, ACCOUNT = "embedded", "our account"
HOME = Address("王小明", "138 1234 5678", "CN", "浙江", "杭州", "西湖区", "龙井路 1 号 2 幢 301", "310000")
MONTH = dt.timedelta(days=30)

# Code: unit price in fen, weight in grams.
GOODS = {
    "CUP": (9990, 300),
    "BOWL": (5990, 200),
    "POT": (15000, 1200),
    "TRAY": (4900, 800),
    "SPOON": (None, 10),
    "FAN": (None, 20),
}
SET_PRICE = 19900


@needs("tests.read")
def read_order(views: OrdersViews, query: OrderId, act: Act) -> Order:
    return views.orders.get(query)


@needs("tests.read")
def read_payments(views: OrdersViews, query: OrderId, act: Act) -> list[Payment]:
    return views.payments.by(OF_ORDER, query)


@needs("tests.read")
def read_refunds(views: OrdersViews, query: OrderId, act: Act) -> list[Refund]:
    return views.refunds.by(REFUNDS_OF_ORDER, query)


@needs("tests.read")
def read_oversells(views: OrdersViews, query: OrderId, act: Act) -> list[Oversell]:
    return views.oversells.by(OVERSELL_BY_ORDER, query)


@needs("tests.read")
def read_published(views: OrdersViews, query: tuple[ChannelId, SkuId], act: Act) -> int:
    return views.published.get(query).qty


@needs("tests.read")
def read_coupon(views: OrdersViews, query: CouponId, act: Act) -> Coupon:
    return views.coupons.get(query)


@needs("tests.read")
def read_timeline(views: OrdersViews, query: OrderId, act: Act) -> list[TimelineEntry]:
    return sorted(views.timeline.by(OF_DOCUMENT, query), key=lambda entry: entry.version)


class Shop:
    """One channel served by one warehouse; its goods are known by the codes of GOODS and SET (a pot and two trays)."""

    def __init__(self, office: Office, clock: Any, *, stock: int = 10) -> None:
        self.office, self.clock = office, clock
        self.channel = ChannelId(new_id())
        self.buyer = CustomerId(new_id())
        self.sku = {code: SkuId(new_id()) for code in (*GOODS, "SET")}
        self._open()
        self.warehouse = some_warehouse(office, self.act)
        serve(office, self.act, self.channel, self.warehouse)
        if stock:
            self.take_in(None, **dict.fromkeys(GOODS, stock))

    def moved_to(self, office: Office, clock: Any) -> Shop:
        """The same shop in a copy of its store."""
        same = copy.copy(self)
        same.office, same.clock = office, clock
        return same

    @property
    def act(self) -> Act:
        """The house, at the clock's moment."""
        return Act.of_system(self.clock.now())

    def _open(self) -> None:
        act, office = self.act, self.office
        office.perform(define_channel, DefineChannel(self.channel, "SHOP", "小店", "CNY"), act)
        category = CategoryId(new_id())
        office.perform(define_category, DefineCategory(category, "TEA", "茶具"), act)
        parts = (Component(self.sku["POT"], 1), Component(self.sku["TRAY"], 2))
        skus = [
            NewSku(self.sku[code], code, f"茶具 {code}", (code,), weight_g=weight, gift_only=price is None)
            for code, (price, weight) in GOODS.items()
        ]
        bundle = NewSku(self.sku["SET"], "SET", "壶与托盘", ("SET",), components=parts)
        product = CreateProduct(
            ProductId(new_id()), "TEA", "茶具", category, options=(Option("款", (*GOODS, "SET")),), skus=(*skus, bundle)
        )
        office.perform(create_product, product, act)
        prices = {code: price for code, (price, _) in GOODS.items() if price is not None} | {"SET": SET_PRICE}
        cmd = SetPrices(tuple(SetPrice(self.sku[code], price, "CNY") for code, price in prices.items()))
        office.perform(set_prices, cmd, act)
        live(office, act, product.product, self.channel)
        office.perform(register_customer, RegisterCustomer(self.buyer, "王小明", addresses=(HOME,)), act)

    # -- arranging

    def take_in(self, warehouse: WarehouseId | None = None, **units: int) -> None:
        receive(self.office, self.act, warehouse or self.warehouse, *((self.sku[code], qty) for code, qty in units.items()))

    def price(self, code: str, minor: int) -> None:
        self.office.perform(set_prices, SetPrices((SetPrice(self.sku[code], minor, "CNY"),)), self.act)

    def charge_freight(self, minor: int, free_from: int | None = None) -> None:
        terms = FreightTerms(100_000, minor, 1_000, 0, free_from_minor=free_from)
        self.office.perform(define_freight_rule, DefineFreightRule(FreightRuleId(new_id()), self.channel, terms), self.act)

    def policy(self, **fields: Any) -> None:
        version = fields.pop("expected_version", 0)
        self.office.perform(set_audit_policy, SetAuditPolicy(version, self.channel, **fields), self.act)

    def no_rules(self) -> None:
        self.policy(rules=frozenset())

    def coupon(self, minor: int = 1000, **terms: Any) -> CouponId:
        act = self.act
        plain = TemplateTerms("券", FixedValue(minor), act.at, act.at + MONTH, quota_qty=100)
        template = CouponTemplateId(new_id())
        define = DefineTemplate(template, f"T-{template.hex[-12:]}", "CNY", attrs.evolve(plain, **terms))
        self.office.perform(define_template, define, act)
        self.office.perform(move_template, MoveTemplate(template, 1, TemplateState.ACTIVE), act)
        cmd = IssueCoupons(template, (IssueTo(CouponId(new_id()), self.buyer),))
        return self.office.perform(issue_coupons, cmd, act)[0].id

    def promote(self, rule: Rule, **terms: Any) -> Promotion:
        act = self.act
        plain = PromotionTerms("活动", rule, act.at, act.at + MONTH)
        promotion = PromotionId(new_id())
        define = DefinePromotion(promotion, f"P-{promotion.hex[-12:]}", "CNY", attrs.evolve(plain, **terms))
        self.office.perform(define_promotion, define, act)
        return self.office.perform(move_promotion, MovePromotion(promotion, 1, RunState.ACTIVE), act)

    def give_spoon(self, **fields: Any) -> Promotion:
        return self.promote(BuyAndGet(self.sku["SPOON"], buy_qty=1, **fields))

    def campaign(self, minor: int | None = None, uses: int | None = None) -> Campaign:
        cmd = DefineCampaign(CampaignId(new_id()), "C11", "双十一", "CNY", minor, uses)
        drafted = self.office.perform(define_campaign, cmd, self.act)
        return self.office.perform(move_campaign, MoveCampaign(drafted.id, 1, RunState.ACTIVE), self.act)

    def publish(self, *codes: str) -> None:
        """The channel is told of these goods from now on."""
        self.office.perform(set_publish_policy, SetPublishPolicy(self.channel), self.act)
        self.office.perform(publish_stock, PublishStock(self.channel, tuple(self.sku[code] for code in codes)), self.act)

    def hold(self, **units: int) -> HoldId:
        wants = tuple(Want(line, self.sku[code], qty) for line, (code, qty) in enumerate(units.items(), start=1))
        return self.office.perform(hold, HoldStock(HoldId(new_id()), self.buyer, self.channel, wants), self.act).id

    # -- ordering

    def basket(self, coupons: Sequence[CouponId] = (), **units: int) -> Basket:
        lines = tuple(BasketLine(line, self.sku[code], qty) for line, (code, qty) in enumerate(units.items(), start=1))
        return Basket(self.channel, lines, self.buyer, tuple(coupons))

    def quote(self, coupons: Sequence[CouponId] = (), **units: int) -> Quote:
        return self.office.ask(quote_order, QuoteOrder(self.basket(coupons, **units), HOME.region), self.act)

    def wish(self, coupons: Sequence[CouponId] = (), more: dict[str, Any] | None = None, **units: int) -> PlaceOrder:
        """The command that places an order for these units, quoted now."""
        quote = self.quote(coupons, **units)
        order = OrderId(new_id())
        plain = PlaceOrder(
            order=order,
            basket=self.basket(coupons, **units),
            receiver=HOME,
            quote_digest=quote.digest,
            quoted_minor=quote.payable_minor,
            tenders=(TenderWish(PaymentId(derive(order, "payment", 1)), PROVIDER),),
        )
        return attrs.evolve(plain, **(more or {}))

    def wish_again(self, wish: PlaceOrder) -> PlaceOrder:
        """The same for another order, under the same quote."""
        order = OrderId(new_id())
        return attrs.evolve(wish, order=order, tenders=(TenderWish(PaymentId(derive(order, "payment", 1)), PROVIDER),))

    def place(self, coupons: Sequence[CouponId] = (), more: dict[str, Any] | None = None, **units: int) -> Order:
        return self.office.perform(place_order, self.wish(coupons, more, **units), self.act)

    def paid(self, coupons: Sequence[CouponId] = (), more: dict[str, Any] | None = None, **units: int) -> Order:
        order = self.place(coupons, more, **units)
        self.capture(order)
        return self.order(order)

    def capture(self, order: Order, tender: int = 0, *, event: str = "", minor: int | None = None, ref: str = "") -> Receipt:
        """The provider reports the money; the same `event` twice is the same report."""
        asked = order.tenders[tender]
        notice = Notice(
            event_id=event or f"captured-{asked.payment_id}",
            kind=NoticeKind.CAPTURED,
            ours=asked.payment_id,
            at=self.clock.now(),
            recipient=ACCOUNT,
            amount=Money(asked.amount_minor if minor is None else minor, "CNY"),
            money_ref=ref or f"money-{asked.payment_id}",
        )
        return self.office.perform(receive_notice, ReceiveNotice(PROVIDER, ACCOUNT, notice), self.act)

    def decline(self, order: Order, tender: int = 0) -> Receipt:
        asked = order.tenders[tender]
        notice = Notice(
            event_id=f"failed-{asked.payment_id}",
            kind=NoticeKind.FAILED,
            ours=asked.payment_id,
            at=self.clock.now(),
            recipient=ACCOUNT,
            error="card declined",
        )
        return self.office.perform(receive_notice, ReceiveNotice(PROVIDER, ACCOUNT, notice), self.act)

    def cancel(self, order: Order, reason: str = "buyer changed their mind") -> Order:
        return self.office.perform(cancel_order, CancelOrder(order.id, reason), self.act)

    def let_expire(self) -> int:
        self.clock.advance(minutes=31)
        return expire_due_orders(self.office)

    def sold_by_channel(self, external_id: str = "TM-1", **units: int) -> ImportChannelOrder:
        """What the channel pushes for these units at our list prices."""
        lines = tuple(
            ChannelLine(item_of(self.sku[code]), f"天猫 {code}", qty, GOODS[code][0] or 0) for code, qty in units.items()
        )
        paid = sum(line.gross_minor for line in lines)
        return ImportChannelOrder(
            order=OrderId(new_id()),
            channel=self.channel,
            external_id=external_id,
            currency="CNY",
            lines=lines,
            payments=(ChannelPayment("alipay", paid),),
            sold_at=self.clock.now(),
            receiver=HOME,
        )

    def import_order(self, cmd: ImportChannelOrder) -> Order:
        return self.office.perform(import_channel_order, cmd, self.act)

    # -- looking

    def order(self, order: Order | OrderId) -> Order:
        return self.office.ask(read_order, order.id if isinstance(order, Order) else order, self.act)

    def payments(self, order: Order) -> list[Payment]:
        return self.office.ask(read_payments, order.id, self.act)

    def refunds(self, order: Order) -> list[Refund]:
        return self.office.ask(read_refunds, order.id, self.act)

    def coupon_of(self, coupon: CouponId) -> Coupon:
        return self.office.ask(read_coupon, coupon, self.act)

    def story(self, order: Order) -> list[str]:
        return [entry.event for entry in self.office.ask(read_timeline, order.id, self.act)]

    def reserved(self, code: str) -> int:
        return stock_of(self.office, self.act, self.sku[code], self.warehouse).reserved_qty

    def oversell(self, order: Order) -> Oversell:
        (found,) = self.office.ask(read_oversells, order.id, self.act)
        return found

    def published(self, code: str) -> int:
        return self.office.ask(read_published, (self.channel, self.sku[code]), self.act)

    def cases(self) -> list[str]:
        found = self.office.ask(list_cases, ListCases(Page(limit=100)), self.act).items
        return [case.kind.value for case in found if case.state.value == "open"]

    def balance(self, account: str) -> int:
        """Debits less credits of an account, all parties together."""
        found = self.office.ask(list_balances, ListBalances(Page(limit=100)), self.act).items
        return sum(one.balance_minor for one in found if one.account.code.value == account)


ALL_RULES = frozenset(RULE_NAMES)
