"""A real marketplace replayed through the use cases, in the order of its time stamps, and reconciled to the cent.

    python -m tests.bench.olist [DIR] [--db URL] [--json] [--orders N] [--quick] [--money-only]

DIR holds the public Olist files (orders.csv, order_items.csv …). Merchants, products, customers and stock come first; then
every purchase, approval and cancellation at its own time; what a carrier took on a day goes out at the end of that day, and is
delivered and completed when the files say so. The largest sellers send from warehouses of their own. What the data itself gets
wrong is counted and named. Without --db the books are kept in a file that is gone afterwards.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import attrs
import click
from sqlalchemy import event

from houtai.adapters.opening import open_database, open_store
from houtai.adapters.sql import migrate
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.application.payments.ports import OF_ORDER
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.ids import OrderId
from tests.bench.olist_files import CURRENCY, Files, minor
from tests.bench.olist_replay import Replay, ReplayClock
from tests.bench.olist_shipping import DEEDS

BESIDE = Path(__file__).parents[3] / "shared" / "data" / "olist"  # where the files are looked for when no folder is named
QUICK_ORDERS = 150
SHIPPING = ("shipping", "delivery", "completion")


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


@needs("ledger.read")
def _booked(views: Any, _: None, __: Act) -> dict[str, int]:
    """What stands on the accounts of sales and carriage in the files' currency, as positive sums."""
    totals: Counter[str] = Counter()
    for account, balance in views.sum_rows("balances").items():
        if account.currency == CURRENCY:
            totals[account.code.value] += balance
    signs = {"revenue": -1, "freight-income": -1, "freight-cost": 1, "freight-accrued": -1}
    return {code: sign * totals[code] for code, sign in signs.items()}


def money_check(replay: Replay) -> dict[str, dict[str, int]]:
    """The files' own sums against ours, with what belongs to orders that were not booked, and not shipped."""
    files = replay.files

    def sums(keys: Iterable[str]) -> dict[str, int]:
        keys = list(keys)
        items = [item for key in keys for item in files.items.get(key, [])]
        payments = [payment for key in keys for payment in files.payments.get(key, [])]
        return {
            "goods": sum(minor(item["price"]) for item in items),
            "freight": sum(minor(item["freight_value"]) for item in items),
            "payments": sum(minor(payment["payment_value"]) for payment in payments),
        }

    every = [row["order_id"] for row in files.orders]
    ours = replay.office.ask(_totals, list(replay.orders.values()), replay.act())
    file_sums, left_out = sums(every), sums(key for key in every if key not in replay.orders)
    gone = sums(key for key, order in replay.orders.items() if order in replay.shipping.sent)
    books = replay.office.ask(_booked, None, replay.act())
    return {
        name: {
            "files": file_sums[name],
            "booked": ours.get(name, 0) - (replay.unnamed_minor if name == "goods" else 0),
            "not_booked": left_out[name],
        }
        for name in ("goods", "freight", "payments")
    } | {
        "goods shipped": {"files": gone["goods"], "booked": books["revenue"], "not_booked": 0},
        "freight shipped": {"files": gone["freight"], "booked": books["freight-income"], "not_booked": 0},
        "freight charged": {"files": gone["freight"], "booked": books["freight-cost"], "not_booked": 0},
        "freight accrued": {"files": gone["freight"], "booked": books["freight-accrued"], "not_booked": 0},
        "states": {key: value for key, value in ours.items() if key.startswith("state ")},
    }


@needs("orders.read")
def _by_tender(views: Any, order_ids: list[OrderId], _: Act) -> dict[str, list[int]]:
    """What came in and what went back of these orders' payments, by the way they were paid."""
    totals: dict[str, list[int]] = {}
    for start in range(0, len(order_ids), 200):
        part = order_ids[start : start + 200]
        payments = {payment.id: payment for payment in views.payments.by(OF_ORDER, *part)}
        for tender in (one for order in views.orders.many(part).values() for one in order.tenders):
            held = totals.setdefault(tender.provider, [0, 0])
            held[0] += payments[tender.payment_id].captured_minor
            held[1] += payments[tender.payment_id].refunded_minor
    return totals


def tenders(replay: Replay) -> dict[str, dict[str, int]]:
    """By the way of payment: what the files say was paid and what of it belonged to ended orders; what we took in and paid back."""
    files = replay.files
    ours = replay.office.ask(_by_tender, list(replay.orders.values()), replay.act())
    ended = set(replay.ended)
    found = {name: {"files_in": 0, "files_out": 0, "in": held[0], "out": held[1]} for name, held in sorted(ours.items())}
    for key in replay.orders:
        for payment in files.payments.get(key, []):
            paid = minor(payment["payment_value"])
            if paid:
                found[payment["payment_type"]]["files_in"] += paid
                found[payment["payment_type"]]["files_out"] += paid if key in ended else 0
    return found


def replay(folder: Path, url: str, most: int | None = None, *, ships: bool = True) -> dict[str, Any]:
    """Run it on the empty database behind `url`, what carriers took as well where it `ships`; the report."""
    clock = ReplayClock()
    store = open_store(url)
    office = Office(store, clock)
    files = Files.load(folder, most)
    run = Replay(office, clock, files)
    run.executed = counting(store)
    started = time.monotonic()
    run.set_up()
    set_up = time.monotonic()
    run.run(leave_out=() if ships else SHIPPING)
    seconds = time.monotonic() - set_up
    money, by_tender = money_check(run), tenders(run)
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
        "tenders": by_tender,
        "exact": all(sums["files"] == sums["booked"] + sums["not_booked"] for name, sums in money.items() if name != "states")
        and money["payments"]["not_booked"] == sum(run.left_out.values())
        and all(one["files_in"] == one["in"] and one["files_out"] == one["out"] for one in by_tender.values()),
        "seconds": {"set_up": round(set_up - started, 1)} | {kind: round(spent, 1) for kind, spent in run.seconds.items()},
        "orders_per_second": round(run.counts["orders"] / (seconds - sum(run.seconds[kind] for kind in SHIPPING)), 1),
        "shipped": shipped(run),
        "doctor": {
            "ok": report.ok,
            "broken": [attrs.asdict(finding) for finding in report.broken()],
            "checks": len(report.findings),
        },
    }


def counting(store: Any) -> Callable[[], int]:
    """How many statements a database was given since now; always 0 for a store that is none."""
    executed = [0]
    if isinstance(store, SqlStore):
        event.listen(store.engine, "before_cursor_execute", lambda *_: executed.__setitem__(0, executed[0] + 1))
    return lambda: executed[0]


def shipped(run: Replay) -> dict[str, Any]:
    """How many orders went out, how fast, and how many statements each took, by deed."""
    orders, spent = len(run.shipping.sent), sum(run.seconds[kind] for kind in SHIPPING)
    steps = {what: run.statements[what] for what in run.statements if what in DEEDS}
    each = {what: round(count / orders, 1) for what, count in sorted(steps.items(), key=lambda one: -one[1])} if orders else {}
    return {
        "orders": orders,
        "per_second": round(orders / spent, 1) if spent else 0.0,
        "statements_per_order": round(sum(each.values()), 1),
        "statements_by_deed": each,
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
        "reach": {
            "orders": report["counts"]["orders"],
            "shipped": report["shipped"]["orders"],
            "checks": report["doctor"]["checks"],
        },
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
@click.option("--money-only", is_flag=True, help="Purchases, approvals, cancellations and refunds; nothing is shipped.")
@click.option("--json", "json_out", is_flag=True)
def main(folder: Path | None, db: str | None, orders: int | None, *, quick: bool, money_only: bool, json_out: bool) -> None:
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
        report = replay(folder or BESIDE, db, orders or (QUICK_ORDERS if quick else None), ships=not money_only)
    report |= summed_up(report)
    tell(report, json_out=json_out)
    sys.exit(0 if report["ok"] else 1)


if __name__ == "__main__":
    main()
