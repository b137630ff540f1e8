"""What telling costs the database: where nobody listens nothing at all, where somebody does one write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.orders.place import place_order
from houtai.application.reactions import REACTIONS
from houtai.application.webhooks.announce import notify
from houtai.domain.webhooks.event_type import EventType
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.orders.test_statements import counted
from tests.webhooks.hooks import Hooks

UNTOLD = {event: tuple(one for one in reactions if one is not notify) for event, reactions in REACTIONS.items()}
"""The house before there were webhooks."""


def placed(shop: Shop) -> Callable[[], Any]:
    wish = shop.wish(CUP=1)
    return lambda: shop.office.perform(place_order, wish, shop.act)


def captured(shop: Shop) -> Callable[[], Any]:
    order = shop.place(CUP=1)
    return lambda: shop.capture(order)


def cancelled(shop: Shop) -> Callable[[], Any]:
    order = shop.paid(CUP=1)
    return lambda: shop.cancel(order)


def sent_by(store: Any, shop: Shop, deed: Callable[[Shop], Callable[[], Any]]) -> int:
    """How many statements one deed sends, after another of its kind has warmed everything up."""
    deed(shop)()
    once = deed(shop)
    with counted(store) as sent:
        once()
    return len(sent)


@pytest.mark.parametrize("deed", [placed, captured, cancelled])
def test_telling_costs_one_write_where_somebody_listens_and_nothing_where_nobody_does(
    sql_store: Any, clock: StillClock, deed: Callable[[Shop], Callable[[], Any]]
) -> None:
    hooks = Hooks(Office(sql_store, clock), clock)
    untold = sent_by(sql_store, hooks.shop.moved_to(Office(sql_store, clock, reactions=UNTOLD), clock), deed)
    unheard = sent_by(sql_store, hooks.shop, deed)
    hooks.endpoint(*set(EventType) - {EventType.STOCK_CHANGED})
    by_one = sent_by(sql_store, hooks.shop, deed)
    for _ in range(9):
        hooks.endpoint(*set(EventType) - {EventType.STOCK_CHANGED})
    by_ten = sent_by(sql_store, hooks.shop, deed)
    assert (unheard, by_one, by_ten) == (untold, untold + 1, untold + 1)
