"""What time does to orders: unpaid ones expire, merge windows close, stopped ones lose their goods, delivered ones are closed.

One order a transaction; several workers may run side by side: each order's deed looks again under its locks whether it is
still due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from houtai.application.office import Office
from houtai.application.orders.audit import close_merge_window
from houtai.application.orders.cancel import expire_order
from houtai.application.orders.hold import lapse_reservation
from houtai.application.orders.ports import OrdersViews, Timer
from houtai.application.orders.ship import complete_due
from houtai.application.outbound.settle import LookAgain, look_again, short_orders
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.domain import limits
from houtai.domain.act import Act, Entry
from houtai.domain.ids import OrderId
from houtai.domain.orders.order import Order
from houtai.domain.orders.refusals import NotDueYet, StillClaimed
from houtai.domain.outbound.state import OutboundState
from houtai.domain.refusal import Refusal

DEEDS: Final[Mapping[Timer, Callable[[Any, OrderId, Act], Order]]] = {
    Timer.PAYMENT: expire_order,
    Timer.MERGE_WINDOW: close_merge_window,
    Timer.RESERVATION: lapse_reservation,
    Timer.COMPLETION: complete_due,
}


@attrs.frozen
class OrdersDue:
    """Up to `limit` orders whose timer has run out."""

    timer: Timer
    until: dt.datetime = attrs.field(validator=limits.aware)
    limit: int = attrs.field(default=100, validator=limits.between(1, 1_000))


@needs("orders.run-timers")
def orders_due(views: OrdersViews, query: OrdersDue, act: Act) -> tuple[OrderId, ...]:
    """Which orders are due, the earliest first."""
    del act
    return tuple(views.orders_due(query.timer, query.until, query.limit))


def expire_due_orders(office: Office, limit: int = 100) -> int:
    """Expire up to `limit` orders that were not paid in time; how many expired now."""
    return run_timer(office, Timer.PAYMENT, limit)


def run_due_timers(office: Office, limit: int = 100) -> int:
    """Do everything that is due now, up to `limit` orders for each timer; how many orders went on."""
    return sum(run_timer(office, timer, limit) for timer in Timer)


def run_timer(office: Office, timer: Timer, limit: int = 100) -> int:
    """Do what one timer asks for, order by order; how many orders it moved."""
    act = Act.of_system(office.clock.now(), Entry.TIMER)
    moved = 0
    for order_id in office.ask(orders_due, OrdersDue(timer, act.at, limit), act):
        try:
            office.perform(DEEDS[timer], order_id, act)
            moved += 1
        except (NotDueYet, StillClaimed):
            continue  # paid, cancelled, claimed or done by another worker in the meantime
    return moved


def look_again_for_all(office: Office, limit: int = 1_000) -> int:
    """Look for what SHORT orders lack, up to `limit` of them, each in a transaction of its own; how many are picked again."""
    act = Act.of_system(office.clock.now(), Entry.TIMER)
    looked, going, cursor = 0, 0, ""
    while looked < limit:
        page = office.ask(short_orders, Page(limit=min(100, limit - looked), cursor=cursor, newest_first=False), act)
        for outbound_id in page.items:
            looked += 1
            try:
                going += office.perform(look_again, LookAgain(outbound_id), act).state is OutboundState.PICKING
            except Refusal:
                continue  # stopped or settled meanwhile
        cursor = page.next_cursor
        if not cursor:
            break
    return going
