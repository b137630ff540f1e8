"""A small shop in a database of its own, the orders that callers want of it, and the verdict over what became of them."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import func, select

from houtai.adapters.clock import SystemClock
from houtai.adapters.opening import open_database, open_store
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.house import audit_log
from houtai.adapters.sql.orders_tables import orders
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.application.orders.place import PlaceOrder, place_order
from houtai.domain.act import Entry, Origin
from houtai.domain.ids import OrderId
from houtai.domain.orders.order import Order
from houtai.entrypoints.container import house
from houtai.entrypoints.settings import Settings
from tests.faults.cluster import Cluster
from tests.orders.shop import PROVIDER, Shop

UNITS = 1_000_000
PASSWORD = "lantern kettle 42"


@attrs.frozen
class Stall:
    """A shop with a million units of everything behind one URL; `owner` logs in with PASSWORD."""

    url: str
    shop: Shop = attrs.field(repr=False)
    pattern: PlaceOrder = attrs.field(repr=False)  # one cup, quoted

    def wishes(self, count: int) -> list[PlaceOrder]:
        """So many orders of one cup each."""
        return [self.shop.wish_again(self.pattern) for _ in range(count)]

    @contextmanager
    def office(self, *, through: int = 0, **options: Any) -> Iterator[Office]:
        """An office over the database; on PostgreSQL perhaps through another port, where a line is."""
        url = self.url
        if through:
            head, _, name = url.rpartition("/")
            url = f"{head.rpartition(':')[0]}:{through}/{name}"
        office = Office(SqlStore(url, **options), SystemClock())
        with closing(office):
            yield office


def place(office: Office, wish: PlaceOrder, *, keyed: bool = True) -> Order:
    """Place it under its own idempotency key, as every door does, or without any."""
    return office.perform(place_order, wish, office.act_of_system(), key=str(wish.order) if keyed else None)


def say(figure: str) -> None:
    """A figure for docs/reliability.md; `pytest -s` shows it."""
    sys.stdout.write(f"\n{figure}\n")


def body_of(wish: PlaceOrder) -> dict[str, Any]:
    """The order as a client of the API sends it."""
    basket = {
        "channel_id": str(wish.basket.channel_id),
        "lines": [{"sku_id": str(line.sku_id), "qty": line.qty} for line in wish.basket.lines],
        "customer_id": str(wish.basket.buyer_id),
        "coupon_ids": [str(coupon) for coupon in wish.basket.coupons],
    }
    tender = {"provider": PROVIDER, "payment_id": str(wish.tenders[0].payment)}
    quoted = {"quote_digest": wish.quote_digest, "quoted_minor": wish.quoted_minor}
    return {"id": str(wish.order), "basket": basket, "receiver": attrs.asdict(wish.receiver), "tenders": [tender], **quoted}


def opened(url: str, *, stock: int = UNITS) -> Stall:
    """The shop in an empty database, with an owner who has chosen a password."""
    container = house(Settings(db=url))
    store = open_store(url)
    with closing(store):
        shop = Shop(Office(store, SystemClock()), SystemClock(), stock=stock)
        pattern = shop.wish(CUP=1)
    with closing(container.office()):
        given = container.credentials().first_start()
        assert given is not None
        origin = Origin(Entry.HTTP, "127.0.0.1", "test")
        token = container.authenticator().log_in(given.account.name, given.password, "", origin).token
        act = container.authenticator().act_of_token(token, origin, with_one_time_password=True)
        container.credentials().change_own_password(given.password, PASSWORD, act)
    return Stall(url, shop, pattern)


def copied(stall: Stall, to: Path | Cluster) -> Stall:
    """The same shop in a database of its own."""
    if isinstance(to, Cluster):
        name = to.create(template=stall.url.rpartition("/")[2])
        return attrs.evolve(stall, url=to.url(name))
    source = Path(stall.url.removeprefix("sqlite:///"))
    path = to / "shop.db"
    with closing(sqlite3.connect(source)) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(source, path)
    return attrs.evolve(stall, url=f"sqlite:///{path}")


@attrs.frozen
class Verdict:
    """What the database holds after the fault, beside what callers were told."""

    orders: int
    lost: Collection[OrderId]  # acknowledged, and not there
    phantom: Collection[OrderId]  # there, and refused or never asked for
    deeds: int  # how often the log says that one was placed
    broken: tuple[str, ...]  # the doctor's findings

    @property
    def holds(self) -> bool:
        """Each acknowledged order is there exactly once, nothing else is, and every invariant holds."""
        return not self.lost and not self.phantom and not self.broken and self.deeds == self.orders


def verdict(
    url: str, asked: Sequence[PlaceOrder], acknowledged: Collection[OrderId], refused: Collection[OrderId] = ()
) -> Verdict:
    """Compare the orders in the database with those that were asked for, acknowledged and refused."""
    with closing(open_database(url)) as store:
        with store._reader.connect() as connection:  # one snapshot: a commit that was held up may land between two reads
            there = set(connection.execute(select(orders.c.id)).scalars())
            placed = (audit_log.c.deed == place_order.__name__) & (audit_log.c.outcome == "done")
            deeds = connection.execute(select(func.count()).select_from(audit_log).where(placed)).scalar_one()
        broken = tuple(f"{finding.id}: {finding.first[:2]}" for finding in examine(store, CHECKS).broken())
    known = {wish.order for wish in asked}
    return Verdict(len(there), set(acknowledged) - there, (there - known) | (there & set(refused)), deeds, broken)
