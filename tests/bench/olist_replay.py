"""The marketplace's files played through the use cases, event by event in the order of their time."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from houtai.application.catalog.define import DefineCategory, DefineChannel, define_category, define_channel
from houtai.application.catalog.describe import CreateProduct, NewSku, create_product
from houtai.application.customers.keep import RegisterCustomer, register_customer
from houtai.application.inventory.configure import SetChannelWarehouses, set_channel_warehouses
from houtai.application.inventory.receive import ReceiveOpening, receive_opening
from houtai.application.merchants.admit import MoveMerchant, RegisterMerchant, move_merchant, register_merchant
from houtai.application.office import Office
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.hold import ReleaseHold, SettleException, release_hold, settle_exception
from houtai.application.orders.ship import WINDOW
from houtai.application.orders.take_over import ImportChannelOrder, import_channel_order
from houtai.application.payments.ports import REFUNDS_OF_ORDER
from houtai.application.payments.refund import MoveRefund, settle_refund
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.catalog.channel import ChannelKind
from houtai.domain.catalog.product import Source
from houtai.domain.customers.customer import Address
from houtai.domain.ids import (
    CategoryId,
    ChannelId,
    CustomerId,
    MerchantId,
    OrderId,
    ProductId,
    SkuId,
    WarehouseId,
    derive,
    new_id,
)
from houtai.domain.inventory.adjustment import ReceiptLine
from houtai.domain.merchants.merchant import MerchantState
from houtai.domain.orders.importing import ChannelLine, ChannelPayment
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.payments.refund import Refund
from houtai.domain.refusal import Refusal
from tests.bench.olist_files import CURRENCY, Files, Row, code_of, minor, moment, whole
from tests.bench.olist_shipping import OWN_WAREHOUSES, Shipping, Wanted, charged
from tests.catalog.arrange import another

SCARCE_EVERY = 25  # every so many SKUs get one unit less than they will sell
MAX_LINES = 500
ENDED = {"canceled", "unavailable"}


class ReplayClock:
    """The time of the file."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2016, 1, 1, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.moment


class Replay:
    """One run: what was done, refused and reported, with sums of both sides."""

    def __init__(self, office: Office, clock: ReplayClock, files: Files) -> None:
        self.office, self.clock, self.files = office, clock, files
        self.counts: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.reported: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()  # payments of orders that were not booked, by reason
        self.unnamed_minor = 0  # what was paid for goods that the files do not name
        self.ended: list[str] = []  # orders that were cancelled
        self.skus: dict[tuple[str, str], SkuId] = {}
        self.orders: dict[str, OrderId] = {}
        self.people: dict[str, CustomerId] = {}
        self.channel = ChannelId(new_id())
        self.shipping = Shipping(office, self.attempt, self.act, CURRENCY)
        self.house: WarehouseId | None = None
        self.homes: dict[str, WarehouseId] = {}  # the warehouses of the largest sellers
        self.seconds: defaultdict[str, float] = defaultdict(float)  # by kind of event
        self.statements: Counter[str] = Counter()  # by what was attempted
        self.executed: Callable[[], int] = int  # how many statements there were so far; none where nobody counts

    def act(self) -> Act:
        return Act.of_system(self.clock.now(), reason="replay")

    def attempt(self, what: str, use_case: Any, cmd: Any, act: Act | None = None) -> Any:
        """Do it and count it, or count the refusal by its code."""
        before = self.executed()
        try:
            result = self.office.perform(use_case, cmd, act or self.act())
        except Refusal as refusal:
            self.refused[f"{what}: {refusal.code}"] += 1
            return None
        finally:
            self.statements[what] += self.executed() - before
        self.counts[what] += 1
        return result

    def set_up(self) -> None:
        """The marketplace as a channel, its warehouse and those of the largest sellers, sellers, goods and people."""
        self.attempt("channels", define_channel, DefineChannel(self.channel, "OLIST", "Olist", CURRENCY, ChannelKind.MARKETPLACE))
        offers = self.files.offers()
        merchants = self._merchants({seller for _, seller in offers})
        self.house = self.shipping.open("SP", "São Paulo")
        sold: Counter[str] = Counter()
        for (_, seller), qty in offers.items():
            sold[seller] += qty
        for place, (seller, _) in enumerate(sorted(sold.items(), key=lambda one: (-one[1], one[0]))[:OWN_WAREHOUSES], start=1):
            self.homes[seller] = self.shipping.open(f"S{place}", f"Seller {seller[:8]}", merchants[seller])
        pool = (self.house, *self.homes.values())
        self.attempt("channel warehouses", set_channel_warehouses, SetChannelWarehouses(self.channel, pool))
        self.shipping.stock_boxes()
        self._goods(offers, merchants)
        self._stock(offers)
        self._people()

    def _merchants(self, sellers: Iterable[str]) -> dict[str, MerchantId]:
        made: dict[str, MerchantId] = {}
        for seller in sorted(sellers):
            row = self.files.sellers.get(seller)
            if row is None:
                self.reported["line of a seller that is not in the files"] += 1
                row = {"seller_city": "", "seller_state": ""}
            cmd = RegisterMerchant(
                MerchantId(new_id()), seller[:32], f"Seller {seller[:8]}", row["seller_city"], row["seller_state"]
            )
            merchant = self.attempt("merchants", register_merchant, cmd)
            if merchant is not None:
                move = MoveMerchant(merchant.id, merchant.version, MerchantState.ACTIVE)
                self.attempt("merchants activated", move_merchant, move)
                made[seller] = merchant.id
        return made

    def _goods(self, offers: Iterable[tuple[str, str]], merchants: dict[str, MerchantId]) -> None:
        categories: dict[str, CategoryId] = {}
        for product, seller in offers:
            row = self.files.products.get(product, {})
            name = row.get("product_category_name") or "sem_categoria"
            if not row.get("product_category_name"):
                self.reported["product without a category: put under sem_categoria"] += 1
            if not row.get("product_weight_g"):
                self.reported["product without weight or size: taken as 0"] += 1
            if name not in categories:
                categories[name] = CategoryId(new_id())
                self.attempt("categories", define_category, DefineCategory(categories[name], name[:60], name[:60]))
            code = code_of(product, seller)
            sku = NewSku(
                SkuId(new_id()),
                code,
                weight_g=whole(row.get("product_weight_g", "")),
                length_mm=10 * whole(row.get("product_length_cm", "")),
                width_mm=10 * whole(row.get("product_width_cm", "")),
                height_mm=10 * whole(row.get("product_height_cm", "")),
            )
            cmd = CreateProduct(
                ProductId(new_id()),
                code,
                f"{name} {product[:8]}",
                categories[name],
                source=Source.MERCHANT,
                merchant=merchants[seller],
                skus=(sku,),
            )
            if self.attempt("products", create_product, cmd) is not None:
                self.skus[product, seller] = sku.id
                self.shipping.know(sku.id, sku.weight_g)

    def _stock(self, offers: dict[tuple[str, str], int]) -> None:
        units: dict[WarehouseId, list[tuple[SkuId, int]]] = defaultdict(list)
        assert self.house is not None, "warehouses come first"
        for place, (offer, sold) in enumerate(offers.items()):
            scarce = place % SCARCE_EVERY == SCARCE_EVERY - 1
            self.counts["SKUs with a unit too few"] += scarce
            if offer in self.skus and sold - scarce:
                units[self.homes.get(offer[1], self.house)].append((self.skus[offer], sold - scarce))
        for warehouse, held in units.items():
            for start in range(0, len(held), MAX_LINES):
                part = held[start : start + MAX_LINES]
                lines = tuple(ReceiptLine(line, sku, qty, 0) for line, (sku, qty) in enumerate(part, start=1))
                self.attempt("opening receipts", receive_opening, ReceiveOpening(new_id(), warehouse, lines, CURRENCY))

    def _people(self) -> None:
        for row in self.files.customers.values():
            person = row["customer_unique_id"]
            if person not in self.people:
                self.people[person] = CustomerId(new_id())
                cmd = RegisterCustomer(self.people[person], f"Customer {person[:8]}", addresses=(self._address(row),))
                self.attempt("customers", register_customer, cmd)

    def _address(self, row: Row) -> Address:
        person = row["customer_unique_id"]
        return Address(
            f"Customer {person[:8]}",
            "11000000000",
            "BR",
            row["customer_state"],
            row["customer_city"],
            street="Rua 1",
            postcode=row["customer_zip_code_prefix"],
        )

    def events(self) -> Iterator[tuple[dt.datetime, int, str, list[Row]]]:
        """What the files tell in the order of its time: what carriers took on one day is one event at that day's last time stamp."""
        found: list[tuple[dt.datetime, int, str, list[Row]]] = []
        taken: dict[dt.date, list[tuple[dt.datetime, Row]]] = defaultdict(list)
        for place, row in enumerate(self.files.orders):
            bought = moment(row["order_purchase_timestamp"])
            assert bought is not None, "every order was bought at some time"
            approved, carried = moment(row["order_approved_at"]), moment(row["order_delivered_carrier_date"])
            found.append((bought, place, "purchase", [row]))
            if approved is not None:
                found.append((max(approved, bought), place, "approval", [row]))
            if row["order_status"] in ENDED:
                found.append((max(approved or bought, bought) + dt.timedelta(hours=1), place, "cancellation", [row]))
            elif carried is not None:
                left = max(carried, approved or bought, bought)
                taken[left.date()].append((left, row))
        for place, group in enumerate(taken.values()):
            left = max(at for at, _ in group)
            found.append((left, place, "shipping", [row for _, row in group]))
            for _, row in group:
                arrived = moment(row["order_delivered_customer_date"])
                if arrived is not None:
                    found.append((max(arrived, left), place, "delivery", [row]))
                    found.append((max(arrived, left) + WINDOW, place, "completion", [row]))
        rank = {"purchase": 0, "approval": 1, "cancellation": 2, "shipping": 3, "delivery": 4, "completion": 5}
        return iter(sorted(found, key=lambda event: (event[0], rank[event[2]], event[1])))

    def run(self, leave_out: Collection[str] = ()) -> None:
        """Play all of it, but for these kinds of events."""
        single = {"purchase": self._purchase, "approval": self._approve, "cancellation": self._cancel}
        single |= {"delivery": self._arrive, "completion": self._complete}
        for at, _, kind, rows in self.events():
            if kind in leave_out:
                continue
            self.clock.moment = max(self.clock.moment, at)
            started = time.monotonic()
            if kind == "shipping":
                self._ship(rows)
            else:
                for row in rows:
                    single[kind](row)
            self.seconds[kind] += time.monotonic() - started

    def _ship(self, rows: list[Row]) -> None:
        wanted = []
        for row in rows:
            order = self._now(row)
            if order is None:
                self.reported["shipped by the files, not booked: it has no lines"] += 1
            elif order.state is not OrderState.CONFIRMED:
                self.reported[f"shipped by the files, not here: it is {order.state.value}, {self._why(order)}"] += 1
            else:
                wanted.append(Wanted(order.id, charged(self.files.items[row["order_id"]])))
        self.shipping.send(wanted)

    def _why(self, order: Order) -> str:
        return "units are missing" if any(line.shortage_qty for line in order.lines) else "nobody approved it"

    def _arrive(self, row: Row) -> None:
        if row["order_id"] in self.orders:
            self.shipping.arrive(self.orders[row["order_id"]], self.clock.moment)

    def _complete(self, row: Row) -> None:
        if row["order_id"] in self.orders:
            self.shipping.complete(self.orders[row["order_id"]])

    def _purchase(self, row: Row) -> None:
        items = self.files.items.get(row["order_id"], [])
        payments = self.files.payments.get(row["order_id"], [])
        paid_minor = sum(minor(payment["payment_value"]) for payment in payments)
        if not items and row["order_status"] in ENDED and paid_minor:
            self.reported["paid and ended without lines: booked as goods that the files do not name"] += 1
            self.unnamed_minor += paid_minor
        elif not items:
            reason = f"order without lines ({row['order_status']})"
            self.reported[reason] += 1
            self.left_out[reason] += paid_minor
            return
        grouped: Counter[tuple[str, str, int]] = Counter(
            (item["product_id"], item["seller_id"], minor(item["price"])) for item in items
        )
        lines = tuple(
            ChannelLine(f"{product}/{seller}", "", qty, price, sku_code=code_of(product, seller))
            for (product, seller, price), qty in grouped.items()
        )
        if not items:
            lines = (ChannelLine(f"unnamed/{row['order_id']}", "", 1, paid_minor),)
        if not payments:
            self.reported["order without any payment"] += 1
        customer = self.files.customers[row["customer_id"]]
        bought = moment(row["order_purchase_timestamp"])
        assert bought is not None, "see events"
        cmd = ImportChannelOrder(
            order=OrderId(derive(self.channel, row["order_id"])),
            channel=self.channel,
            external_id=row["order_id"],
            currency=CURRENCY,
            lines=lines,
            payments=tuple(ChannelPayment(payment["payment_type"], minor(payment["payment_value"])) for payment in payments),
            sold_at=bought,
            receiver=self._address(customer),
            freight_minor=sum(minor(item["freight_value"]) for item in items),
            customer=self.people[customer["customer_unique_id"]],
        )
        order = self.attempt("orders", import_channel_order, cmd)
        if order is not None:
            self.orders[row["order_id"]] = order.id
            self._report(order)

    def _report(self, order: Order) -> None:
        if order.paid_minor != order.payable_minor:
            self.reported["payments differ from price and freight"] += 1
        if any(line.shortage_qty for line in order.lines):
            self.counts["orders booked with a shortage"] += 1

    def _approve(self, row: Row) -> None:
        order = self._now(row)
        if order is None or order.state in (OrderState.CONFIRMED, OrderState.PAID):
            self.counts["approvals"] += order is not None
        elif order.state is OrderState.EXCEPTION:
            order = self.attempt("exceptions settled", settle_exception, SettleException(order.id, "approved by the marketplace"))
            if order is not None and order.state is OrderState.HOLD:
                self.attempt("holds released", release_hold, ReleaseHold(order.id, "approved by the marketplace"))
        elif order.state is OrderState.HOLD:
            self.attempt("holds released", release_hold, ReleaseHold(order.id, "approved by the marketplace"))

    def _cancel(self, row: Row) -> None:
        """What was paid goes back by the way it came; nobody holds the marketplace's money, so a person settles each refund."""
        order = self._now(row)
        if order is None or self.attempt("cancellations", cancel_order, CancelOrder(order.id, row["order_status"])) is None:
            return
        self.ended.append(row["order_id"])
        for refund in self.office.ask(_refunds_of, order.id, self.act()):
            cmd = MoveRefund(refund.id, refund.version, "paid back by the marketplace")
            self.attempt("refunds paid back", settle_refund, cmd, another(self.act()))

    def _now(self, row: Row) -> Order | None:
        order_id = self.orders.get(row["order_id"])
        return None if order_id is None else self.office.ask(_find_order, order_id, self.act())


@needs("orders.read")
def _refunds_of(views: Any, order_id: OrderId, _: Act) -> list[Refund]:
    """What an order's buyer is owed."""
    found: list[Refund] = views.refunds.by(REFUNDS_OF_ORDER, order_id)
    return found


@needs("orders.read")
def _find_order(views: Any, order_id: OrderId, _: Act) -> Order:
    """The order as it stands."""
    found: Order = views.orders.get(order_id)
    return found
