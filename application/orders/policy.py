"""Keeping the audit policies: which rules look at paid orders, of one channel or of all."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.application.orders.ports import OrdersTx, OrdersViews
from houtai.application.permission import CHANNEL, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.ids import ChannelId
from houtai.domain.money import Money
from houtai.domain.orders.policy import RULE_NAMES, AuditPolicy, built_in, policy_id
from houtai.domain.refusal import NotFound, VersionConflict

VERB = "orders.policy"


@attrs.frozen
class SetAuditPolicy:
    """The new policy of a channel, or with no channel of all that have none of their own; see AuditPolicy.

    `expected_version` is 0 where none is stored yet.
    """

    expected_version: int
    channel: ChannelId | None = None
    rules: frozenset[str] = frozenset(RULE_NAMES)
    amount_over: Money | None = None
    blocked_phones: tuple[str, ...] = attrs.field(default=(), metadata={SECRET: True})
    anomaly_percent: int = 30
    payment_minutes: int = 30
    merge_minutes: int = 0
    hold_hours: int = 24
    reserve_hours: int = 72


@needs(VERB, along=(CHANNEL,))
def set_audit_policy(tx: OrdersTx, cmd: SetAuditPolicy, act: Act) -> AuditPolicy:
    """Store the policy; orders that were looked at before keep what was found. Raises NotFound, VersionConflict, InvalidValue."""
    _demand(act, cmd.channel)
    if cmd.channel is not None and tx.channels.find(cmd.channel) is None:
        raise NotFound(what="channel", key=str(cmd.channel))
    key = policy_id(cmd.channel)
    stored = tx.audit_policies.lock([key]).get(key)
    current = 0 if stored is None else stored.version
    if current != cmd.expected_version:
        raise VersionConflict(what="audit policy", key=str(key), expected_version=cmd.expected_version, current_version=current)
    fields: dict[str, Any] = attrs.asdict(cmd, recurse=False)
    fields.pop("expected_version")
    policy = AuditPolicy(id=key, channel_id=fields.pop("channel"), version=current + 1, **fields)
    if stored is None:
        tx.audit_policies.add(policy)
    else:
        tx.audit_policies.save(policy)
    write_line(tx, act, "audit-policy", policy, "set", before=None if stored is None else stored.state)
    return policy


@attrs.frozen
class GetAuditPolicy:
    """Whose policy."""

    channel: ChannelId | None = None


@needs(VERB, along=(CHANNEL,))
def get_audit_policy(views: OrdersViews, query: GetAuditPolicy, act: Act) -> AuditPolicy:
    """The policy in force there: the channel's own, else the house's, else the built-in one.

    Its version is that of the policy stored for just this place: 0 where there is none.
    """
    _demand(act, query.channel)
    own, house = policy_id(query.channel), policy_id(None)
    stored = views.audit_policies.many([own, house])
    if own in stored:
        return stored[own]
    return attrs.evolve(stored.get(house) or built_in(), id=own, channel_id=query.channel, version=0)


def _demand(act: Act, channel_id: ChannelId | None) -> None:
    act.demand(VERB, Scope(channel=channel_id or HOUSE))
