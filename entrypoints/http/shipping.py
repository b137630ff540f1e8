"""Freight rules over HTTP."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from houtai.application.shipping.freight import (
    DefineFreightRule,
    EditFreightRule,
    ListFreightRules,
    RetireFreightRule,
    define_freight_rule,
    edit_freight_rule,
    list_freight_rules,
    retire_freight_rule,
    show_freight_rule,
)
from houtai.domain.ids import ChannelId
from houtai.domain.limits import MAX_WEIGHT_G
from houtai.domain.refusal import IllegalMove
from houtai.domain.shipping.freight import FreightRule, FreightRuleId, FreightState, FreightTerms
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("shipping", "What delivery is charged, by channel and region.")

Grams = Annotated[int, Meta(ge=1, le=MAX_WEIGHT_G)]
Regions = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=60, examples=["新疆"])], ...], Meta(max_length=500)]


class FreightRuleIn(wire.Wire, kw_only=True):
    """What delivery costs in the named regions or, with none named, in all that no other rule of the channel names.

    `first_minor` covers up to `first_g`; every begun `step_g` beyond adds `step_minor`. Goods for `free_from_minor` go free,
    except for the surcharge `remote_minor` in `remote_regions`.
    """

    first_g: Grams
    first_minor: wire.Minor
    step_g: Grams
    step_minor: wire.Minor
    free_from_minor: wire.Minor | None = None
    regions: Regions = ()
    remote_regions: Regions = ()
    remote_minor: wire.Minor = 0

    def terms(self) -> FreightTerms:
        """As the domain's terms."""
        return FreightTerms(
            first_g=self.first_g,
            first_minor=self.first_minor,
            step_g=self.step_g,
            step_minor=self.step_minor,
            free_from_minor=self.free_from_minor,
            regions=self.regions,
            remote_regions=self.remote_regions,
            remote_minor=self.remote_minor,
        )


class NewFreightRule(FreightRuleIn, kw_only=True):
    """A new rule, in the currency of its channel."""

    channel_id: wire.Id
    id: wire.Id | None = None


class FreightRuleOut(wire.Versioned):
    """A freight rule."""

    id: wire.Id
    channel_id: wire.Id
    currency: str
    state: FreightState
    first_g: int
    first_minor: int
    step_g: int
    step_minor: int
    free_from_minor: int | None
    regions: tuple[str, ...]
    remote_regions: tuple[str, ...]
    remote_minor: int


class FreightRuleQuery(wire.PageQuery):
    """Of which channel."""

    channel_id: wire.Id | None = None


@ROUTES.post("/freight-rules", define_freight_rule, status=201, location="/freight-rules/{id}")
def post_freight_rule(desk: Desk, body: NewFreightRule) -> FreightRuleOut:
    """Say what delivery costs on a channel."""
    cmd = DefineFreightRule(FreightRuleId(desk.new_id(body.id)), ChannelId(body.channel_id), body.terms())
    return _out(desk.perform(define_freight_rule, cmd))


@ROUTES.get("/freight-rules", list_freight_rules)
def get_freight_rules(desk: Desk, query: FreightRuleQuery) -> wire.Listed[FreightRuleOut]:
    """List freight rules, newest first."""
    channel = None if query.channel_id is None else ChannelId(query.channel_id)
    return wire.listed(desk.ask(list_freight_rules, ListFreightRules(channel, query.page())), _out)


@ROUTES.get("/freight-rules/{rule_id}", show_freight_rule)
def get_freight_rule(desk: Desk, rule_id: wire.Id) -> FreightRuleOut:
    """Look at one freight rule."""
    return _out(desk.ask(show_freight_rule, FreightRuleId(rule_id)))


@ROUTES.put("/freight-rules/{rule_id}", edit_freight_rule, refuses=(IllegalMove,))
def put_freight_rule(desk: Desk, rule_id: wire.Id, body: FreightRuleIn) -> FreightRuleOut:
    """Change what delivery costs; orders keep what they were charged."""
    return _out(desk.perform(edit_freight_rule, EditFreightRule(FreightRuleId(rule_id), desk.expected_version, body.terms())))


@ROUTES.post("/freight-rules/{rule_id}/retire", retire_freight_rule, status=200, refuses=(IllegalMove,), match="required")
def post_freight_rule_retire(desk: Desk, rule_id: wire.Id) -> FreightRuleOut:
    """Use a rule no more."""
    return _out(desk.perform(retire_freight_rule, RetireFreightRule(FreightRuleId(rule_id), desk.expected_version)))


def _out(rule: FreightRule) -> FreightRuleOut:
    terms = rule.terms
    return FreightRuleOut(
        id=rule.id,
        channel_id=rule.channel_id,
        currency=rule.currency,
        state=rule.state,
        first_g=terms.first_g,
        first_minor=terms.first_minor,
        step_g=terms.step_g,
        step_minor=terms.step_minor,
        free_from_minor=terms.free_from_minor,
        regions=terms.regions,
        remote_regions=terms.remote_regions,
        remote_minor=terms.remote_minor,
        version=rule.version,
    )
