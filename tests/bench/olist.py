"""A real marketplace replayed through the use cases, in the order of its time stamps, and reconciled to the cent.

    python -m tests.bench.olist [DIR] [--db URL] [--json] [--orders N] [--quick]

DIR holds the public Olist files (orders.csv, order_items.csv …). Merchants, products, customers and stock come first; then
every purchase, approval and cancellation at its own time. What the data itself gets wrong is counted and named. Without --db
the books are kept in a file that is gone afterwards.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import attrs
import click

from houtai.adapters.opening import open_database, open_store
from houtai.adapters.sql import migrate
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.application.catalog.define import DefineCategory, DefineChannel, define_category, define_channel
from houtai.application.catalog.describe import CreateProduct, NewSku, create_product
from houtai.application.customers.keep import RegisterCustomer, register_customer
from houtai.application.inventory.configure import OpenWarehouse, SetChannelWarehouses, open_warehouse, set_channel_warehouses
from houtai.application.inventory.receive import ReceiveOpening, receive_opening
from houtai.application.merchants.admit import MoveMerchant, RegisterMerchant, move_merchant, register_merchant
from houtai.application.office import Office
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.hold import ReleaseHold, SettleException, release_hold, settle_exception
from houtai.application.orders.take_over import ImportChannelOrder, import_channel_order
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
from houtai.domain.money import Money
from houtai.domain.orders.importing import ChannelLine, ChannelPayment
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.refusal import Refusal

CURRENCY = "BRL"
SCARCE_EVERY = 25  # every so many SKUs get one unit less than they will sell
MAX_LINES = 500
ENDED = {"canceled", "unavailable"}
BESIDE = Path(__file__).parents[3] / "shared" / "data" / "olist"  # where the files are looked for when no folder is named
QUICK_ORDERS = 150

Row = dict[str, str]


def read(folder: Path, name: str) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) if text else None


def minor(text: str) -> int:
    return Money.of(text, CURRENCY).minor


def whole(text: str) -> int:
    return int(text.partition(".")[0]) if text else 0


class ReplayClock:
    """The time of the file."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2016, 1, 1, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.moment


@attrs.define
class Files:
    """The files as far as the replay reads them; lines and payments by order."""

    orders: list[Row]
    items: dict[str, list[Row]]
    payments: dict[str, list[Row]]
    customers: dict[str, Row]
    products: dict[str, Row]
    sellers: dict[str, Row]

    @classmethod
    def load(cls, folder: Path, most: int | None) -> Files:
        orders = sorted(read(folder, "orders"), key=lambda row: row["order_purchase_timestamp"])[:most]
        wanted = {row["order_id"] for row in orders}
        items, payments = defaultdict(list), defaultdict(list)
        for row in read(folder, "order_items"):
            if row["order_id"] in wanted:
                items[row["order_id"]].append(row)
        for row in read(folder, "order_payments"):
            if row["order_id"] in wanted:
                payments[row["order_id"]].append(row)
        buyers = {row["customer_id"] for row in orders}
        return cls(
            orders,
            dict(items),
            {key: sorted(rows, key=lambda row: int(row["payment_sequential"])) for key, rows in payments.items()},
            {row["customer_id"]: row for row in read(folder, "customers") if row["customer_id"] in buyers},
            {row["product_id"]: row for row in read(folder, "products")},
            {row["seller_id"]: row for row in read(folder, "sellers")},
        )

    def offers(self) -> dict[tuple[str, str], int]:
        """Units sold by product and seller: what one seller offers is a SKU of its own."""
        sold: Counter[tuple[str, str]] = Counter()
        for rows in self.items.values():
            sold.update((row["product_id"], row["seller_id"]) for row in rows)
        return dict(sorted(sold.items()))


class Replay:
    """One run: what was done, refused and reported, with sums of both sides."""

    def __init__(self, office: Office, clock: ReplayClock, files: Files) -> None:
        self.office, self.clock, self.files = office, clock, files
        self.counts: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.reported: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()  # payments of orders that were not booked, by reason
        self.skus: dict[tuple[str, str], SkuId] = {}
        self.orders: dict[str, OrderId] = {}
        self.people: dict[str, CustomerId] = {}
        self.channel = ChannelId(new_id())
        self.warehouse = WarehouseId(new_id())

    def act(self) -> Act:
        return Act.of_system(self.clock.now(), reason="replay")

    def attempt(self, what: str, use_case: Any, cmd: Any) -> Any:
        """Do it and count it, or count the refusal by its code."""
        try:
            result = self.office.perform(use_case, cmd, self.act())
        except Refusal as refusal:
            self.refused[f"{what}: {refusal.code}"] += 1
            return None
        self.counts[what] += 1
        return result

    def set_up(self) -> None:
        """The marketplace as a channel, one warehouse, sellers, goods and people."""
        self.attempt("channels", define_channel, DefineChannel(self.channel, "OLIST", "Olist", CURRENCY, ChannelKind.MARKETPLACE))
        self.attempt("warehouses", open_warehouse, OpenWarehouse(self.warehouse, "SP", "São Paulo", CURRENCY))
        self.attempt("channel warehouses", set_channel_warehouses, SetChannelWarehouses(self.channel, (self.warehouse,)))
        offers = self.files.offers()
        merchants = self._merchants({seller for _, seller in offers})
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
            code = f"{product[:24]}-{seller[:24]}"
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

    def _stock(self, offers: dict[tuple[str, str], int]) -> None:
        units = []
        for place, (offer, sold) in enumerate(offers.items()):
            scarce = place % SCARCE_EVERY == SCARCE_EVERY - 1
            self.counts["SKUs with a unit too few"] += scarce
            if offer in self.skus and sold - scarce:
                units.append((self.skus[offer], sold - scarce))
        for start in range(0, len(units), MAX_LINES):
            part = units[start : start + MAX_LINES]
            lines = tuple(ReceiptLine(line, sku, qty, 0) for line, (sku, qty) in enumerate(part, start=1))
            self.attempt("opening receipts", receive_opening, ReceiveOpening(new_id(), self.warehouse, lines, CURRENCY))

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

    def events(self) -> Iterator[tuple[dt.datetime, int, str, Row]]:
        """Purchases, approvals and cancellations in the order of their time stamps."""
        found = []
        for place, row in enumerate(self.files.orders):
            bought = moment(row["order_purchase_timestamp"])
            assert bought is not None, "every order was bought at some time"
            approved = moment(row["order_approved_at"])
            found.append((bought, place, "purchase", row))
            if approved is not None:
                found.append((max(approved, bought), place, "approval", row))
            if row["order_status"] in ENDED:
                found.append((max(approved or bought, bought) + dt.timedelta(hours=1), place, "cancellation", row))
        rank = {"purchase": 0, "approval": 1, "cancellation": 2}
        return iter(sorted(found, key=lambda event: (event[0], rank[event[2]], event[1])))

    def run(self) -> None:
        """Play all of it."""
        deeds = {"purchase": self._purchase, "approval": self._approve, "cancellation": self._cancel}
        for at, _, kind, row in self.events():
            self.clock.moment = max(self.clock.moment, at)
            deeds[kind](row)

    def _purchase(self, row: Row) -> None:
        items = self.files.items.get(row["order_id"], [])
        if not items:
            reason = f"order without lines ({row['order_status']})"
            self.reported[reason] += 1
            self.left_out[reason] += sum(
                minor(payment["payment_value"]) for payment in self.files.payments.get(row["order_id"], [])
            )
            return
        grouped: Counter[tuple[str, str, int]] = Counter(
            (item["product_id"], item["seller_id"], minor(item["price"])) for item in items
        )
        lines = tuple(
            ChannelLine(f"{product}/{seller}", "", qty, price, sku_code=f"{product[:24]}-{seller[:24]}")
            for (product, seller, price), qty in grouped.items()
        )
        payments = self.files.payments.get(row["order_id"], [])
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
        order = self._now(row)
        if order is not None:
            self.attempt("cancellations", cancel_order, CancelOrder(order.id, row["order_status"]))

    def _now(self, row: Row) -> Order | None:
        order_id = self.orders.get(row["order_id"])
        return None if order_id is None else self.office.ask(_find_order, order_id, self.act())


@needs("orders.read")
def _find_order(views: Any, order_id: OrderId, _: Act) -> Order:
    """The order as it stands."""
    found: Order = views.orders.get(order_id)
    return found


@needs("orders.read")
def _totals(views: Any, order_ids: list[OrderId], _: Act) -> dict[str, int]:
    """Goods, freight and payments of these orders, and the states that they are in."""
    totals: Counter[str] = Counter()
    for start in range(0, len(order_ids), 200):
        for order in views.orders.many(order_ids[start : start + 200]).values():
            totals["goods"] += order.goods_minor
            totals["freight"] += order.freight_minor
            totals[f"state {order.state.value}"] += 1
            for payment in views.payments.many([tender.payment_id for tender in order.tenders]).values():
                totals["payments"] += payment.captured_minor
    return dict(totals)


def money_check(replay: Replay) -> dict[str, dict[str, int]]:
    """The files' own sums against ours, with what belongs to orders that were not booked."""
    files = replay.files
    booked = set(replay.orders)

    def sums(keys: list[str]) -> dict[str, int]:
        items = [item for key in keys for item in files.items.get(key, [])]
        payments = [payment for key in keys for payment in files.payments.get(key, [])]
        return {
            "goods": sum(minor(item["price"]) for item in items),
            "freight": sum(minor(item["freight_value"]) for item in items),
            "payments": sum(minor(payment["payment_value"]) for payment in payments),
        }

    every = [row["order_id"] for row in files.orders]
    ours = replay.office.ask(_totals, list(replay.orders.values()), replay.act())
    file_sums, left_out = sums(every), sums([key for key in every if key not in booked])
    return {
        name: {"files": file_sums[name], "booked": ours.get(name, 0), "not_booked": left_out[name]}
        for name in ("goods", "freight", "payments")
    } | {"states": {key: value for key, value in ours.items() if key.startswith("state ")}}


def replay(folder: Path, url: str, most: int | None = None) -> dict[str, Any]:
    """Run it on the empty database behind `url`; the report."""
    clock = ReplayClock()
    office = Office(open_store(url), clock)
    files = Files.load(folder, most)
    run = Replay(office, clock, files)
    started = time.monotonic()
    run.set_up()
    set_up = time.monotonic()
    run.run()
    seconds = time.monotonic() - set_up
    money = money_check(run)
    office.close()
    database = open_database(url)
    report = examine(database, CHECKS)
    database.close()
    return {
        "counts": dict(run.counts),
        "refused": dict(run.refused),
        "reported": dict(run.reported),
        "money": money,
        "payments_not_booked": dict(run.left_out),
        "exact": all(sums["files"] == sums["booked"] + sums["not_booked"] for name, sums in money.items() if name != "states")
        and money["payments"]["not_booked"] == sum(run.left_out.values()),
        "seconds": {"set_up": round(set_up - started, 1), "orders": round(seconds, 1)},
        "orders_per_second": round(run.counts["orders"] / seconds, 1),
        "doctor": {
            "ok": report.ok,
            "broken": [attrs.asdict(finding) for finding in report.broken()],
            "checks": len(report.findings),
        },
    }


def check_empty(url: str) -> None:
    """Refuse a database that holds anything: what was there would be counted as replayed."""
    with closing(open_database(url)) as database:
        if not migrate.is_empty(database.engine):
            message = f"the database behind {database.engine.url!r} is not empty: name an empty one, or leave --db out"
            raise click.UsageError(message)


def summed_up(report: dict[str, Any]) -> dict[str, Any]:
    """What every benchmark answers, of this one: the part of the files' money that was booked, how far it went, whether all is exact."""
    sums = {name: one for name, one in report["money"].items() if name != "states"}
    return {
        "ratios": {f"{name} booked": round(one["booked"] / one["files"], 4) for name, one in sums.items() if one["files"]},
        "reach": {"orders": report["counts"]["orders"], "checks": report["doctor"]["checks"]},
        "ok": report["doctor"]["ok"] and report["exact"],
    }


def tell(report: dict[str, Any], *, json_out: bool) -> None:
    """Print it, as one JSON object or line by line."""
    if json_out:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for name, value in report.items():
        click.echo(f"{name}:")
        for key, one in value.items() if isinstance(value, dict) else [("", value)]:
            click.echo(f"  {key} {one}")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.option("--db", default=None, help="An empty database; a file for the time of the replay where none is named.")
@click.option("--orders", type=int, default=None, help="Only the first so many orders.")
@click.option("--quick", is_flag=True, help=f"Only the first {QUICK_ORDERS} orders.")
@click.option("--json", "json_out", is_flag=True)
def main(folder: Path | None, db: str | None, orders: int | None, *, quick: bool, json_out: bool) -> None:
    """Replay the files in FOLDER, or those beside the project."""
    if folder is None and not BESIDE.is_dir():
        tell({"ratios": {}, "reach": {}, "ok": True, "skipped": f"the Olist files are not in {BESIDE}"}, json_out=json_out)
        return
    with ExitStack() as after:
        if db is None:
            made = after.enter_context(tempfile.TemporaryDirectory(prefix="houtai-olist-"))
            db = f"sqlite:///{made}/olist.db"
        else:
            check_empty(db)
        report = replay(folder or BESIDE, db, orders or (QUICK_ORDERS if quick else None))
    report |= summed_up(report)
    tell(report, json_out=json_out)
    sys.exit(0 if report["ok"] else 1)


if __name__ == "__main__":
    main()
