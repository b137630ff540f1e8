"""Aftersales policies over HTTP: the house's, each channel's own, and all that are stored."""

from __future__ import annotations

from houtai.application.aftersales.policy import (
    GetAftersalesPolicy,
    get_aftersales_policy,
    list_aftersales_policies,
    set_aftersales_policy,
)
from houtai.domain.ids import ChannelId
from houtai.domain.refusal import VersionConflict
from houtai.entrypoints.http import claims_out as out, claims_wire as forms, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("aftersales-policies", "How long buyers may complain, what is approved by rule, and what the way back costs.")


@ROUTES.get("/aftersales-policies", list_aftersales_policies)
def get_aftersales_policies(desk: Desk) -> out.AftersalesPoliciesOut:
    """List every policy that somebody stored, the house's first."""
    return out.AftersalesPoliciesOut(tuple(map(out.policy_out, desk.ask(list_aftersales_policies, None))))


@ROUTES.get("/aftersales-policy", get_aftersales_policy)
def get_aftersales_policy_of_house(desk: Desk) -> out.AftersalesPolicyOut:
    """See the policy of all channels that have none of their own."""
    return out.policy_out(desk.ask(get_aftersales_policy, GetAftersalesPolicy()))


@ROUTES.put("/aftersales-policy", set_aftersales_policy, match="optional", refuses=(VersionConflict,))
def put_aftersales_policy_of_house(desk: Desk, body: forms.AftersalesPolicyIn) -> out.AftersalesPolicyOut:
    """Set the policy of all channels that have none of their own; the first one without If-Match."""
    return out.policy_out(desk.perform(set_aftersales_policy, body.command(desk.version_if_given or 0, None)))


@ROUTES.get("/channels/{channel_id}/aftersales-policy", get_aftersales_policy)
def get_aftersales_policy_of_channel(desk: Desk, channel_id: wire.Id) -> out.AftersalesPolicyOut:
    """See the policy that holds on a channel."""
    return out.policy_out(desk.ask(get_aftersales_policy, GetAftersalesPolicy(ChannelId(channel_id))))


@ROUTES.put("/channels/{channel_id}/aftersales-policy", set_aftersales_policy, match="optional", refuses=(VersionConflict,))
def put_aftersales_policy_of_channel(desk: Desk, channel_id: wire.Id, body: forms.AftersalesPolicyIn) -> out.AftersalesPolicyOut:
    """Set a channel's own policy; the first one without If-Match."""
    cmd = body.command(desk.version_if_given or 0, ChannelId(channel_id))
    return out.policy_out(desk.perform(set_aftersales_policy, cmd))
