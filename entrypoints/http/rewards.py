"""Rewards over HTTP: the rules of what orders are granted, and what each order was."""

from __future__ import annotations

from houtai.application.rewards.queries import grants_of_order
from houtai.application.rewards.rules import (
    ListRewardRules,
    MoveRewardRule,
    define_reward_rule,
    list_reward_rules,
    move_reward_rule,
    show_reward_rule,
)
from houtai.domain.ids import OrderId
from houtai.domain.points.refusals import NoPointsHere
from houtai.domain.rewards.rule import RewardRuleId, RewardRuleState
from houtai.entrypoints.http import rewards_wire as forms, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("rewards", "What orders grant: points and coupons by rule, pending, confirmed, taken back.")


@ROUTES.post("/reward-rules", define_reward_rule, status=201, location="/reward-rules/{id}", refuses=(NoPointsHere,))
def post_reward_rule(desk: Desk, body: forms.NewRewardRule) -> forms.RewardRuleOut:
    """Define what orders are granted from a moment on; the terms never change."""
    return forms.rule_out(desk.perform(define_reward_rule, body.command(desk.new_id(body.id))))


@ROUTES.get("/reward-rules", list_reward_rules)
def get_reward_rules(desk: Desk, query: wire.PageQuery) -> wire.Listed[forms.RewardRuleOut]:
    """List the rules, newest first."""
    return wire.listed(desk.ask(list_reward_rules, ListRewardRules(query.page())), forms.rule_out)


@ROUTES.get("/reward-rules/{reward_rule_id}", show_reward_rule)
def get_reward_rule(desk: Desk, reward_rule_id: wire.Id) -> forms.RewardRuleOut:
    """Look at one rule."""
    return forms.rule_out(desk.ask(show_reward_rule, RewardRuleId(reward_rule_id)))


@ROUTES.move("/reward-rules/{reward_rule_id}/pause", move_reward_rule)
def post_reward_rule_pause(desk: Desk, reward_rule_id: wire.Id) -> forms.RewardRuleOut:
    """Grant nothing by it for now; what was granted stays."""
    return _moved(desk, reward_rule_id, RewardRuleState.PAUSED)


@ROUTES.move("/reward-rules/{reward_rule_id}/start", move_reward_rule)
def post_reward_rule_start(desk: Desk, reward_rule_id: wire.Id) -> forms.RewardRuleOut:
    """Go on with a rule that was paused."""
    return _moved(desk, reward_rule_id, RewardRuleState.ACTIVE)


@ROUTES.move("/reward-rules/{reward_rule_id}/end", move_reward_rule)
def post_reward_rule_end(desk: Desk, reward_rule_id: wire.Id) -> forms.RewardRuleOut:
    """Grant nothing by it for good; what was granted stays."""
    return _moved(desk, reward_rule_id, RewardRuleState.ENDED)


@ROUTES.get("/orders/{order_id}/grants", grants_of_order)
def get_order_grants(desk: Desk, order_id: wire.Id) -> forms.GrantsOut:
    """See what an order granted, as it stands now."""
    return forms.GrantsOut(tuple(map(forms.grant_out, desk.ask(grants_of_order, OrderId(order_id)))))


def _moved(desk: Desk, rule_id: wire.Id, state: RewardRuleState) -> forms.RewardRuleOut:
    return forms.rule_out(desk.perform(move_reward_rule, MoveRewardRule(RewardRuleId(rule_id), desk.expected_version, state)))
