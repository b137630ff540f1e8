"""Rewards on SQL: the rules of what orders are granted, and the grants."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from typing import Any, Final

import attrs
from sqlalchemy import CheckConstraint, ForeignKey, Table

from houtai.adapters.sql.columns import METADATA, id_column, minor, moment, one_of, version, whole_number, words
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application.rewards import ports
from houtai.domain.points.policy import MAX_POINTS
from houtai.domain.rewards.grant import GrantState, OrderGrant
from houtai.domain.rewards.rule import MAX_RATE, RewardRule, RewardRuleState, Usable, WhenUsed

reward_rules: Final = Table(
    "reward_rules",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    words("name", 200),
    words("currency", 3),
    moment("starts_at"),
    moment("ends_at"),
    id_column("channel_id", ForeignKey("channels.id"), nullable=True, index=True),
    minor("threshold_minor", 0),
    whole_number("points_per_100_minor", 0, MAX_RATE),
    id_column("template_id", ForeignKey("coupon_templates.id"), nullable=True),
    one_of("usable", Usable),
    one_of("when_used", WhenUsed),
    one_of("state", RewardRuleState, index=True),
    version(),
    CheckConstraint("ends_at > starts_at", name="ends_at_later"),
    CheckConstraint("(points_per_100_minor > 0) = (template_id IS NULL)", name="template_id_or_points"),
)

grants: Final = Table(
    "grants",
    METADATA,
    id_column("id", primary_key=True),
    id_column("order_id", ForeignKey("orders.id"), index=True),
    id_column("rule_id", ForeignKey("reward_rules.id")),
    id_column("customer_id", ForeignKey("customers.id"), index=True),
    words("currency", 3),
    minor("basis_minor", 0),
    minor("threshold_minor", 0),
    moment("granted_at"),
    one_of("usable", Usable),
    one_of("when_used", WhenUsed),
    whole_number("points", 0, MAX_POINTS),
    id_column("template_id", ForeignKey("coupon_templates.id"), nullable=True),
    id_column("coupon_id", ForeignKey("coupons.id"), nullable=True, unique=True),
    whole_number("taken_points", 0, MAX_POINTS),
    whole_number("lapsed_points", 0, MAX_POINTS),
    whole_number("short_points", 0, MAX_POINTS),
    minor("charged_minor", 0),
    one_of("state", GrantState),
    version(),
    CheckConstraint("(points > 0) = (template_id IS NULL)", name="template_id_or_points"),
    CheckConstraint("taken_points + lapsed_points + short_points <= points", name="taken_points_were_granted"),
)


def _fields(record: Any) -> Row:
    return {field.name: getattr(record, field.name) for field in attrs.fields(type(record))}


def _dump_rule(rule: RewardRule) -> Row:
    said = {"usable": rule.usable.value, "when_used": rule.when_used.value, "state": rule.state.value}
    return {**_fields(rule), **said}


def _load_rule(row: Row, _: Lookup[str, list[Row]]) -> RewardRule:
    read = {"usable": Usable(row["usable"]), "when_used": WhenUsed(row["when_used"]), "state": RewardRuleState(row["state"])}
    return RewardRule(**{**row, **read})


def _dump_grant(grant: OrderGrant) -> Row:
    said = {"usable": grant.usable.value, "when_used": grant.when_used.value, "state": grant.state.value}
    return {**_fields(grant), **said}


def _load_grant(row: Row, _: Lookup[str, list[Row]]) -> OrderGrant:
    read = {"usable": Usable(row["usable"]), "when_used": WhenUsed(row["when_used"]), "state": GrantState(row["state"])}
    return OrderGrant(**{**row, **read})


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        ports.REWARD_RULES,
        reward_rules,
        dump=_dump_rule,
        load=_load_rule,
        found_by={
            ports.RULE_BY_CODE: ("code",),
            ports.RULES_BY_STATE: ("state",),
            ports.RULES_OF_CHANNEL: ("channel_id",),
        },
    ),
    Mapping(
        ports.GRANTS,
        grants,
        dump=_dump_grant,
        load=_load_grant,
        found_by={ports.GRANTS_OF_ORDER: ("order_id",), ports.GRANTS_OF_CUSTOMER: ("customer_id",)},
    ),
)
