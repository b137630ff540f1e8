"""What row security costs: orders placed and lists read with and without it, in turns on one PostgreSQL database.

`python -m tests.bench.row_security [--rounds 6] [--orders 60] [--goods 1000]` prints a JSON document: medians in
milliseconds, what holding costs as a ratio, and which indexes the plans use.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from houtai.adapters.sql.confine import confine
from houtai.adapters.sql.rights import MERCHANT
from houtai.adapters.sql.store import SqlStore
from houtai.application.catalog.queries import ListProducts, list_products
from houtai.application.catalog.search import SearchSkus, search_skus
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.domain.act import Act
from houtai.domain.authority import Authority
from houtai.domain.ids import new_id
from tests.catalog.arrange import new_sku, some_category, some_product
from tests.conftest import StillClock
from tests.http.bazaar import Bazaar
from tests.stores import PostgresServer

PLANS = {
    "search of the house": "SELECT * FROM skus WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', 'number & 77')",
    "products of a merchant": "SELECT * FROM products WHERE merchant_id = '{merchant}' ORDER BY id DESC LIMIT 50",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--goods", type=int, default=1_000)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    if wanted.quick:
        wanted.rounds, wanted.orders, wanted.goods = 2, 5, 20
    with tempfile.TemporaryDirectory() as folder:
        server = PostgresServer(Path(folder) / "server")
        name = server.clone()
        stores = {
            "without": SqlStore(server.url(name), pool_size=1),
            "with": SqlStore(server.program_url(name), pool_size=1),
        }
        print(json.dumps(measured(stores, wanted), indent=2))  # noqa: T201  # what this program is for
        for store in stores.values():
            store.close()


def measured(stores: dict[str, SqlStore], wanted: argparse.Namespace) -> dict[str, Any]:
    """Medians in milliseconds, by what is done and whether row security held."""
    clock = StillClock()
    offices = {kind: Office(store, clock) for kind, store in stores.items()}
    bazaar = Bazaar(offices["without"], clock)
    shop, merchant = bazaar.shop, bazaar.merchants["A"]
    category = some_category(shop.office, shop.act, "CAT-MANY")
    for number in range(wanted.goods):
        sku = new_sku(f"S-{number}", title=f"number {number % 100}")
        some_product(shop.office, shop.act, category, sku, code=f"P-{number}")
    shop.take_in(CUP=100_000)
    visitor = Act(clock.now(), new_id(), Authority(new_id(), bazaar.visitor("A")))
    shops = {kind: shop.moved_to(office, clock) for kind, office in offices.items()}
    deeds: dict[str, Callable[[str], object]] = {
        "place_order": lambda kind: shops[kind].place(CUP=1),
        "search by the house": lambda kind: offices[kind].ask(search_skus, SearchSkus("number 77"), shop.act),
        "list of the house": lambda kind: offices[kind].ask(list_products, ListProducts(page=Page()), shop.act),
        "list of a merchant": lambda kind: offices[kind].ask(list_products, ListProducts(page=Page()), visitor),
    }
    stores["without"]._confines = False  # otherwise a superuser's reads for a merchant are held too
    found = {what: timed(deed, wanted) for what, deed in deeds.items()}
    ratios = {what: round(spans["with"] / spans["without"], 3) for what, spans in found.items()}
    return {"ok": True, "ratios": ratios, "reach": {}, "millis": found, "plans": plans(stores["with"], merchant)}


def timed(deed: Callable[[str], object], wanted: argparse.Namespace) -> dict[str, float]:
    """In turns, so that what else the machine does meets both alike."""
    spans: dict[str, list[float]] = {"without": [], "with": []}
    for kind in list(spans) * 10:  # until the driver has prepared every statement
        deed(kind)
    for turn in range(wanted.rounds):
        for kind in list(spans)[:: 1 if turn % 2 else -1]:
            for _ in range(wanted.orders):
                start = time.perf_counter()
                deed(kind)
                spans[kind].append(time.perf_counter() - start)
    return {kind: round(statistics.median(span) * 1000, 3) for kind, span in spans.items()}


def plans(store: SqlStore, merchant: object) -> dict[str, str]:
    """The first scan of each plan, as the program and as somebody of a merchant."""
    told = {}
    with store.engine.begin() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        for what, query in PLANS.items():
            told[f"{what}, program"] = scan(connection, query.format(merchant=merchant))
        confine(connection, [merchant])  # type: ignore[list-item]  # an id of a merchant
        for what, query in PLANS.items():
            told[f"{what}, {MERCHANT}"] = scan(connection, query.format(merchant=merchant))
    return told


def scan(connection: Any, query: str) -> str:
    """The line of the plan that names an index or a table."""
    lines = [str(line).strip() for line in connection.execute(text(f"EXPLAIN (COSTS OFF) {query}")).scalars()]
    return " / ".join(line for line in lines if "Scan" in line or "Cond" in line or "Filter" in line)


if __name__ == "__main__":
    main()
