"""What rules of rewards and grants look like over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from houtai.application.rewards.rules import DefineRewardRule
from houtai.domain.ids import ChannelId, CouponTemplateId
from houtai.domain.rewards.grant import GrantState, OrderGrant
from houtai.domain.rewards.rule import MAX_RATE, RewardRule, RewardRuleId, RewardRuleState, Usable, WhenUsed
from houtai.entrypoints.http import wire

Rate = Annotated[int, Meta(ge=0, le=MAX_RATE, description="Points for each hundred minor units of money.")]


class NewRewardRule(wire.Wire):
    """What orders are granted from a moment on: points by the money paid, or one coupon of a template."""

    code: wire.Code
    name: wire.Name
    currency: wire.Currency
    starts_at: wire.Moment
    ends_at: wire.Moment
    channel_id: wire.Id | None = None
    threshold_minor: wire.Minor = 0
    points_per_100_minor: Rate = 0
    template_id: wire.Id | None = None
    usable: Usable = Usable.AT_CLOSE
    when_used: WhenUsed = WhenUsed.DEDUCT
    id: wire.Id | None = None

    def command(self, rule_id: wire.Id) -> DefineRewardRule:
        """As the application takes it."""
        return DefineRewardRule(
            rule=RewardRuleId(rule_id),
            code=self.code,
            name=self.name,
            currency=self.currency,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            channel=None if self.channel_id is None else ChannelId(self.channel_id),
            threshold_minor=self.threshold_minor,
            points_per_100_minor=self.points_per_100_minor,
            template=None if self.template_id is None else CouponTemplateId(self.template_id),
            usable=self.usable,
            when_used=self.when_used,
        )


class RewardRuleOut(wire.Versioned):
    """A rule of what orders are granted."""

    id: wire.Id
    code: str
    name: str
    currency: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    channel_id: wire.Id | None
    threshold_minor: int
    points_per_100_minor: int
    template_id: wire.Id | None
    usable: Usable
    when_used: WhenUsed
    state: RewardRuleState


class GrantOut(wire.Versioned):
    """What a rule granted to an order: points or a coupon, and what of it was taken back or charged."""

    id: wire.Id
    order_id: wire.Id
    rule_id: wire.Id
    customer_id: wire.Id
    state: GrantState
    granted_at: dt.datetime
    usable: Usable
    points: int
    taken_points: int
    lapsed_points: int
    short_points: int
    template_id: wire.Id | None
    coupon_id: wire.Id | None
    charged: wire.Money


class GrantsOut(wire.Wire):
    """All that an order granted."""

    grants: tuple[GrantOut, ...]


def rule_out(rule: RewardRule) -> RewardRuleOut:
    """As it goes out."""
    return RewardRuleOut(
        version=rule.version,
        id=rule.id,
        code=rule.code,
        name=rule.name,
        currency=rule.currency,
        starts_at=rule.starts_at,
        ends_at=rule.ends_at,
        channel_id=rule.channel_id,
        threshold_minor=rule.threshold_minor,
        points_per_100_minor=rule.points_per_100_minor,
        template_id=rule.template_id,
        usable=rule.usable,
        when_used=rule.when_used,
        state=rule.state,
    )


def grant_out(grant: OrderGrant) -> GrantOut:
    """As it goes out."""
    return GrantOut(
        version=grant.version,
        id=grant.id,
        order_id=grant.order_id,
        rule_id=grant.rule_id,
        customer_id=grant.customer_id,
        state=grant.state,
        granted_at=grant.granted_at,
        usable=grant.usable,
        points=grant.points,
        taken_points=grant.taken_points,
        lapsed_points=grant.lapsed_points,
        short_points=grant.short_points,
        template_id=grant.template_id,
        coupon_id=grant.coupon_id,
        charged=wire.Money(grant.charged_minor, grant.currency),
    )
