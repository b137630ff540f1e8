"""Keep the freight rules, and reckon what delivery of some lines is charged."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, needs
from houtai.application.shipping.ports import RULE_BY_CHANNEL, FreightSource, ShippingTx, ShippingViews
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Scope
from houtai.domain.ids import ChannelId
from houtai.domain.moves import check_move
from houtai.domain.refusal import NotFound, VersionConflict
from houtai.domain.shipping.freight import (
    FREIGHT_MOVES,
    FreightLine,
    FreightRule,
    FreightRuleId,
    FreightState,
    FreightTerms,
    freight_charged,
    freight_told,
    rule_for,
    share_freight,
)


@attrs.frozen
class DefineFreightRule:
    """A new rule for a channel, in the channel's currency."""

    rule: FreightRuleId
    channel: ChannelId
    terms: FreightTerms


@attrs.frozen
class EditFreightRule:
    """The rule's new terms. Orders keep what they were charged."""

    rule: FreightRuleId
    expected_version: int
    terms: FreightTerms


@attrs.frozen
class RetireFreightRule:
    """The rule is used no more."""

    rule: FreightRuleId
    expected_version: int


@attrs.frozen
class ListFreightRules:
    """One channel's rules, or all that the actor may see."""

    channel: ChannelId | None = None
    page: Page = attrs.field(factory=Page)


@attrs.frozen
class Freight:
    """What delivery is charged, in all and by line (R-13), by which rule, and how it came about in words."""

    total_minor: int
    by_line: dict[int, int]
    rule_id: FreightRuleId | None
    text: str


@needs("shipping.rules", along=(CHANNEL,))
def define_freight_rule(tx: ShippingTx, cmd: DefineFreightRule, act: Act) -> FreightRule:
    """Say what delivery costs on a channel. Raises NotFound for an unknown channel."""
    act.demand("shipping.rules", Scope(channel=cmd.channel))
    channel = tx.channels.get(cmd.channel)
    rule = FreightRule(id=cmd.rule, channel_id=channel.id, currency=channel.currency, terms=cmd.terms)
    tx.freight_rules.add(rule)
    write_line(tx, act, "freight-rule", rule, "defined", before=None)
    return rule


@needs("shipping.rules", along=(CHANNEL,))
def edit_freight_rule(tx: ShippingTx, cmd: EditFreightRule, act: Act) -> FreightRule:
    """Change the terms. Raises NotFound, VersionConflict, and IllegalMove for a retired rule."""
    rule = _editable(tx, cmd.rule, cmd.expected_version, act)
    if rule.state is not FreightState.ACTIVE:
        check_move("freight rule", FREIGHT_MOVES, rule.state, FreightState.ACTIVE)
    edited = attrs.evolve(rule, terms=cmd.terms, version=rule.version + 1)
    tx.freight_rules.save(edited)
    write_line(tx, act, "freight-rule", edited, "edited", before=rule.state)
    return edited


@needs("shipping.rules", along=(CHANNEL,))
def retire_freight_rule(tx: ShippingTx, cmd: RetireFreightRule, act: Act) -> FreightRule:
    """Use the rule no more. Raises NotFound, VersionConflict, IllegalMove."""
    rule = _editable(tx, cmd.rule, cmd.expected_version, act)
    check_move("freight rule", FREIGHT_MOVES, rule.state, FreightState.RETIRED)
    retired = attrs.evolve(rule, state=FreightState.RETIRED, version=rule.version + 1)
    tx.freight_rules.save(retired)
    write_line(tx, act, "freight-rule", retired, "retired", before=rule.state)
    return retired


@needs("shipping.read", along=(CHANNEL,))
def show_freight_rule(views: ShippingViews, query: FreightRuleId, act: Act) -> FreightRule:
    """One rule. Raises NotFound, also for a channel out of reach."""
    rule = views.freight_rules.find(query)
    if rule is None or not act.may("shipping.read", Scope(channel=rule.channel_id)):
        raise NotFound(what="freight rule", key=str(query))
    return rule


@needs("shipping.read", along=(CHANNEL,))
def list_freight_rules(views: ShippingViews, query: ListFreightRules, act: Act) -> Slice[FreightRule]:
    """The rules of the channels within reach."""
    reach = act.authority.reach("shipping.read", Dimension.CHANNEL, at=act.at)
    if query.channel is not None:
        act.demand("shipping.read", Scope(channel=query.channel))
        return views.freight_rules.page(query.page, {RULE_BY_CHANNEL: query.channel})
    return views.freight_rules.page(query.page, None if reach is None else {RULE_BY_CHANNEL: reach})


def freight_of(source: FreightSource, channel_id: ChannelId, region: str, lines: Sequence[FreightLine], currency: str) -> Freight:
    """What delivering these lines to the region is charged; nothing on a channel without rules. Raises NotDelivered."""
    rule = rule_for(source.freight_rules.by(RULE_BY_CHANNEL, channel_id), region)
    if rule is None or not lines:
        return Freight(0, dict.fromkeys((line.line for line in lines), 0), None, "no freight is charged on this channel")
    weight = sum(line.weight_g for line in lines)
    goods = sum(line.amount_minor for line in lines)
    charged = freight_charged(rule, weight, goods, currency, region)
    told = freight_told(rule, weight, goods, region)
    return Freight(charged.minor, share_freight(charged.minor, lines), rule.id, told)


def _editable(tx: ShippingTx, rule_id: FreightRuleId, expected_version: int, act: Act) -> FreightRule:
    rule = tx.freight_rules.lock([rule_id]).get(rule_id)
    if rule is None or not act.may("shipping.rules", Scope(channel=rule.channel_id)):
        raise NotFound(what="freight rule", key=str(rule_id))
    if rule.version != expected_version:
        raise VersionConflict(
            what="freight rule", key=str(rule_id), expected_version=expected_version, current_version=rule.version
        )
    return rule
