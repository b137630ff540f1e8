"""Points on SQL: the tables, the mapping, and which accounts hold points that have ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as Lookup
from typing import Any, Final

import attrs
from sqlalchemy import Boolean, CheckConstraint, Column, Connection, ForeignKey, Index, Table, UniqueConstraint, func, select

from houtai.adapters.sql.columns import METADATA, append_only, id_column, minor, moment, one_of, version, whole_number, words
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.points import ports
from houtai.domain.points.account import (
    MAX_TAKEN,
    PointsAccount,
    PointsAccountId,
    PointsEntry,
    PointsLot,
    PointsMove,
    PointsPayment,
    PointsTaken,
)
from houtai.domain.points.adjustment import PointsAdjustment, PointsAdjustmentState
from houtai.domain.points.policy import MAX_PER_MINOR, MAX_POINTS, PointsPolicy, ShortBalance

points_policies: Final = Table(
    "points_policies",
    METADATA,
    id_column("id", primary_key=True),
    words("currency", 3, unique=True),
    whole_number("points_per_minor", 1, MAX_PER_MINOR),
    whole_number("valid_days", 1, 3_650),
    whole_number("most_permille", 0, 1_000),
    whole_number("grace_days", 0, 3_650),
    one_of("on_short", ShortBalance),
    whole_number("adjust_alone_points", 0, MAX_POINTS),
    version(),
)

points_accounts: Final = Table(
    "points_accounts",
    METADATA,
    id_column("id", primary_key=True),
    id_column("customer_id", ForeignKey("customers.id")),
    words("currency", 3),
    whole_number("left_points", 0, MAX_POINTS),
    whole_number("owed_points", 0, MAX_POINTS),
    whole_number("moves", 0, 2**31 - 1),
    Column("closed", Boolean(), nullable=False),
    UniqueConstraint("customer_id", "currency"),
    CheckConstraint("left_points = 0 OR owed_points = 0", name="owed_points_only_without_any"),
)

points_lots: Final = Table(
    "points_lots",
    METADATA,
    id_column("id", primary_key=True),
    id_column("account_id", ForeignKey("points_accounts.id")),
    id_column("open_of", nullable=True, index=True),
    moment("earned_at"),
    moment("expires_at"),
    words("document", 64),
    id_column("document_id"),
    whole_number("earned_points", 0, MAX_POINTS),
    whole_number("left_points", 0, MAX_POINTS),
    whole_number("expired_points", 0, MAX_POINTS),
    id_column("origin_id", ForeignKey("points_lots.id"), nullable=True),
    CheckConstraint("left_points + expired_points <= earned_points", name="left_points_were_earned"),
    CheckConstraint("(open_of IS NULL) = (left_points = 0)", name="open_of_while_left"),
    CheckConstraint("open_of IS NULL OR open_of = account_id", name="open_of_its_account"),
)
Index("ix_points_lots_ends", points_lots.c.expires_at, points_lots.c.open_of)

points_entries: Final = append_only(
    Table(
        "points_entries",
        METADATA,
        id_column("account_id", ForeignKey("points_accounts.id"), primary_key=True),
        whole_number("seq", 1, 2**31 - 1, primary_key=True, autoincrement=False),
        one_of("move", PointsMove),
        id_column("lot_id", ForeignKey("points_lots.id"), nullable=True, index=True),
        whole_number("points", -MAX_POINTS, MAX_POINTS),
        moment("at"),
        words("document", 64),
        id_column("document_id"),
        id_column("actor"),
        words("reason", 500),
        CheckConstraint("points <> 0", name="points_move"),
    )
)

points_payments: Final = Table(
    "points_payments",
    METADATA,
    id_column("payment_id", ForeignKey("payments.id"), primary_key=True),
    id_column("account_id", ForeignKey("points_accounts.id"), index=True),
    minor("amount_minor", 1),
    minor("back_minor", 0),
    words("currency", 3),
    CheckConstraint("back_minor <= amount_minor", name="back_minor_was_paid"),
)

points_taken: Final = Table(
    "points_taken",
    METADATA,
    id_column("payment_id", ForeignKey("points_payments.payment_id"), primary_key=True),
    whole_number("place", 0, MAX_TAKEN, primary_key=True, autoincrement=False),
    id_column("lot_id", ForeignKey("points_lots.id")),
    whole_number("points", 1, MAX_POINTS),
    whole_number("back_points", 0, MAX_POINTS),
    CheckConstraint("back_points <= points", name="back_points_were_taken"),
)

points_adjustments: Final = Table(
    "points_adjustments",
    METADATA,
    id_column("id", primary_key=True),
    id_column("customer_id", ForeignKey("customers.id"), index=True),
    words("currency", 3),
    whole_number("points", -MAX_POINTS, MAX_POINTS),
    words("reason", 500),
    id_column("maker"),
    moment("asked_at"),
    id_column("decided_by", nullable=True),
    moment("decided_at", nullable=True),
    one_of("state", PointsAdjustmentState, index=True),
    version(),
    CheckConstraint("points <> 0", name="points_move"),
    CheckConstraint("(decided_by IS NULL) = (state = 'requested')", name="decided_by_somebody"),
)


def _fields(record: Any) -> Row:
    return {field.name: getattr(record, field.name) for field in attrs.fields(type(record))}


def _dump_policy(policy: PointsPolicy) -> Row:
    return {**_fields(policy), "on_short": policy.on_short.value}


def _load_policy(row: Row, _: Lookup[str, list[Row]]) -> PointsPolicy:
    return PointsPolicy(**{**row, "on_short": ShortBalance(row["on_short"])})


def _load_account(row: Row, _: Lookup[str, list[Row]]) -> PointsAccount:
    return PointsAccount(**row)


def _dump_lot(lot: PointsLot) -> Row:
    return {**_fields(lot), "open_of": lot.account_id if lot.left_points else None}


def _load_lot(row: Row, _: Lookup[str, list[Row]]) -> PointsLot:
    del row["open_of"]
    return PointsLot(**row)


def _dump_entry(entry: PointsEntry) -> Row:
    return {**_fields(entry), "move": entry.move.value}


def _load_entry(row: Row, _: Lookup[str, list[Row]]) -> PointsEntry:
    return PointsEntry(**{**row, "move": PointsMove(row["move"])})


def _dump_payment(payment: PointsPayment) -> Row:
    row = _fields(payment)
    del row["taken"]
    return row


def _dump_taken(payment: PointsPayment) -> list[Row]:
    return [{"payment_id": payment.payment_id, "place": place, **_fields(one)} for place, one in enumerate(payment.taken)]


def _load_payment(row: Row, lines: Lookup[str, list[Row]]) -> PointsPayment:
    taken = tuple(PointsTaken(line["lot_id"], line["points"], line["back_points"]) for line in lines["points_taken"])
    return PointsPayment(**row, taken=taken)


def _dump_adjustment(adjustment: PointsAdjustment) -> Row:
    return {**_fields(adjustment), "state": adjustment.state.value}


def _load_adjustment(row: Row, _: Lookup[str, list[Row]]) -> PointsAdjustment:
    return PointsAdjustment(**{**row, "state": PointsAdjustmentState(row["state"])})


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(ports.POINTS_POLICIES, points_policies, dump=_dump_policy, load=_load_policy),
    Mapping(
        ports.POINTS_ACCOUNTS,
        points_accounts,
        dump=_fields,
        load=_load_account,
        found_by={ports.ACCOUNTS_OF: ("customer_id",)},
    ),
    Mapping(ports.POINTS_LOTS, points_lots, dump=_dump_lot, load=_load_lot, found_by={ports.LOTS_WITH_POINTS: ("open_of",)}),
    Mapping(
        ports.POINTS_ENTRIES, points_entries, dump=_dump_entry, load=_load_entry, found_by={ports.ENTRIES_OF: ("account_id",)}
    ),
    Mapping(
        ports.POINTS_PAYMENTS,
        points_payments,
        dump=_dump_payment,
        load=_load_payment,
        found_by={ports.PAYMENTS_FROM: ("account_id",)},
        children=(Child(points_taken, ("payment_id",), _dump_taken, ("place",)),),
    ),
    Mapping(
        ports.POINTS_ADJUSTMENTS,
        points_adjustments,
        dump=_dump_adjustment,
        load=_load_adjustment,
        found_by={ports.ADJUSTMENTS_OF: ("customer_id",), ports.ADJUSTMENTS_BY_STATE: ("state",)},
    ),
)


class PointsSearch:
    """See `PointsViews`: what is searched."""

    connection: Connection

    def points_ended(self, until: dt.datetime, limit: int) -> list[PointsAccountId]:
        """See `PointsViews.points_ended`."""
        own = points_lots.c
        first = func.min(own.expires_at)
        ended = select(own.open_of).where(own.expires_at <= until, own.open_of.is_not(None))
        rows = ended.group_by(own.open_of).order_by(first, own.open_of).limit(limit)
        return [PointsAccountId(row.open_of) for row in self.connection.execute(rows)]
