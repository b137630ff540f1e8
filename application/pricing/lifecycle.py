"""What promotions, coupon templates and campaigns have alike: edited only as they were seen, and moved from state to state."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from houtai.application.ports import Rows
from houtai.application.pricing.ports import PricingTx
from houtai.application.pricing.reach import demand_goods, demand_own
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.moves import Moves, check_move
from houtai.domain.pricing.campaigns import Campaign
from houtai.domain.pricing.coupons import CouponTemplate
from houtai.domain.pricing.promotions import Promotion
from houtai.domain.refusal import NotFound, VersionConflict

R = TypeVar("R", Promotion, CouponTemplate, Campaign)
T = TypeVar("T", Promotion, CouponTemplate)
K = TypeVar("K", bound=UUID)


def lock_terms(rows: Rows[K, T], key: K, expected_version: int, verb: str, what: str, act: Act) -> T:
    """What has terms of goods and channels, locked for its next version. Raises NotFound, Forbidden, VersionConflict."""
    record = rows.lock([key]).get(key)
    if record is None:
        raise NotFound(what=what, key=str(key))
    demand_own(act, verb, what, key, record.scope, record.channels)
    demand_goods(act, verb, record.channels, record.scope)
    check_version(what, record, expected_version)
    return record


def check_version(what: str, record: Promotion | CouponTemplate | Campaign, expected_version: int) -> None:
    """Refuse with VersionConflict an edit that rests on another version."""
    if record.version != expected_version:
        raise VersionConflict(what=what, key=record.code, expected_version=expected_version, current_version=record.version)


def save_moved(tx: PricingTx, rows: Rows[Any, R], old: R, new: R, moves: Moves[Any], what: str, act: Act) -> R:
    """The locked record in its new state, saved, with its line in the timeline of `what`. Raises IllegalMove."""
    check_move(what, moves, old.state, new.state)
    rows.save(new)
    write_line(tx, act, what.replace(" ", "-"), new, new.state.value, before=old.state)
    return new
