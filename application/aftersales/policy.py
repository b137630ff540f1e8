"""Keeping the aftersales policies: deadlines, what is approved by rule, and what the way back may cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from houtai.application.aftersales.ports import AftersalesTx, AftersalesViews
from houtai.application.permission import CHANNEL, needs
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.aftersales.policy import AftersalesPolicy, AftersalesPolicyId, built_in, policy_id
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.ids import ChannelId, WarehouseId
from houtai.domain.refusal import NotFound, VersionConflict

VERB = "aftersales.policy"


@attrs.frozen
class SetAftersalesPolicy:
    """The new policy of a channel, or with no channel of all that have none of their own; see AftersalesPolicy.

    `expected_version` is 0 where none is stored yet.
    """

    expected_version: int
    channel: ChannelId | None = None
    return_days: int = 7
    quality_days: int = 30
    price_days: int = 7
    review_hours: int = 24
    send_back_hours: int = 240
    inspect_hours: int = 48
    auto_approve_minor: int = 0
    freight_cap_minor: int = 1_200
    b_grade_percent: int = 70
    warehouse: WarehouseId | None = None
    return_label: bool = False


@needs(VERB, along=(CHANNEL,))
def set_aftersales_policy(tx: AftersalesTx, cmd: SetAftersalesPolicy, act: Act) -> AftersalesPolicy:
    """Store the policy; claims that are under way keep their deadlines. Raises NotFound, VersionConflict, InvalidValue."""
    _demand(act, cmd.channel)
    if cmd.channel is not None and tx.channels.find(cmd.channel) is None:
        raise NotFound(what="channel", key=str(cmd.channel))
    if cmd.warehouse is not None:
        tx.warehouses.get(cmd.warehouse)
    key = policy_id(cmd.channel)
    stored = tx.aftersales_policies.lock([key]).get(key)
    current = 0 if stored is None else stored.version
    if current != cmd.expected_version:
        raise VersionConflict(
            what="aftersales policy", key=str(key), expected_version=cmd.expected_version, current_version=current
        )
    fields: dict[str, Any] = attrs.asdict(cmd, recurse=False)
    fields.pop("expected_version")
    channel, warehouse = fields.pop("channel"), fields.pop("warehouse")
    policy = AftersalesPolicy(id=key, channel_id=channel, warehouse_id=warehouse, version=current + 1, **fields)
    if stored is None:
        tx.aftersales_policies.add(policy)
    else:
        tx.aftersales_policies.save(policy)
    write_line(tx, act, "aftersales-policy", policy, "set", before=None if stored is None else stored.state)
    return policy


@attrs.frozen
class GetAftersalesPolicy:
    """Whose policy."""

    channel: ChannelId | None = None


@needs(VERB, along=(CHANNEL,))
def get_aftersales_policy(views: AftersalesViews, query: GetAftersalesPolicy, act: Act) -> AftersalesPolicy:
    """The policy in force there: the channel's own, else the house's, else the built-in one.

    Its version is that of the policy stored for just this place: 0 where there is none.
    """
    _demand(act, query.channel)
    own = policy_id(query.channel)
    found = policy_for(views, query.channel)
    return found if found.id == own and found.version else attrs.evolve(found, id=own, channel_id=query.channel, version=0)


@needs(VERB, along=(CHANNEL,))
def list_aftersales_policies(views: AftersalesViews, query: None, act: Act) -> tuple[AftersalesPolicy, ...]:
    """Every stored policy of the channels within reach, the house's first where that is."""
    del query
    stored = views.stored_aftersales_policies()
    return tuple(one for one in stored if act.may(VERB, Scope(channel=one.channel_id or HOUSE)))


def policy_for(source: AftersalesTx | AftersalesViews, channel_id: ChannelId | None) -> AftersalesPolicy:
    """What holds on a channel: its own policy, else the house's, else the built-in one."""
    own, house = policy_id(channel_id), policy_id(None)
    stored: Mapping[AftersalesPolicyId, AftersalesPolicy] = source.aftersales_policies.many([own, house])
    return stored.get(own) or stored.get(house) or built_in()


def _demand(act: Act, channel_id: ChannelId | None) -> None:
    act.demand(VERB, Scope(channel=channel_id or HOUSE))
