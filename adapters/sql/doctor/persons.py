"""Checks that who was erased is gone: from the customers, from their ended orders, and that no log ever held a person (P2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, exists, or_, select

from houtai.adapters.sql.aftersales import claims
from houtai.adapters.sql.customers import customer_addresses, customers
from houtai.adapters.sql.doctor.check import Check, rows
from houtai.adapters.sql.house import audit_log, timeline
from houtai.adapters.sql.orders_tables import orders
from houtai.application.plain import MASK
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.customers.customer import ERASED_NAME, CustomerState
from houtai.domain.orders.state import ENDED

_ERASED: Final = customers.c.state == CustomerState.ERASED.value
_KEPT_PERSONS = select(customers.c.id).where(
    _ERASED,
    or_(
        customers.c.name != ERASED_NAME,
        customers.c.phone != "",
        customers.c.member_level != "",
        exists().where(customer_addresses.c.customer_id == customers.c.id),
    ),
)

_NOBODYS: Final = ("phone", "phone_reversed", "district", "street", "postcode", "remark")
_GOODS_MOVE: Final = sorted(kind.value for kind in ClaimKind if kind.goods_back or kind.goods_out)
_KEPT_RECEIVERS = (
    select(orders.c.number, orders.c.state, orders.c.customer_id)
    .join_from(orders, customers, customers.c.id == orders.c.customer_id)
    .where(
        _ERASED,
        orders.c.state.in_(sorted(state.value for state in ENDED)),
        or_(orders.c.recipient != ERASED_NAME, *(orders.c[name] != "" for name in _NOBODYS)),
        ~exists().where(claims.c.order_id == orders.c.id, claims.c.due_at.is_not(None), claims.c.kind.in_(_GOODS_MOVE)),
    )
)

_KEPT_WORDS = (
    select(claims.c.number, claims.c.state, claims.c.customer_id)
    .join_from(claims, customers, customers.c.id == claims.c.customer_id)
    .where(_ERASED, claims.c.due_at.is_(None), claims.c.text != "")
)

# Under these names a command holds what a person is known by; what stands there in a log has to be masked.
PERSONAL: Final = frozenset({"receiver", "addresses", "street", "phone", "phones", "blocked_phones", "phone_tail"})
_NAMED: Final = re.compile("|".join(f'"{name}"' for name in sorted(PERSONAL)))


def _in_clear(value: Any) -> Iterator[str]:
    """The names in plain JSON under which a person stands unmasked."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name in PERSONAL and member not in (MASK, None, "", [], {}):
                yield name
            else:
                yield from _in_clear(member)
    elif isinstance(value, list):
        for member in value:
            yield from _in_clear(member)


def _no_persons(table: Table, *columns: Column[Any]) -> Check:
    keys = list(table.primary_key.columns)
    names = " and ".join(column.name for column in columns)

    def search(connection: Connection) -> Iterator[str]:
        for row in connection.execute(select(*keys, *columns).execution_options(yield_per=2_000)):
            for column, held in zip(columns, row[len(keys) :], strict=True):
                plain = held
                if isinstance(held, str):
                    plain = json.loads(held) if _NAMED.search(held) else None
                for name in _in_clear(plain):
                    place = ", ".join(f"{key.name} {value}" for key, value in zip(keys, row, strict=False))
                    yield f"{table.name} {place}: {column.name} holds {name} in clear"

    return Check(f"P2-{table.name}", f"no person stands in clear in the {names} of {table.name}", search)


CHECKS: Final = (
    rows("P2-customers", "of a customer who was erased nothing is kept but the record", _KEPT_PERSONS),
    rows(
        "P2-orders",
        "no ended order of a customer who was erased says who received it, unless a claim may send goods there",
        _KEPT_RECEIVERS,
    ),
    rows("P2-claims", "no ended claim of a customer who was erased keeps a word of theirs", _KEPT_WORDS),
    _no_persons(timeline, timeline.c.details),
    _no_persons(audit_log, audit_log.c.command, audit_log.c.changes),
)
