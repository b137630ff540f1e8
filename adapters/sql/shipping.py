"""The table of freight rules."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ForeignKey, Table

from houtai.adapters.sql.columns import METADATA, id_column, one_of, plain, version, words
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application.plain import from_plain, to_plain
from houtai.application.shipping import ports
from houtai.domain.shipping.freight import FreightRule, FreightState, FreightTerms

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


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(ports.FREIGHT_RULES, freight_rules, _dump, _load, {ports.RULE_BY_CHANNEL: ("channel_id",)}),
)
