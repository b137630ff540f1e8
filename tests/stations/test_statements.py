"""How many statements a scan takes: nothing is read twice that cannot have changed meanwhile."""

from __future__ import annotations

from typing import Any

from houtai.application.office import Office
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.work import Task
from tests.orders.test_statements import counted
from tests.stations.shipping import Dock

MOST = {"place": 14, "product": 14, "slot": 34}
"""Sent for a scan of a walk that goes on, at most; SQLite is told to begin beside that, once a transaction."""


def scans_of_a_line(sql_store: Any, clock: Any) -> dict[str, list[str]]:
    """The statements behind the three scans of a line, once everything that they read again and again is known."""
    dock = Dock(Office(sql_store, clock), clock)
    li = dock.worker("li")
    for orders in (2, 6):
        dock.printed(*(dock.released(CUP=1) for _ in range(orders)))
        dock.unit(UnitKind.CART, f"H-K{orders}", rows=2, columns=4)
        li.open(Task.PICK)
        screen, found = li.scan(f"H-K{orders}"), {}
        for name in MOST:
            with counted(sql_store) as sent:
                screen = li.scan(dock.next_scan(screen))
            found[name] = sent
        while screen.prompt.code != "prompt.wave":
            screen = li.scan(dock.next_scan(screen))
    return found


def test_a_line_of_a_walk_takes_no_more_statements_than_it_needs(sql_store: Any, clock: Any) -> None:
    sent = scans_of_a_line(sql_store, clock)
    beside = 2 if sql_store.is_sqlite else 0
    assert {name: len(one) for name, one in sent.items() if len(one) > MOST[name] + beside} == {}


def test_reference_records_are_looked_at_once_a_transaction_and_no_wave_is_read_for_its_number(
    sql_store: Any, clock: Any
) -> None:
    for sent in scans_of_a_line(sql_store, clock).values():
        heads = [one for one in sent if "FROM reference_heads" in one]
        units = [one for one in sent if "handling_units.barcode" in one.partition(" WHERE ")[2]]
        assert (len(heads), len(units) <= 1) == (2, True)  # the login's and the scan's own transaction
        assert not [one for one in sent if "FROM waves" in one]


def test_a_pick_reads_the_bins_that_it_knows_and_not_all_of_its_product(sql_store: Any, clock: Any) -> None:
    sent = scans_of_a_line(sql_store, clock)["slot"]
    assert [one for one in sent if " bins WHERE bins.id " in one]
    assert not [one for one in sent if "bins.sku_id = wanted.sku_id" in one]
