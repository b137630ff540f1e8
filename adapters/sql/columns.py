"""Columns by what they hold, each with its bound as a CHECK, and the triggers that keep ledgers append-only."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TIMESTAMP, TypeDecorator

from houtai.domain.authority import HOUSE
from houtai.domain.limits import MAX_QTY, MAX_WEIGHT_G
from houtai.domain.money import MAX_MINOR

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

MAX_TOTAL: Final = 2**62  # sums of amounts: far past any book, inside a 64-bit integer


class Moment(TypeDecorator[dt.datetime]):
    """An aware moment: TIMESTAMPTZ on PostgreSQL, sortable UTC text of fixed width on SQLite."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """The column type of this database."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else String(32))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """To the database."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """From the database, always in UTC."""
        if value is None:
            return None
        return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)


class Owner(TypeDecorator[UUID]):
    """Whose a row is: a merchant's id, or `HOUSE` where the record says None, so that the column is never null.

    Comparing with None therefore means "the house's own", never IS NULL.
    """

    impl = Uuid
    cache_ok = True
    coerce_to_is_types = ()

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> UUID:
        """To the database."""
        return HOUSE if value is None else value

    def process_result_value(self, value: UUID | None, dialect: Dialect) -> UUID | None:
        """From the database."""
        return None if value == HOUSE else value


PLAIN_JSON: Final = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def id_column(name: str, *args: Any, **options: Any) -> Column[Any]:
    """A UUID."""
    return Column(name, Uuid(), *args, **{"nullable": False, **options})


def owner_column(name: str, *args: Any, **options: Any) -> Column[Any]:
    """Whose the row is: see `Owner`. Its table belongs to tenants, which row security and the doctor go by.

    Unless `known` is False, it is one of the table of owners; a composite foreign key may stand for that.
    """
    known = [ForeignKey("owners.id")] if options.pop("known", True) else []
    return Column(name, Owner(), *known, *args, **{"nullable": False, "info": {"owner": True}, **options})


def moment(name: str, **options: Any) -> Column[Any]:
    """An aware moment."""
    return Column(name, Moment(), **{"nullable": False, **options})


def words(name: str, length: int = 200, **options: Any) -> Column[Any]:
    """A text of bounded length."""
    return Column(name, String(length), **{"nullable": False, **options})


def long_text(name: str, **options: Any) -> Column[Any]:
    """A text without a bound of its own."""
    return Column(name, Text(), **{"nullable": False, **options})


def plain(name: str, **options: Any) -> Column[Any]:
    """Plain JSON."""
    return Column(name, PLAIN_JSON, **{"nullable": False, **options})


def whole_number(name: str, low: int, high: int, **options: Any) -> Column[Any]:
    """An integer within bounds, which the table holds too."""
    check = CheckConstraint(f"{name} BETWEEN {low} AND {high}", name=f"{name}_range")
    return Column(name, BigInteger(), check, **{"nullable": False, **options})


def qty(name: str, low: int = 0, **options: Any) -> Column[Any]:
    """A quantity in units; `low` may be negative for differences."""
    assert name.endswith("_qty") or name == "qty", name
    return whole_number(name, low, MAX_QTY, **options)


def minor(name: str, low: int = -MAX_MINOR, high: int = MAX_MINOR, **options: Any) -> Column[Any]:
    """An amount in minor units; its currency stands in a column of the same table."""
    assert name.endswith("_minor"), name
    return whole_number(name, low, high, **options)


def weight_g(name: str, **options: Any) -> Column[Any]:
    """A weight in grams."""
    assert name.endswith("_g"), name
    return whole_number(name, 0, MAX_WEIGHT_G, **options)


def version(name: str = "version") -> Column[Any]:
    """The count of a document's edits."""
    return whole_number(name, 1, 2**31 - 1)


def one_of(name: str, kind: type[enum.Enum] | Iterable[str], **options: Any) -> Column[Any]:
    """One of an enum's values, which the table holds too."""
    values = [member.value for member in kind] if isinstance(kind, type) else list(kind)
    listed = ", ".join(f"'{value}'" for value in values)
    check = CheckConstraint(f"{name} IN ({listed})", name=f"{name}_known")
    return Column(name, String(40), check, **{"nullable": False, **options})


_REFUSE_ON_POSTGRESQL = """
CREATE OR REPLACE FUNCTION houtai_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""


def ddl(text: str) -> DDL:
    """A statement to run beside a table's creation; percent signs doubled."""
    return DDL(text)  # type: ignore[no-untyped-call]  # the library left its constructor untyped


def append_only(table: Table) -> Table:
    """Rows of this table are never changed or removed; the database refuses it whoever asks."""
    event.listen(table, "after_create", ddl(_REFUSE_ON_POSTGRESQL).execute_if(dialect="postgresql"))
    for statement, dialect in append_only_statements(table.name):
        event.listen(table, "after_create", ddl(statement.replace("%", "%%")).execute_if(dialect=dialect))
    table.info["append_only"] = True
    return table


def append_only_statements(table: str) -> list[tuple[str, str]]:
    """The trigger statements for a table with the dialect each is for; migrations run the same ones."""
    run = "EXECUTE FUNCTION houtai_append_only()"
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
    return [
        (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}",
            "postgresql",
        ),
        (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
            "postgresql",
        ),
        (f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN {refuse}; END", "sqlite"),
        (f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refuse}; END", "sqlite"),
    ]
