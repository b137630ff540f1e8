"""The measuring itself: figures add up, what falls short is said, repeated rows are whole, and the floor writes what orders write."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from houtai.adapters.clock import SystemClock
from houtai.adapters.opening import open_database, open_store
from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.domain.refusal import NotFound
from tests.bench.byhand import SAMPLES, ByHand
from tests.bench.callers import called, placed, wishes
from tests.bench.databases import Database, databases
from tests.bench.figures import Figures, median, percentile
from tests.bench.year import grow

ORDERS = 40


def counted(store: SqlStore) -> Counter[str]:
    """Rows by table."""
    with store.engine.connect() as connection:
        return Counter(
            {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar() or 0
                for table in METADATA.sorted_tables
            }
        )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Database, object]:
    """A grown shop in SQLite."""
    folder: Path = tmp_path_factory.mktemp("measuring")
    database = Database(f"sqlite:///{folder / 'shop.db'}", folder)
    with closing(open_store(database.url)):
        market, orders = grow(database, ORDERS, skus=300, buyers=5)
    assert len(set(orders)) == ORDERS
    return database, market


def test_a_grown_shop_is_well_and_has_what_was_wanted(shop: tuple[Database, object]) -> None:
    with closing(open_database(shop[0].url)) as store:
        rows = counted(store)
        assert examine(store, CHECKS).broken() == ()
    seeded = 4  # each kind once, before the repetitions are learnt
    assert (rows["orders"], rows["skus"], rows["order_lines"]) == (ORDERS + seeded, 300, 3 * (ORDERS + seeded))


def test_the_floor_writes_as_many_rows_of_each_table_as_the_system(shop: tuple[Database, object]) -> None:
    database, market = shop
    written = {}
    with database.copied() as copy, closing(open_database(copy.url)) as store:
        wanted = wishes(Office(store, SystemClock()), market, SAMPLES, 5)  # type: ignore[arg-type]  # a Market
        before = counted(store)
        assert not placed(Office(store, SystemClock()), wanted, 2).errors
        written["system"] = counted(store) - before
    with database.copied() as copy:
        hand = ByHand(market, copy)  # type: ignore[arg-type]  # as above
        with closing(open_database(copy.url)) as store:
            before = counted(store)
            hand.row_by_row(hand.orders(SAMPLES), 2)
            between = counted(store)
            hand.grouped(hand.orders(SAMPLES), SAMPLES)
            written["row by row"], written["grouped"] = between - before, counted(store) - between
    shared = {"counters"}  # the day's first order makes the row
    alike = [{table: count for table, count in rows.items() if table not in shared} for rows in written.values()]
    assert alike[0] == alike[1] == alike[2]


def test_a_database_that_holds_anything_is_refused(shop: tuple[Database, object]) -> None:
    with pytest.raises(click.UsageError, match="is not empty"), databases(shop[0].url):
        pass


def test_percentiles_and_medians_are_values_that_were_seen() -> None:
    assert (percentile([3, 1, 2], 0), median([3, 1, 2]), percentile([3, 1, 2], 99), median([])) == (1, 2, 3, 0)


def test_a_ratio_below_its_reach_is_not_ok_unless_the_run_was_quick() -> None:
    found = Figures("x", quick=False)
    found.ratio("fast", 0.9, 1.0)
    found.ratio("told only", 0.1)
    assert (found.ok, found.short()) == (False, {"fast": 0.9})
    found.quick = True
    assert found.ok
    found.fault("wrong")
    assert not found.ok


def test_figures_end_with_one_object_and_an_exit_code() -> None:
    @click.command()
    def command() -> None:
        found = Figures("x", quick=False)
        found.ratio("fast", 2, 1)
        found.end(json_out=True)

    ran = CliRunner().invoke(command)
    told = json.loads(ran.stdout)
    assert (ran.exit_code, told["ok"], told["ratios"], told["reach"]) == (0, True, {"fast": 2}, {"fast": 1})


def test_callers_count_refusals_as_errors_and_let_faults_through() -> None:
    def refuse(thing: int) -> None:
        if thing == 2:
            raise NotFound(what="thing", key="2")

    done = called(refuse, [1, 2, 3], 2)
    assert (len(done.millis), done.errors) == (2, {"not-found": 1})
    with pytest.raises(ZeroDivisionError):
        called(lambda thing: 1 // thing, [0], 1)
