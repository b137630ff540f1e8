"""Keeping the rules of what orders are granted."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, needs
from houtai.application.points.policy import policy_of
from houtai.application.reach import demand_within
from houtai.application.rewards.ports import RULE_BY_CODE, RULES_OF_CHANNEL, RewardsTx, RewardsViews
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.ids import ChannelId, CouponTemplateId
from houtai.domain.refusal import AlreadyExists, InvalidValue, NotFound, VersionConflict
from houtai.domain.rewards.rule import RewardRule, RewardRuleId, RewardRuleState, Usable, WhenUsed

VERB = "rewards.rules"
READ = "rewards.read-rules"
DOCUMENT = "reward-rule"


@attrs.frozen
class DefineRewardRule:
    """A rule that grants from `starts_at` on, see RewardRule: its terms never change; another rule takes its place."""

    rule: RewardRuleId
    code: str
    name: str
    currency: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    channel: ChannelId | None = None
    threshold_minor: int = 0
    points_per_100_minor: int = 0
    template: CouponTemplateId | None = None
    usable: Usable = Usable.AT_CLOSE
    when_used: WhenUsed = WhenUsed.DEDUCT


@needs(VERB, along=(CHANNEL,))
def define_reward_rule(tx: RewardsTx, cmd: DefineRewardRule, act: Act) -> RewardRule:
    """ACTIVE at once. Raises NotFound for its channel or template, AlreadyExists, InvalidValue, NoPointsHere."""
    act.demand(VERB, Scope(channel=cmd.channel or HOUSE))
    if cmd.channel is not None and tx.channels.find(cmd.channel) is None:
        raise NotFound(what="channel", key=str(cmd.channel))
    if cmd.template is not None:
        template = tx.coupon_templates.find(cmd.template)
        if template is None:
            raise NotFound(what="coupon template", key=str(cmd.template))
        if template.currency != cmd.currency:
            raise InvalidValue(field="currency", rule=f"must be the template's, {template.currency}")
    if tx.reward_rules.find(cmd.rule) is not None or tx.reward_rules.first(RULE_BY_CODE, cmd.code) is not None:
        raise AlreadyExists(what="reward rule", key=cmd.code)
    rule = RewardRule(
        id=cmd.rule,
        code=cmd.code,
        name=cmd.name,
        currency=cmd.currency,
        starts_at=cmd.starts_at,
        ends_at=cmd.ends_at,
        channel_id=cmd.channel,
        threshold_minor=cmd.threshold_minor,
        points_per_100_minor=cmd.points_per_100_minor,
        template_id=cmd.template,
        usable=cmd.usable,
        when_used=cmd.when_used,
    )
    if rule.points_per_100_minor:
        policy_of(tx, rule.currency)
    tx.reward_rules.add(rule)
    write_line(tx, act, DOCUMENT, rule, "defined", before=None)
    return rule


@attrs.frozen
class MoveRewardRule:
    """Pause a rule, let it go on, or end it."""

    rule: RewardRuleId
    expected_version: int
    state: RewardRuleState
    reason: str = attrs.field(default="", validator=limits.text(0, 200))


@needs(VERB, along=(CHANNEL,))
def move_reward_rule(tx: RewardsTx, cmd: MoveRewardRule, act: Act) -> RewardRule:
    """What it granted stays. Raises NotFound, VersionConflict, IllegalMove."""
    rule = tx.reward_rules.lock_one(cmd.rule)
    _demand(rule, VERB, act)
    if rule.version != cmd.expected_version:
        raise VersionConflict(
            what="reward rule", key=rule.code, expected_version=cmd.expected_version, current_version=rule.version
        )
    moved = rule.moved(cmd.state)
    tx.reward_rules.save(moved)
    write_line(tx, act, DOCUMENT, moved, cmd.state.value, before=rule.state, reason=cmd.reason)
    return moved


@needs(READ, along=(CHANNEL,))
def show_reward_rule(views: RewardsViews, query: RewardRuleId, act: Act) -> RewardRule:
    """One rule. Raises NotFound."""
    rule = views.reward_rules.get(query)
    _demand(rule, READ, act)
    return rule


@attrs.frozen
class ListRewardRules:
    """Which rules, newest first."""

    page: Page = attrs.field(factory=Page)


@needs(READ, along=(CHANNEL,))
def list_reward_rules(views: RewardsViews, query: ListRewardRules, act: Act) -> Slice[RewardRule]:
    """The rules of the channels within reach, those of every channel only for whoever reaches all."""
    reached = act.authority.reach(READ, Dimension.CHANNEL, at=act.at)
    where = {} if reached is None else {RULES_OF_CHANNEL: frozenset(reached)}
    return views.reward_rules.page(query.page, where)


def _demand(rule: RewardRule, verb: str, act: Act) -> None:
    demand_within(act, verb, "reward rule", str(rule.id), channel=rule.channel_id or HOUSE)
