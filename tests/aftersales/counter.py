"""A shop that is opened anew for each episode: its desk, a provider that errs, and rows of everything that came to be."""

from __future__ import annotations

import atexit
import copy
import functools
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import attrs

from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.adapters.sql.store import SqlStore
from houtai.application.aftersales.ports import CLAIMS_OF_ORDER, GIVEN_BACK_OF, INSPECTIONS_OF, AftersalesViews
from houtai.application.inventory.ports import STOCK_BY_SKU
from houtai.application.office import Office
from houtai.application.orders.place import place_order
from houtai.application.orders.release import ReleaseOrder, release_order
from houtai.application.orders.split import LineUnits, SplitOrder, SplitPart, split_order
from houtai.application.outbound.ports import OUTBOUND_OF
from houtai.application.payments.cashier import Cashier
from houtai.application.payments.notices import ReceiveNotice, receive_notice
from houtai.application.payments.ports import OF_ORDER, REFUNDS_OF_ORDER
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim, Inspection
from houtai.domain.aftersales.given_back import GivenBack
from houtai.domain.ids import ClaimId, OrderId, OutboundId, PaymentId, SkuId, derive
from houtai.domain.inventory.stock import Stock
from houtai.domain.orders.order import Order
from houtai.domain.orders.tender import TenderWish
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund
from houtai.domain.pricing.promotions import GiftReturn, ReturnPolicy, SpendAndSave, Tier
from tests.aftersales.desk import ServiceDesk
from tests.conftest import StillClock
from tests.orders.shop import PROVIDER, Shop
from tests.stores import sqlite_store

SECRET = b"between the provider and the shop"
STOCK = 40


@attrs.frozen
class Rows:
    """What the money and the goods of an episode stand in, at one moment."""

    orders: dict[OrderId, Order]
    claims: dict[ClaimId, Claim]
    payments: dict[PaymentId, Payment]
    refunds: Sequence[Refund]
    given_back: dict[OrderId, list[GivenBack]]
    inspections: Sequence[Inspection]
    outbound: Sequence[OutboundOrder]
    stocks: dict[SkuId, Stock]
    books: dict[str, int]  # by account code, all parties together


@needs("tests.look-at-all")
def look(views: AftersalesViews, query: tuple[tuple[OrderId, ...], tuple[SkuId, ...]], act: Act) -> Rows:
    """All rows about these orders and goods."""
    del act
    orders, skus = query
    books: dict[str, int] = {}
    for account, minor in views.sum_rows("balances").items():  # type: ignore[attr-defined]  # every store's views have it
        books[account.code.value] = books.get(account.code.value, 0) + minor
    claims = {one.id: one for one in views.claims.by(CLAIMS_OF_ORDER, *orders)} if orders else {}
    entries = views.given_back.by(GIVEN_BACK_OF, *orders) if orders else []
    given: dict[OrderId, list[GivenBack]] = {}
    for entry in entries:
        given.setdefault(entry.order_id, []).append(entry.row)
    return Rows(
        orders=dict(views.orders.many(orders)),
        claims=claims,
        payments={one.id: one for one in views.payments.by(OF_ORDER, *orders)} if orders else {},
        refunds=views.refunds.by(REFUNDS_OF_ORDER, *orders) if orders else [],
        given_back=given,
        inspections=views.claim_inspections.by(INSPECTIONS_OF, *claims) if claims else [],
        outbound=views.outbound_orders.by(OUTBOUND_OF, *orders, *claims) if orders else [],
        stocks={one.sku_id: one for one in views.stocks.by(STOCK_BY_SKU, *skus)},
        books=books,
    )


class Counter:
    """One episode: the shop as it was opened, and a provider of its own."""

    def __init__(self) -> None:
        """A fresh copy of the shop."""
        opened, desk = _opened()
        path = _folder() / "shop.db"
        for name in ("shop.db-wal", "shop.db-shm"):
            (_folder() / name).unlink(missing_ok=True)
        path.write_bytes(opened)
        self.store = SqlStore(f"sqlite:///{path}")
        self.clock = StillClock()
        self.office = Office(self.store, self.clock, pause=lambda _: None)
        self.desk = copy.copy(desk)
        self.desk.office, self.desk.shop = self.office, desk.shop.moved_to(self.office, self.clock)
        self.shop = self.desk.shop
        self.gateway = EmbeddedGateway(self.clock, secret=SECRET)
        self.cashier = Cashier(self.office, {PROVIDER: self.gateway})
        self.orders: list[OrderId] = []
        self.bag: list[tuple[str, bytes]] = []  # what the provider has told, or will tell again

    def close(self) -> None:
        """Give back what was opened."""
        self.store.close()
        self.gateway.close()

    @property
    def act(self) -> Act:
        """The house, at the clock's moment."""
        return self.desk.act

    def rows(self) -> Rows:
        """Everything, as committed."""
        return self.office.ask(look, (tuple(self.orders), tuple(self.shop.sku.values())), self.act)

    # -- orders

    def place(self, units: dict[str, int], *, coupon: bool, tenders: int) -> Order:
        """Placed, its payments known to the provider."""
        wish = self.shop.wish([self.shop.coupon(3_000)] if coupon else [], None, **units)
        if tenders > 1 and wish.quoted_minor > 2:
            more = TenderWish(PaymentId(derive(wish.order, "payment", 2)), PROVIDER, wish.quoted_minor // 3)
            wish = attrs.evolve(wish, tenders=(*wish.tenders, more))
        order = self.office.perform(place_order, wish, self.act)
        self.orders.append(order.id)
        for tender in order.tenders:
            self.cashier.create(tender.payment_id, first=True)
        return order

    def release(self, order: Order, *, apart: bool) -> None:
        """To the warehouse; with `apart` each line by itself, and more than one unit of a line in two parcels."""
        if not apart:
            self.office.perform(release_order, ReleaseOrder(order.id), self.act)
            return
        parts = []
        for line in order.lines:
            if line.open_qty > 1:
                parts.append(SplitPart((LineUnits(line.seq, line.open_qty - 1),)))
            if line.open_qty:
                parts.append(SplitPart((LineUnits(line.seq, 1),)))
        self.office.perform(split_order, SplitOrder(order.id, tuple(parts), "the buyer is in a hurry", apart=True), self.act)

    def leave(self, outbound: OutboundId) -> None:
        """An outbound order goes from its wave to the carrier's van."""
        desk = self.desk
        desk.waved(desk.sent_by_id(outbound))
        checked = desk.check(desk.pick(outbound).id)
        for parcel in desk.pack(checked.id):
            desk.weigh(parcel)
        manifest = desk.manifest()
        desk.scan(manifest.id, desk.sent_by_id(outbound).waybill)
        desk.close(manifest.id)

    # -- money

    def hear(self) -> None:
        """What the provider has to tell by now is on its way."""
        self.bag += [(call.headers["webhook-id"], call.raw) for call in self.gateway.callbacks()]

    def standing(self, refund: Refund) -> str:
        """How the provider sees the refund's present attempt, without the bad luck of asking it."""
        return self.gateway.query_refund(refund.payment_id, refund.id, refund.attempt, refund.key).standing.value

    def bring(self, event_id: str, raw: bytes) -> None:
        """One notice reaches the house."""
        call = self.gateway.signed(event_id, raw, self.clock.now())
        notice = self.gateway.parse_notice(call.raw, call.headers, self.clock.now())
        self.office.perform(receive_notice, ReceiveNotice(PROVIDER, self.gateway.recipient, notice), self.act)


@functools.cache
def _folder() -> Path:
    memory = Path("/dev/shm")  # what a power cut loses is not missed here
    folder = tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None)
    atexit.register(folder.cleanup)
    return Path(folder.name)


@functools.cache
def _opened() -> tuple[bytes, ServiceDesk]:
    """The shop: freight, a gift with every cup, a threshold that is priced again, and goods."""
    clock = StillClock()
    with sqlite_store(_folder()) as store:
        shop = Shop(Office(store, clock), clock, stock=STOCK)
        shop.charge_freight(1_000)
        shop.give_spoon(value_minor=500, on_return=GiftReturn.RETURN_GIFT)
        shop.promote(SpendAndSave((Tier(30_000, 5_000),)), on_return=ReturnPolicy.REPRICE)
        desk = ServiceDesk(shop)
        desk.rules(auto_approve_minor=3_000)
        path = Path(str(store.engine.url.database))
        store.close()
        return path.read_bytes(), desk
