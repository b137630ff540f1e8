"""Shipping on SQL: freight rules, waybills with labels and events, carriers' pushes, pools of numbers."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any, Final

from sqlalchemy import Boolean, CheckConstraint, Column, Connection, ForeignKey, Index, Table, UniqueConstraint, func, select

from houtai.adapters.sql.columns import (
    METADATA,
    append_only,
    id_column,
    long_text,
    minor,
    moment,
    one_of,
    plain,
    qty,
    version,
    whole_number,
    words,
)
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application.plain import from_plain, to_plain
from houtai.application.shipping import ports
from houtai.application.shipping.ports import CarrierPush, KeptEvent, WaybillLabel
from houtai.domain.money import Money
from houtai.domain.shipping.freight import FreightRule, FreightState, FreightTerms
from houtai.domain.shipping.parcel import LabelFormat, Shipment
from houtai.domain.shipping.pool import Pool, PoolNumber, PoolState, PoolTerms
from houtai.domain.shipping.tracking import Outcome, TrackEvent, TrackState
from houtai.domain.shipping.waybill import Waybill, WaybillState

freight_rules: Final = Table(
    "freight_rules",
    METADATA,
    id_column("id", primary_key=True),
    id_column("channel_id", ForeignKey("channels.id"), index=True),
    words("currency", 3),
    plain("terms"),
    one_of("state", FreightState),
    version(),
)

waybills: Final = Table(
    "waybills",
    METADATA,
    id_column("id", primary_key=True),
    id_column("parcel_id", index=True),
    id_column("live_parcel_id", nullable=True, unique=True),
    words("carrier", 64),
    id_column("warehouse_id", index=True),
    id_column("channel_id", nullable=True),
    plain("shipment"),
    moment("created_at"),
    one_of("state", WaybillState),
    words("number", 64, nullable=True),
    words("live_number", 64, nullable=True),
    Column("pooled", Boolean(), nullable=False),
    one_of("format", LabelFormat, nullable=True),
    minor("charge_minor", nullable=True),
    words("currency", 3, nullable=True),
    Column("void_wanted", Boolean(), nullable=False),
    moment("ask_at", nullable=True),
    whole_number("asks", 0, 10_000),
    moment("news_at", nullable=True),
    words("error", 500),
    version(),
    UniqueConstraint("carrier", "live_number"),
    CheckConstraint("state NOT IN ('unknown', 'voiding') OR ask_at IS NOT NULL", name="ask_at_due"),
    CheckConstraint("state IN ('requested', 'unknown', 'refused', 'voided') OR number IS NOT NULL", name="number_bound"),
)
Index("ix_waybills_number", waybills.c.carrier, waybills.c.number)
Index("ix_waybills_state", waybills.c.state, waybills.c.id)
Index("ix_waybills_ask_at", waybills.c.ask_at, postgresql_where=waybills.c.ask_at.is_not(None))

waybill_labels: Final = append_only(
    Table(
        "waybill_labels",
        METADATA,
        id_column("waybill_id", ForeignKey("waybills.id"), primary_key=True),
        one_of("format", LabelFormat),
        long_text("content"),  # base64
        plain("children"),
    )
)

waybill_events: Final = append_only(
    Table(
        "waybill_events",
        METADATA,
        words("carrier", 64, primary_key=True),
        words("key", 64, primary_key=True),
        id_column("waybill_id", ForeignKey("waybills.id"), nullable=True, index=True),
        words("number", 64),
        one_of("state", TrackState),
        moment("at"),
        words("text", 500),
        words("place", 200),
        words("code", 64),
        words("known_as", 100),
        moment("received_at"),
        one_of("outcome", Outcome),
    )
)
Index("ix_waybill_events_carrier_number", waybill_events.c.carrier, waybill_events.c.number)

carrier_pushes: Final = append_only(
    Table(
        "carrier_pushes",
        METADATA,
        words("carrier", 64, primary_key=True),
        words("digest", 64, primary_key=True),
        moment("received_at"),
        long_text("raw"),
    )
)

waybill_pools: Final = Table(
    "waybill_pools",
    METADATA,
    id_column("id", primary_key=True),
    words("carrier", 64, unique=True),
    plain("terms"),
    qty("added_qty"),
    qty("given_qty"),
    whole_number("blocks", 0, 2**31 - 1),
    moment("asked_at", nullable=True),
    one_of("state", PoolState),
    version(),
    CheckConstraint("given_qty <= added_qty", name="given_qty_added"),
)

pool_numbers: Final = Table(
    "pool_numbers",
    METADATA,
    words("carrier", 64, primary_key=True),
    whole_number("place", 0, 2**31 - 1, primary_key=True),
    words("number", 64),
    moment("added_at"),
    id_column("waybill_id", nullable=True, index=True),
)


def _dump(rule: FreightRule) -> Row:
    return {
        "id": rule.id,
        "channel_id": rule.channel_id,
        "currency": rule.currency,
        "terms": to_plain(rule.terms),
        "state": rule.state.value,
        "version": rule.version,
    }


def _load(row: Row, _: object) -> FreightRule:
    row["terms"] = from_plain(row["terms"], FreightTerms)
    return FreightRule(**{**row, "state": FreightState(row["state"])})


def _dump_waybill(waybill: Waybill) -> Row:
    live = ports.LIVE_NUMBER.of(waybill)
    return {
        "id": waybill.id,
        "parcel_id": waybill.parcel_id,
        "live_parcel_id": ports.ON_PARCEL.of(waybill),
        "carrier": waybill.carrier,
        "warehouse_id": waybill.warehouse_id,
        "channel_id": waybill.channel_id,
        "shipment": to_plain(waybill.shipment),
        "created_at": waybill.created_at,
        "state": waybill.state.value,
        "number": waybill.number or None,
        "live_number": live[1] if live else None,
        "pooled": waybill.pooled,
        "format": waybill.format.value if waybill.format else None,
        "charge_minor": waybill.charge.minor if waybill.charge else None,
        "currency": waybill.charge.currency if waybill.charge else None,
        "void_wanted": waybill.void_wanted,
        "ask_at": waybill.ask_at,
        "asks": waybill.asks,
        "news_at": waybill.news_at,
        "error": waybill.error,
        "version": waybill.version,
    }


def _load_waybill(row: Row, _: object) -> Waybill:
    charged, currency = row.pop("charge_minor"), row.pop("currency")
    del row["live_parcel_id"], row["live_number"]
    known = {
        **row,
        "shipment": from_plain(row["shipment"], Shipment),
        "state": WaybillState(row["state"]),
        "format": LabelFormat(row["format"]) if row["format"] else None,
        "number": row["number"] or "",
    }
    return Waybill(**known, charge=None if charged is None else Money(charged, currency))


def _dump_label(label: WaybillLabel) -> Row:
    return {
        "waybill_id": label.waybill_id,
        "format": label.format.value,
        "content": base64.b64encode(label.content).decode(),
        "children": list(label.children),
    }


def _load_label(row: Row, _: object) -> WaybillLabel:
    content = base64.b64decode(row["content"])
    return WaybillLabel(row["waybill_id"], LabelFormat(row["format"]), content, tuple(row["children"]))


def _dump_event(kept: KeptEvent) -> Row:
    event = kept.event
    return {
        "carrier": kept.carrier,
        "key": event.key,
        "waybill_id": kept.waybill_id,
        "number": event.number,
        "state": event.state.value,
        "at": event.at,
        "text": event.text,
        "place": event.place,
        "code": event.code,
        "known_as": event.known_as,
        "received_at": kept.received_at,
        "outcome": kept.outcome.value,
    }


def _load_event(row: Row, _: object) -> KeptEvent:
    names = ("number", "at", "text", "place", "code", "known_as")
    event = TrackEvent(state=TrackState(row["state"]), **{name: row[name] for name in names})
    return KeptEvent(row["carrier"], event, row["waybill_id"], row["received_at"], Outcome(row["outcome"]))


def _dump_push(push: CarrierPush) -> Row:
    return {"carrier": push.carrier, "digest": push.digest, "received_at": push.received_at, "raw": push.raw}


def _load_push(row: Row, _: object) -> CarrierPush:
    return CarrierPush(**row)


def _dump_pool(pool: Pool) -> Row:
    return {
        "id": pool.id,
        "carrier": pool.carrier,
        "terms": to_plain(pool.terms),
        "added_qty": pool.added_qty,
        "given_qty": pool.given_qty,
        "blocks": pool.blocks,
        "asked_at": pool.asked_at,
        "state": pool.state.value,
        "version": pool.version,
    }


def _load_pool(row: Row, _: object) -> Pool:
    row["terms"] = from_plain(row["terms"], PoolTerms)
    return Pool(**{**row, "state": PoolState(row["state"])})


def _dump_number(number: PoolNumber) -> Row:
    return {
        "carrier": number.carrier,
        "place": number.place,
        "number": number.number,
        "added_at": number.added_at,
        "waybill_id": number.waybill_id,
    }


def _load_number(row: Row, _: object) -> PoolNumber:
    return PoolNumber(**row)


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(ports.FREIGHT_RULES, freight_rules, _dump, _load, {ports.RULE_BY_CHANNEL: ("channel_id",)}),
    Mapping(
        ports.WAYBILLS,
        waybills,
        _dump_waybill,
        _load_waybill,
        {
            ports.OF_PARCEL: ("parcel_id",),
            ports.ON_PARCEL: ("live_parcel_id",),
            ports.BY_NUMBER: ("carrier", "number"),
            ports.LIVE_NUMBER: ("carrier", "live_number"),
            ports.IN_WAREHOUSE: ("warehouse_id",),
            ports.IN_STATE: ("state",),
            ports.TO_ASK: ("ask_at",),
        },
    ),
    Mapping(ports.LABELS, waybill_labels, _dump_label, _load_label),
    Mapping(
        ports.WAYBILL_EVENTS,
        waybill_events,
        _dump_event,
        _load_event,
        {ports.EVENTS_OF: ("waybill_id",), ports.EVENTS_UNDER: ("carrier", "number")},
    ),
    Mapping(ports.CARRIER_PUSHES, carrier_pushes, _dump_push, _load_push),
    Mapping(ports.POOLS, waybill_pools, _dump_pool, _load_pool, {ports.POOL_OF: ("carrier",)}),
    Mapping(ports.POOL_NUMBERS, pool_numbers, _dump_number, _load_number, {ports.NUMBERS_ON: ("waybill_id",)}),
)


class ShippingSearch:
    """See `ShippingViews`: what is searched."""

    connection: Connection

    def next_waybill_question(self) -> dt.datetime | None:
        """See `ShippingViews.next_waybill_question`."""
        earliest = select(func.min(waybills.c.ask_at, type_=waybills.c.ask_at.type))
        found: dt.datetime | None = self.connection.execute(earliest).scalar_one()
        return found
