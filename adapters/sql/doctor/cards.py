"""Checks that nobody wrote the number of a payment card into a text: such a number is never ours to keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, select

from houtai.adapters.sql.doctor.check import Check
from houtai.adapters.sql.house import audit_log, timeline
from houtai.adapters.sql.orders_tables import orders
from houtai.adapters.sql.payments import cases

_DIGITS: Final = re.compile(
    r"(?<![\w-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{5})(?![\w-])", re.ASCII
)
# Names under which a document holds other people's numbers, which may look like a card's: 1 of 10 long numbers does.
_OTHER_NUMBERS: Final = re.compile(
    r"(?:.*_)?(?:id|ids|ref|refs|event|item|items|sku|code|codes|barcode|barcodes|number|key|hash|digest)"
)


def card_numbers(text: str) -> Iterator[str]:
    """The 13 to 19 digits in a text, in one piece or in the groups of a card, that hold a card's check digit (Luhn)."""
    for found in _DIGITS.finditer(text):
        digits = re.sub(r"[ -]", "", found.group())
        if _has_check_digit(digits):
            yield digits


def _has_check_digit(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return any(doubled) and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _texts(value: Any) -> Iterator[str]:
    """Every free text in plain JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if not _OTHER_NUMBERS.fullmatch(name):
                yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _plain(column: Column[Any], held: Any) -> Any:
    """What the column holds; the log's commands are JSON as text, and are read only where digits stand in them."""
    if column is not audit_log.c.command:
        return held
    return json.loads(held) if _DIGITS.search(held) else ""


def _no_cards(table: Table, *columns: Column[Any]) -> Check:
    keys = list(table.primary_key.columns)
    names = " and ".join(column.name for column in columns)

    def search(connection: Connection) -> Iterator[str]:
        statement = select(*keys, *columns).execution_options(yield_per=2_000)
        for row in connection.execute(statement):
            for column, held in zip(columns, row[len(keys) :], strict=True):
                for digits in (number for text in _texts(_plain(column, held)) for number in card_numbers(text)):
                    place = ", ".join(f"{key.name} {value}" for key, value in zip(keys, row, strict=False))
                    yield f"{table.name} {place}: {column.name} holds a number that ends in {digits[-4:]}"

    return Check(f"P1-{table.name}", f"no card's number stands in the {names} of {table.name}", search)


CHECKS: Final = (
    _no_cards(orders, orders.c.remark),
    _no_cards(timeline, timeline.c.reason, timeline.c.details),
    _no_cards(cases, cases.c.facts, cases.c.resolution),
    _no_cards(audit_log, audit_log.c.reason, audit_log.c.command),
)
