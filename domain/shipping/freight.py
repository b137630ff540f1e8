"""Freight charged to the buyer: first and step weight by region, free from an amount, and shared over lines (R-13)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId
from houtai.domain.money import MAX_MINOR, Money, allocate
from houtai.domain.moves import Moves
from houtai.domain.refusal import CurrencyMismatch, Kind, Refusal

FreightRuleId = NewType("FreightRuleId", UUID)
VOLUME_DIVISOR = 6_000  # cubic centimetres a kilogram, the carriers' usual figure
_amount = limits.between(0, MAX_MINOR)


@attrs.define(eq=False, slots=False)
class NotDelivered(Refusal):
    """The channel has freight rules and none of them reaches this region."""

    code = "shipping.not-delivered"
    kind = Kind.CONFLICT
    text = "nothing is delivered to {region}"

    region: str


class FreightState(enum.Enum):
    """Whether a rule is in use."""

    ACTIVE = "active"
    RETIRED = "retired"


FREIGHT_MOVES: Moves[FreightState] = {FreightState.ACTIVE: {FreightState.RETIRED}, FreightState.RETIRED: set()}


@attrs.frozen
class FreightTerms:
    """What delivery costs in the named regions or, with none named, in all that no other rule of the channel names.

    `first_minor` covers up to `first_g`; every begun `step_g` beyond adds `step_minor`. Goods for `free_from_minor` go free,
    except for the surcharge `remote_minor` in `remote_regions`.
    """

    first_g: int = attrs.field(validator=limits.between(1, limits.MAX_WEIGHT_G))
    first_minor: int = attrs.field(validator=_amount)
    step_g: int = attrs.field(validator=limits.between(1, limits.MAX_WEIGHT_G))
    step_minor: int = attrs.field(validator=_amount)
    free_from_minor: int | None = attrs.field(default=None, validator=attrs.validators.optional(_amount))
    regions: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(500))
    remote_regions: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(500))
    remote_minor: int = attrs.field(default=0, validator=_amount)


@attrs.frozen
class FreightRule:
    """One channel's terms of delivery, in the channel's currency."""

    id: FreightRuleId
    channel_id: ChannelId
    currency: str
    terms: FreightTerms
    state: FreightState = FreightState.ACTIVE
    version: int = 1


@attrs.frozen
class FreightLine:
    """A physical line as freight sees it: what it weighs for the carrier, and what the buyer pays for it."""

    line: int
    weight_g: int = attrs.field(validator=limits.between(0, MAX_MINOR))
    amount_minor: int = attrs.field(validator=_amount)


def rule_for(rules: Sequence[FreightRule], region: str) -> FreightRule | None:
    """The rule that names the region, else the one that names none; None for no rules at all. Raises NotDelivered."""
    active = sorted((rule for rule in rules if rule.state is FreightState.ACTIVE), key=lambda rule: rule.id)
    for rule in active:
        if region in rule.terms.regions:
            return rule
    for rule in active:
        if not rule.terms.regions:
            return rule
    if active:
        raise NotDelivered(region=region or "an unnamed region")
    return None


def freight_charged(rule: FreightRule, weight_g: int, goods_minor: int, currency: str, region: str = "") -> Money:
    """What delivery of so much weight costs the buyer of goods worth this. Raises CurrencyMismatch."""
    if rule.currency != currency:
        raise CurrencyMismatch(left=rule.currency, right=currency)
    terms = rule.terms
    remote = terms.remote_minor if region in terms.remote_regions else 0
    if terms.free_from_minor is not None and goods_minor >= terms.free_from_minor:
        return Money(remote, currency)
    beyond = max(0, weight_g - terms.first_g)
    steps = -(-beyond // terms.step_g)
    return Money(terms.first_minor + steps * terms.step_minor + remote, currency)


def freight_told(rule: FreightRule, weight_g: int, goods_minor: int, region: str = "") -> str:
    """The same sum in words, for the trace of a quote."""
    terms = rule.terms
    charged = freight_charged(rule, weight_g, goods_minor, rule.currency, region)
    if terms.free_from_minor is not None and goods_minor >= terms.free_from_minor:
        parts = [f"free from {Money(terms.free_from_minor, rule.currency)}"]
    else:
        parts = [f"{Money(terms.first_minor, rule.currency)} up to {terms.first_g} g"]
        if weight_g > terms.first_g:
            parts.append(f"{Money(terms.step_minor, rule.currency)} for each {terms.step_g} g beyond")
    if region in terms.remote_regions:
        parts.append(f"{Money(terms.remote_minor, rule.currency)} more for {region}")
    return f"freight {charged} for {weight_g} g: {', '.join(parts)}"


def chargeable_weight_g(weight_g: int, length_mm: int, width_mm: int, height_mm: int) -> int:
    """The greater of what a piece weighs and what its volume counts for, in grams, begun ones counted."""
    return max(weight_g, -(-length_mm * width_mm * height_mm // VOLUME_DIVISOR))


def share_freight(freight_minor: int, lines: Sequence[FreightLine]) -> dict[int, int]:
    """The freight by line, adding up exactly (R-13): by weight, else by amount, else by equal parts."""
    for weights in ([one.weight_g for one in lines], [one.amount_minor for one in lines], [1] * len(lines)):
        if any(weights):
            shares = allocate(freight_minor, weights)
            return {one.line: share for one, share in zip(lines, shares, strict=True)}
    return {}
