"""Orders between record and rows: header, lines, gifts, discounts, promotions, tenders, and the audit policies."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from typing import Any, Final

import attrs

from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.adapters.sql.orders_tables import (
    audit_policies,
    order_discounts,
    order_gifts,
    order_lines,
    order_promotions,
    order_tenders,
    orders,
)
from houtai.application.orders.ports import (
    AUDIT_POLICIES,
    ORDER_BY_CUSTOMER,
    ORDER_BY_EXTERNAL,
    ORDER_BY_NUMBER,
    ORDERS,
    POLICY_BY_CHANNEL,
)
from houtai.application.plain import from_plain, to_plain
from houtai.domain.catalog.sku import ReturnPolicy as BundleReturn
from houtai.domain.customers.customer import Address
from houtai.domain.money import Money
from houtai.domain.orders.hold import Finding, Hold
from houtai.domain.orders.line import BundlePart, CitedCommission, DiscountRow, DiscountSource, GiftLink, OrderLine
from houtai.domain.orders.order import FrozenPromotion, Order
from houtai.domain.orders.policy import AuditPolicy, digits_of
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import OrderTender, TenderState
from houtai.domain.pricing.bearers import BearerSplit, Borne
from houtai.domain.pricing.promotions import GiftReturn, ReturnPolicy, SpendAndSave

_ADDRESS: Final = tuple(field.name for field in attrs.fields(Address))
_PLAIN: Final = ("number", "channel_id", "currency", "placed_at", "customer_id", "member_level", "remark", "quote_digest")
_STANDING: Final = ("audit_version", "expires_at", "paid_at", "confirm_at", "complete_at", "version")
_SUMS: Final = ("goods_minor", "discount_minor", "freight_minor", "payable_minor", "paid_minor")


def _dump_order(order: Order) -> Row:
    hold = order.hold
    return {
        "id": order.id,
        **{name: getattr(order, name) for name in (*_PLAIN, *_STANDING, *_SUMS)},
        **{name: getattr(order.receiver, name) for name in _ADDRESS},
        "phone_reversed": digits_of(order.receiver.phone)[::-1],
        "external_id": order.external_id or None,
        "state": order.state.value,
        "findings": None if hold is None else [[finding.rule, finding.text] for finding in hold.findings],
        "hold_queue": None if hold is None else hold.queue,
        "hold_since": None if hold is None else hold.since,
        "hold_due_at": None if hold is None else hold.due_at,
        "reserved_until": None if hold is None else hold.reserved_until,
        "hold_resume": None if hold is None else hold.resume.value,
    }


def _load_order(row: Row, lines: Lookup[str, list[Row]]) -> Order:
    gifts = {gift["seq"]: gift for gift in lines["order_gifts"]}
    return Order(
        id=row["id"],
        **{name: row[name] for name in (*_PLAIN, *_STANDING)},
        receiver=Address(**{name: row[name] for name in _ADDRESS}),
        external_id=row["external_id"] or "",
        state=OrderState(row["state"]),
        lines=tuple(_load_line(line, gifts.get(line["seq"])) for line in lines["order_lines"]),
        discounts=tuple(_load_discount(one) for one in lines["order_discounts"]),
        promotions=tuple(_load_promotion(one) for one in lines["order_promotions"]),
        tenders=tuple(
            OrderTender(one["payment_id"], one["provider"], one["amount_minor"], TenderState(one["state"]))
            for one in lines["order_tenders"]
        ),
        hold=None if row["hold_queue"] is None else _load_hold(row),
    )


def _load_hold(row: Row) -> Hold:
    return Hold(
        findings=tuple(Finding(rule, text) for rule, text in row["findings"]),
        queue=row["hold_queue"],
        since=row["hold_since"],
        due_at=row["hold_due_at"],
        reserved_until=row["reserved_until"],
        resume=OrderState(row["hold_resume"]),
    )


_LINE: Final = (
    "seq",
    "sku_id",
    "sku_code",
    "title",
    "qty",
    "unit_minor",
    "gross_minor",
    "list_minor",
    "discount_minor",
    "freight_minor",
    "weight_g",
    "merchant_id",
    "external_id",
    "shipped_qty",
    "cancelled_qty",
    "shortage_qty",
    "settled_qty",
)


def _dump_lines(order: Order) -> list[Row]:
    return [
        {
            "order_id": order.id,
            **{name: getattr(line, name) for name in (*_LINE, "paid_minor")},
            "bundle_sku_id": line.bundle and line.bundle.sku_id,
            "bundle_code": line.bundle and line.bundle.code,
            "bundle_qty": line.bundle and line.bundle.qty,
            "bundle_line": line.bundle and line.bundle.basket_line,
            "bundle_return": line.bundle and line.bundle.on_return.value,
            "commission_version": line.commission and line.commission.version,
            "commission_points": line.commission and line.commission.basis_points,
        }
        for line in order.lines
    ]


def _load_line(row: Row, gift: Row | None) -> OrderLine:
    bundle = None
    if row["bundle_sku_id"] is not None:
        whole = (row["bundle_sku_id"], row["bundle_code"], row["bundle_qty"], row["bundle_line"])
        bundle = BundlePart(*whole, BundleReturn(row["bundle_return"]))
    commission = None
    if row["commission_version"] is not None:
        commission = CitedCommission(row["commission_version"], row["commission_points"])
    known = {name: row[name] for name in _LINE}
    return OrderLine(**known, bundle=bundle, gift=None if gift is None else _load_gift(gift), commission=commission)


_GIFT: Final = ("promotion_id", "promotion_code", "buy_qty", "spend_minor", "gift_qty", "value_minor", "instead_of")
_BEARERS: Final = ("platform", "merchant", "supplier", "channel")


def _dump_gifts(order: Order) -> list[Row]:
    return [
        {
            "order_id": order.id,
            "seq": line.seq,
            **{name: getattr(line.gift, name) for name in _GIFT},
            "trigger_lines": list(line.gift.trigger_lines),
            "on_return": line.gift.on_return.value,
            **{f"{who}_percent": getattr(line.gift.bearers, who) for who in _BEARERS},
        }
        for line in order.lines
        if line.gift is not None
    ]


def _load_gift(row: Row) -> GiftLink:
    return GiftLink(
        **{name: row[name] for name in _GIFT},
        trigger_lines=tuple(row["trigger_lines"]),
        on_return=GiftReturn(row["on_return"]),
        bearers=BearerSplit(**{who: row[f"{who}_percent"] for who in _BEARERS}),
    )


def _dump_discounts(order: Order) -> list[Row]:
    return [
        {
            "order_id": order.id,
            "place": place,
            **{name: getattr(one, name) for name in ("line", "source_id", "name", "amount_minor")},
            "source_type": one.source_type.value,
            **attrs.asdict(one.borne),
            "on_return": one.on_return.value,
        }
        for place, one in enumerate(order.discounts)
    ]


def _load_discount(row: Row) -> DiscountRow:
    return DiscountRow(
        **{name: row[name] for name in ("line", "source_id", "name", "amount_minor")},
        source_type=DiscountSource(row["source_type"]),
        borne=Borne(**{f"{who}_minor": row[f"{who}_minor"] for who in _BEARERS}),
        on_return=ReturnPolicy(row["on_return"]),
    )


def _dump_promotions(order: Order) -> list[Row]:
    return [
        {
            "order_id": order.id,
            "place": place,
            **{name: getattr(one, name) for name in ("source_id", "code", "amount_minor", "campaign_id")},
            "source_type": one.source_type.value,
            "lines": list(one.lines),
            "on_return": one.on_return.value,
            "rule": None if one.rule is None else to_plain(one.rule),
        }
        for place, one in enumerate(order.promotions)
    ]


def _load_promotion(row: Row) -> FrozenPromotion:
    return FrozenPromotion(
        **{name: row[name] for name in ("source_id", "code", "amount_minor", "campaign_id")},
        source_type=DiscountSource(row["source_type"]),
        lines=tuple(row["lines"]),
        on_return=ReturnPolicy(row["on_return"]),
        rule=None if row["rule"] is None else from_plain(row["rule"], SpendAndSave),
    )


def _dump_tenders(order: Order) -> list[Row]:
    return [
        {
            "order_id": order.id,
            "place": place,
            **{name: getattr(one, name) for name in ("payment_id", "provider", "amount_minor")},
            "state": one.state.value,
        }
        for place, one in enumerate(order.tenders)
    ]


_LIMITS: Final = (
    "id",
    "channel_id",
    "anomaly_percent",
    "payment_minutes",
    "merge_minutes",
    "hold_hours",
    "reserve_hours",
    "version",
)


def _dump_policy(policy: AuditPolicy) -> Row:
    most = policy.amount_over
    return {
        **{name: getattr(policy, name) for name in _LIMITS},
        "rules": sorted(policy.rules),
        "amount_over_minor": None if most is None else most.minor,
        "currency": None if most is None else most.currency,
        "blocked_phones": list(policy.blocked_phones),
    }


def _load_policy(row: Row, _: Lookup[str, list[Row]]) -> AuditPolicy:
    most = None if row["amount_over_minor"] is None else Money(row["amount_over_minor"], row["currency"])
    return AuditPolicy(
        **{name: row[name] for name in _LIMITS},
        rules=frozenset(row["rules"]),
        amount_over=most,
        blocked_phones=tuple(row["blocked_phones"]),
    )


ORDER_MAPPING: Final[Mapping[Order]] = Mapping(
    ORDERS,
    orders,
    dump=_dump_order,
    load=_load_order,
    found_by={
        ORDER_BY_NUMBER: ("number",),
        ORDER_BY_EXTERNAL: ("channel_id", "external_id"),
        ORDER_BY_CUSTOMER: ("customer_id",),
    },
    children=(
        Child(order_lines, ("order_id",), _dump_lines, ("seq",)),
        Child(order_gifts, ("order_id",), _dump_gifts, ("seq",)),
        Child(order_discounts, ("order_id",), _dump_discounts, ("place",)),
        Child(order_promotions, ("order_id",), _dump_promotions, ("place",)),
        Child(order_tenders, ("order_id",), _dump_tenders, ("place",)),
    ),
)
MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    ORDER_MAPPING,
    Mapping(
        AUDIT_POLICIES,
        audit_policies,
        dump=_dump_policy,
        load=_load_policy,
        found_by={POLICY_BY_CHANNEL: ("channel_id",)},
    ),
)
