"""Claims are found without a look at all of them, however many there are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from houtai.adapters.sql.aftersales import CLAIM_MAPPING
from houtai.adapters.sql.store import SqlStore
from houtai.application.aftersales.ports import CLAIM_BY_EXTERNAL, ClaimFilter
from houtai.application.paging import Page

SOME = UUID(int=7)


def plan_of(store: SqlStore, statement: str, parameters: Any) -> str:
    """How the database goes about it."""
    with store.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return str(connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters).all())
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return str(connection.exec_driver_sql("EXPLAIN " + statement, parameters).all())


def searched(store: SqlStore, where: ClaimFilter) -> tuple[str, Any]:
    """The statement that a list of claims sends first."""
    sent: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        sent.append((statement, parameters))

    with store.snapshot() as views:
        event.listen(store.engine, "before_cursor_execute", note)
        views.find_claims(Page(), where)
        event.remove(store.engine, "before_cursor_execute", note)
    return next(one for one in sent if "FROM claims" in one[0])


def test_by_the_number_that_a_channel_gave_them(sql_store: SqlStore) -> None:
    with sql_store.engine.connect() as connection:
        words = CLAIM_MAPPING._lookups[CLAIM_BY_EXTERNAL.name]._words(connection.dialect)
    some = ([SOME], ["R-1"]) if sql_store.engine.dialect.name == "postgresql" else (f'[["{SOME.hex}"], ["R-1"]]',)
    plan = plan_of(sql_store, words.read, some)
    assert "uq_claims_channel_id_external_id" in plan or "ix_claims_external_id" in plan


@pytest.mark.parametrize(
    ("where", "index"),
    [
        (ClaimFilter(external_id="R-1"), "ix_claims_external_id"),
        (ClaimFilter(assignee=SOME), "ix_claims_assignee"),
        (ClaimFilter(waybill="YT1"), "ix_claims_waybill"),
        (ClaimFilter(customer_id=SOME), "ix_claims_customer_id"),
        (ClaimFilter(queue="finance"), "ix_claims_queue"),
    ],
)
def test_by_what_service_desks_ask_for(sql_store: SqlStore, where: ClaimFilter, index: str) -> None:
    assert index in plan_of(sql_store, *searched(sql_store, where))
