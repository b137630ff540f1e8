"""`houtai release all`: what is confirmed goes to its warehouse, what cannot is named with the reason, and the log says who did it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from houtai.application.access.operation_log import ListLog, list_log
from houtai.domain.act import Entry
from houtai.entrypoints.container import Container, house
from houtai.entrypoints.settings import Settings
from tests.cli.conftest import Program
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.test_release import _give_up


@pytest.fixture
def container(db: str, clock: StillClock) -> Iterator[Container]:
    """The same house from inside."""
    opened = house(Settings(db=db))
    yield opened
    opened.office().close()


def test_everything_confirmed_is_released_once(houtai: Program, db: str, container: Container, clock: StillClock) -> None:
    shop = Shop(container.office(), clock)
    shop.no_rules()
    shop.paid(CUP=1)
    shop.paid(BOWL=1)
    first = houtai("release", "all", "--db", db, "--json")
    assert (first.code, first.json()) == (0, {"released": 2, "stayed": []})
    assert houtai("release", "all", "--db", db, "--json").json()["released"] == 0
    office = container.office()
    log = office.ask(list_log, ListLog(), office.act_of_system()).items
    assert {one.entry.entry for one in log if one.entry.deed == "release_order"} == {Entry.COMMAND_LINE.value}


def test_what_cannot_go_yet_is_named_with_the_reason(houtai: Program, db: str, container: Container, clock: StillClock) -> None:
    shop = Shop(container.office(), clock)
    shop.no_rules()
    order = shop.paid(CUP=1)
    container.office().perform(_give_up, order.id, shop.act)
    told = houtai("release", "all", "--db", db, "--json").json()
    assert (told["released"], [(one["number"], one["code"]) for one in told["stayed"]]) == (
        0,
        [(order.number, "outbound.not-ready")],
    )
    assert f"{order.number}: " in houtai("release", "all", "--db", db).out


def test_so_many_at_most_and_only_where_somebody_said_how_to_send(
    houtai: Program, db: str, container: Container, clock: StillClock
) -> None:
    shop = Shop(container.office(), clock)
    shop.no_rules()
    for _ in range(3):
        shop.paid(CUP=1)
    assert houtai("release", "all", "--db", db, "--sending", "--json").json()["released"] == 0
    assert houtai("release", "all", "--db", db, "--limit", "2", "--json").json()["released"] == 2
    assert "1 released" in houtai("release", "all", "--db", db).out
