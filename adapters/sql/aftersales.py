"""Aftersales on SQL: claims with their lines, what was given back, inspections, parcels of nobody, policies."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping as Lookup
from typing import Any, Final
from uuid import UUID

import attrs
from sqlalchemy import Boolean, CheckConstraint, Column, ColumnElement, Connection, ForeignKey, Index, Table, case, exists, select

from houtai.adapters.sql.columns import (
    METADATA,
    append_only,
    id_column,
    minor,
    moment,
    one_of,
    plain,
    qty,
    version,
    whole_number,
    words,
)
from houtai.adapters.sql.keyset import rows_of_page
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.adapters.sql.orders_tables import order_lines
from houtai.application.aftersales import ports
from houtai.application.aftersales.ports import ClaimFilter, ParcelFilter
from houtai.application.paging import Page, Slice
from houtai.domain.aftersales.claim import Claim, ClaimLine, Disposition, Grade, Inspection
from houtai.domain.aftersales.given_back import GivenBack, GivenBackEntry, Part
from houtai.domain.aftersales.policy import AftersalesPolicy
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.return_parcel import FoundGoods, ParcelState, ReturnParcel
from houtai.domain.aftersales.state import ENDED, ClaimKind, ClaimState
from houtai.domain.ids import ClaimId, SkuId
from houtai.domain.limits import MAX_LINES
from houtai.domain.money import MAX_MINOR

_ENDED: Final = ", ".join(f"'{state.value}'" for state in sorted(ENDED, key=lambda state: state.value))

claims: Final = Table(
    "claims",
    METADATA,
    id_column("id", primary_key=True),
    words("number", 64, unique=True),
    id_column("order_id", ForeignKey("orders.id")),
    words("order_number", 64),
    id_column("channel_id", ForeignKey("channels.id")),
    id_column("customer_id", ForeignKey("customers.id"), nullable=True),
    one_of("kind", ClaimKind),
    one_of("reason", Reason),
    id_column("maker"),
    moment("opened_at"),
    words("queue", 64),
    words("next_action", 500),
    moment("due_at", nullable=True),
    one_of("state", ClaimState),
    words("text", 2_000),
    plain("evidence"),
    id_column("assignee", nullable=True),
    Column("freight", Boolean(), nullable=True),
    minor("proved_minor", 0),
    minor("label_minor", 0),
    minor("offered_minor", 0),
    id_column("approved_by", nullable=True),
    minor("approved_minor", 0),
    minor("decided_minor", 0, nullable=True),
    id_column("warehouse_id", ForeignKey("warehouses.id"), nullable=True),
    words("carrier", 64),
    words("waybill", 64),
    one_of("outcome", ClaimState, nullable=True),
    one_of("resumes", ClaimState, nullable=True),
    words("external_id", 128, nullable=True),
    Column("label", Boolean(), nullable=False),
    version(),
    CheckConstraint(f"(due_at IS NULL) = (state IN ({_ENDED}))", name="open_ones_are_due"),
    CheckConstraint(f"state IN ({_ENDED}) OR (queue <> '' AND next_action <> '')", name="open_ones_are_owned"),
    CheckConstraint("(resumes IS NULL) = (state <> 'escalated')", name="resumes_when_settled"),
)
Index("uq_claims_channel_id_external_id", claims.c.channel_id, claims.c.external_id, unique=True)
Index(
    "ix_claims_external_id",
    claims.c.external_id,
    postgresql_where=claims.c.external_id.is_not(None),
    sqlite_where=claims.c.external_id.is_not(None),
)
Index(
    "ix_claims_assignee",
    claims.c.assignee,
    claims.c.id,
    postgresql_where=claims.c.assignee.is_not(None),
    sqlite_where=claims.c.assignee.is_not(None),
)
Index("ix_claims_order_id", claims.c.order_id)
Index(
    "ix_claims_customer_id",
    claims.c.customer_id,
    claims.c.id,
    postgresql_where=claims.c.customer_id.is_not(None),
    sqlite_where=claims.c.customer_id.is_not(None),
)
Index("ix_claims_waybill", claims.c.waybill)
Index(
    "ix_claims_due_at", claims.c.due_at, postgresql_where=claims.c.due_at.is_not(None), sqlite_where=claims.c.due_at.is_not(None)
)
Index("ix_claims_state", claims.c.state, claims.c.id)
Index("ix_claims_warehouse_id_state", claims.c.warehouse_id, claims.c.state)
Index("ix_claims_queue", claims.c.queue, claims.c.id)

claim_lines: Final = Table(
    "claim_lines",
    METADATA,
    id_column("claim_id", ForeignKey("claims.id"), primary_key=True),
    whole_number("line", 1, MAX_LINES * 60, primary_key=True, autoincrement=False),
    whole_number("place", 0, MAX_LINES * 60),
    qty("qty"),
    qty("unshipped_qty"),
    minor("allowance_minor", 0),
    id_column("sku_id", ForeignKey("skus.id"), nullable=True),
    id_column("replacement_id", ForeignKey("skus.id"), nullable=True),
    minor("difference_minor"),
    qty("received_qty"),
    minor("received_minor", 0),
    qty("kept_qty"),
    qty("back_qty"),
    qty("returned_qty"),
    qty("sent_qty"),
    minor("sent_minor", 0),
    CheckConstraint("unshipped_qty <= qty", name="unshipped_of_those_claimed"),
    CheckConstraint(
        "difference_minor = 0 OR (replacement_id IS NOT NULL AND replacement_id <> sku_id AND qty > 0)",
        name="differs_where_replaced",
    ),
    CheckConstraint("kept_qty + back_qty <= received_qty", name="looked_at_of_those_received"),
    CheckConstraint("returned_qty <= back_qty", name="returned_of_those_refused"),
)

given_back: Final = append_only(
    Table(
        "given_back",
        METADATA,
        id_column("case_id", primary_key=True),
        whole_number("seq", 1, MAX_LINES * 240, primary_key=True, autoincrement=False),
        id_column("order_id", ForeignKey("orders.id"), index=True),
        whole_number("line", 0, MAX_LINES * 60),
        one_of("part", Part),
        minor("amount_minor", -MAX_MINOR),
        qty("qty"),
        words("source", 128),
        moment("at"),
    )
)

claim_inspections: Final = append_only(
    Table(
        "claim_inspections",
        METADATA,
        id_column("claim_id", ForeignKey("claims.id"), primary_key=True),
        whole_number("seq", 1, MAX_LINES * 240, primary_key=True, autoincrement=False),
        whole_number("line", 1, MAX_LINES * 60),
        qty("qty", 1),
        one_of("grade", Grade),
        one_of("disposition", Disposition),
        moment("at"),
        id_column("actor"),
        words("note", 500),
        plain("photos"),
        minor("loss_minor", 0),
    )
)

return_parcels: Final = Table(
    "return_parcels",
    METADATA,
    id_column("id", primary_key=True),
    words("number", 64, unique=True),
    id_column("warehouse_id", ForeignKey("warehouses.id")),
    words("waybill", 64),
    moment("came_at"),
    id_column("actor"),
    plain("goods"),
    words("note", 500),
    one_of("state", ParcelState),
    words("queue", 64),
    words("next_action", 500),
    moment("due_at", nullable=True),
    id_column("claim_id", ForeignKey("claims.id"), nullable=True, index=True),
    version(),
    CheckConstraint("(due_at IS NULL) = (state <> 'unknown')", name="unknown_ones_are_due"),
    CheckConstraint("(claim_id IS NULL) = (state <> 'assigned')", name="assigned_ones_have_a_claim"),
)
Index("ix_return_parcels_warehouse_id", return_parcels.c.warehouse_id, return_parcels.c.id)
Index("ix_return_parcels_waybill", return_parcels.c.waybill)
Index("ix_return_parcels_state", return_parcels.c.state, return_parcels.c.id)

aftersales_policies: Final = Table(
    "aftersales_policies",
    METADATA,
    id_column("id", primary_key=True),
    id_column("channel_id", ForeignKey("channels.id"), nullable=True, unique=True),
    whole_number("return_days", 0, 3_650),
    whole_number("quality_days", 0, 3_650),
    whole_number("price_days", 0, 3_650),
    whole_number("review_hours", 1, 24 * 60),
    whole_number("send_back_hours", 1, 24 * 60),
    whole_number("inspect_hours", 1, 24 * 60),
    minor("auto_approve_minor", 0),
    minor("freight_cap_minor", 0),
    whole_number("b_grade_percent", 0, 100),
    id_column("warehouse_id", ForeignKey("warehouses.id"), nullable=True),
    Column("return_label", Boolean(), nullable=False),
    version(),
)


def _row(record: Any) -> Row:
    """A record's plain fields as columns of the same names, enums by value."""
    found = {field.name: getattr(record, field.name) for field in attrs.fields(type(record))}
    return {name: value.value if isinstance(value, enum.Enum) else value for name, value in found.items()}


def _dump_claim(claim: Claim) -> Row:
    row = _row(claim)
    del row["lines"]
    return {**row, "evidence": list(claim.evidence), "external_id": claim.external_id or None}


def _load_claim(row: Row, lines: Lookup[str, list[Row]]) -> Claim:
    known = {
        "kind": ClaimKind(row["kind"]),
        "reason": Reason(row["reason"]),
        "state": ClaimState(row["state"]),
        "evidence": tuple(row["evidence"]),
        "external_id": row["external_id"] or "",
        "outcome": None if row["outcome"] is None else ClaimState(row["outcome"]),
        "resumes": None if row["resumes"] is None else ClaimState(row["resumes"]),
        "lines": tuple(
            ClaimLine(**{name: value for name, value in line.items() if name not in ("claim_id", "place")})
            for line in lines["claim_lines"]
        ),
    }
    return Claim(**{**row, **known})


def _dump_lines(claim: Claim) -> list[Row]:
    return [{"claim_id": claim.id, "place": place, **_row(line)} for place, line in enumerate(claim.lines)]


CLAIM_MAPPING: Final = Mapping(
    ports.CLAIMS,
    claims,
    _dump_claim,
    _load_claim,
    {
        ports.CLAIM_BY_NUMBER: ("number",),
        ports.CLAIM_BY_EXTERNAL: ("channel_id", "external_id"),
        ports.CLAIMS_OF_ORDER: ("order_id",),
        ports.CLAIMS_OF_CUSTOMER: ("customer_id",),
        ports.CLAIM_BY_WAYBILL: ("waybill",),
        ports.CLAIMS_IN: ("warehouse_id", "state"),
    },
    (Child(claim_lines, ("claim_id",), _dump_lines, ("place",)),),
)
_GIVEN_BACK: Final = Mapping(
    ports.GIVEN_BACK,
    given_back,
    lambda entry: {"order_id": entry.order_id, "seq": entry.seq, "at": entry.at, **_row(entry.row)},
    lambda row, _: GivenBackEntry(
        row["order_id"],
        row["seq"],
        row["at"],
        GivenBack(row["case_id"], row["line"], Part(row["part"]), row["amount_minor"], row["qty"], row["source"]),
    ),
    {ports.GIVEN_BACK_OF: ("order_id",)},
)
_INSPECTION: Final = Mapping(
    ports.INSPECTIONS,
    claim_inspections,
    lambda one: {**_row(one), "photos": list(one.photos)},
    lambda row, _: Inspection(
        **{
            **row,
            "grade": Grade(row["grade"]),
            "disposition": Disposition(row["disposition"]),
            "photos": tuple(row["photos"]),
        }
    ),
    {ports.INSPECTIONS_OF: ("claim_id",)},
)
_PARCEL: Final = Mapping(
    ports.RETURN_PARCELS,
    return_parcels,
    lambda parcel: {**_row(parcel), "goods": [{"sku_id": str(one.sku_id), "qty": one.qty} for one in parcel.goods]},
    lambda row, _: ReturnParcel(
        **{
            **row,
            "state": ParcelState(row["state"]),
            "goods": tuple(FoundGoods(SkuId(UUID(one["sku_id"])), one["qty"]) for one in row["goods"]),
        }
    ),
    {ports.PARCEL_BY_NUMBER: ("number",), ports.PARCEL_BY_WAYBILL: ("waybill",)},
)
_POLICY: Final = Mapping(ports.AFTERSALES_POLICIES, aftersales_policies, _row, lambda row, _: AftersalesPolicy(**row))
MAPPINGS: Final[tuple[Mapping[Any], ...]] = (CLAIM_MAPPING, _GIVEN_BACK, _INSPECTION, _PARCEL, _POLICY)


class AftersalesSearch:
    """See `AftersalesViews`: what is searched."""

    connection: Connection

    def find_claims(self, page: Page, where: ClaimFilter) -> Slice[Claim]:
        """See `AftersalesViews.find_claims`."""
        statement = select(claims).where(*_conditions(where))
        rows, cursor = rows_of_page(self.connection, statement, (claims.c.id,), page, newest_first=page.newest_first)
        return Slice(tuple(CLAIM_MAPPING.build(self.connection, rows)), cursor)

    def claims_due(self, until: dt.datetime, limit: int) -> list[ClaimId]:
        """See `AftersalesViews.claims_due`."""
        due = select(claims.c.id).where(claims.c.due_at <= until, claims.c.due_at.is_not(None))
        return list(self.connection.execute(due.order_by(claims.c.due_at, claims.c.id).limit(limit)).scalars())

    def find_return_parcels(self, page: Page, where: ParcelFilter) -> Slice[ReturnParcel]:
        """See `AftersalesViews.find_return_parcels`."""
        statement = select(return_parcels)
        if where.warehouses is not None:
            statement = statement.where(return_parcels.c.warehouse_id.in_(sorted(where.warehouses)))
        if where.open:
            statement = statement.where(return_parcels.c.state == ParcelState.UNKNOWN.value)
        rows, cursor = rows_of_page(self.connection, statement, (return_parcels.c.id,), page, newest_first=page.newest_first)
        return Slice(tuple(_PARCEL.build(self.connection, rows)), cursor)

    def stored_aftersales_policies(self) -> list[AftersalesPolicy]:
        """See `AftersalesViews.stored_aftersales_policies`."""
        house_first = case((aftersales_policies.c.channel_id.is_(None), 0), else_=1)
        statement = select(aftersales_policies).order_by(house_first, aftersales_policies.c.channel_id)
        return _POLICY.build(self.connection, self.connection.execute(statement).mappings().all())


def _conditions(where: ClaimFilter) -> list[ColumnElement[bool]]:
    own = claims.c
    equal = (
        (own.order_id, where.order_id),
        (own.customer_id, where.customer_id),
        (own.kind, None if where.kind is None else where.kind.value),
        (own.queue, where.queue or None),
        (own.waybill, where.waybill or None),
        (own.external_id, where.external_id or None),
        (own.assignee, where.assignee),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    if where.states:
        found.append(own.state.in_(sorted(state.value for state in where.states)))
    if where.overdue_at is not None:
        found.append(own.due_at < where.overdue_at)
    if where.channels is not None:
        found.append(own.channel_id.in_(sorted(where.channels)))
    if where.merchants is not None:
        theirs = order_lines.c.merchant_id.in_(sorted(where.merchants))
        found.append(exists().where(order_lines.c.order_id == own.order_id, theirs))
    return found
