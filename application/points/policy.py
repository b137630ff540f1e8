"""Keeping the rules of points: what one is worth, how long it lasts, how much of an order it may pay."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.application.permission import needs
from houtai.application.points.ports import PointsTx, PointsViews
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.points.policy import PointsPolicy, ShortBalance, policy_id
from houtai.domain.points.refusals import NoPointsHere, PointValueFixed
from houtai.domain.refusal import NotFound, VersionConflict

VERB = "points.policy"


@attrs.frozen
class SetPointsPolicy:
    """The new rules of a currency, see PointsPolicy; `expected_version` is 0 where there are none yet."""

    expected_version: int
    currency: str
    points_per_minor: int = 1
    valid_days: int = 365
    most_permille: int = 500
    grace_days: int = 0
    on_short: ShortBalance = ShortBalance.CASH
    adjust_alone_points: int = 0


@needs(VERB)
def set_points_policy(tx: PointsTx, cmd: SetPointsPolicy, act: Act) -> PointsPolicy:
    """Store the rules; points that are there keep their end. Raises VersionConflict, InvalidValue, and PointValueFixed."""
    key = policy_id(cmd.currency)
    stored = tx.points_policies.lock([key]).get(key)
    current = 0 if stored is None else stored.version
    if current != cmd.expected_version:
        raise VersionConflict(
            what="points policy", key=cmd.currency, expected_version=cmd.expected_version, current_version=current
        )
    if stored is not None and stored.points_per_minor != cmd.points_per_minor:
        raise PointValueFixed(currency=cmd.currency, points_per_minor=stored.points_per_minor)
    fields: dict[str, Any] = attrs.asdict(cmd, recurse=False)
    fields.pop("expected_version")
    policy = PointsPolicy(id=key, version=current + 1, **fields)
    if stored is None:
        tx.points_policies.add(policy)
    else:
        tx.points_policies.save(policy)
    write_line(tx, act, "points-policy", policy, "set", before=None if stored is None else stored.state)
    return policy


@needs(VERB)
def get_points_policy(views: PointsViews, query: str, _: Act) -> PointsPolicy:
    """The rules of a currency. Raises NotFound where there are none."""
    found = views.points_policies.find(policy_id(query))
    if found is None:
        raise NotFound(what="points policy", key=query)
    return found


def policy_of(source: PointsTx | PointsViews, currency: str) -> PointsPolicy:
    """The rules of a currency. Raises NoPointsHere."""
    found = source.points_policies.many([policy_id(currency)])
    for policy in found.values():
        return policy
    raise NoPointsHere(currency=currency)
