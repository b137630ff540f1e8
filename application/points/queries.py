"""What people see of points: what a customer has and when it ends, the rows that led there, adjustments that wait."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.permission import needs
from houtai.application.points.ports import (
    ADJUSTMENTS_BY_STATE,
    ADJUSTMENTS_OF,
    ENTRIES_OF,
    LOTS_WITH_POINTS,
    PointsViews,
)
from houtai.application.ports import Index
from houtai.domain.act import Act
from houtai.domain.authority import Scope
from houtai.domain.ids import CustomerId
from houtai.domain.points.account import PointsAccount, PointsEntry, PointsLot, account_id
from houtai.domain.points.adjustment import PointsAdjustment, PointsAdjustmentId, PointsAdjustmentState
from houtai.domain.points.policy import policy_id
from houtai.domain.refusal import NotFound

READ = "points.read"


@attrs.frozen
class PointsOf:
    """Whose points, in which currency."""

    customer: CustomerId
    currency: str


@attrs.frozen
class PointsStanding:
    """What a customer has: the balance, what it is worth, and the lots that can be spent now, those that end first in front."""

    account: PointsAccount
    worth_minor: int
    lots: tuple[PointsLot, ...]


@needs(READ, own=True)
def show_points(views: PointsViews, query: PointsOf, act: Act) -> PointsStanding:
    """What the customer has, nothing where they never had any. Raises NotFound for a customer out of reach."""
    _demand(views, query.customer, act)
    key = account_id(query.customer, query.currency)
    account = views.points_accounts.find(key) or PointsAccount(key, query.customer, query.currency)
    lots = [lot for lot in views.points_lots.by(LOTS_WITH_POINTS, key) if lot.expires_at > act.at]
    policy = views.points_policies.find(policy_id(query.currency))
    spendable = sum(lot.left_points for lot in lots) - account.owed_points
    worth_minor = 0 if policy is None else policy.worth_minor(spendable)
    return PointsStanding(account, worth_minor, tuple(sorted(lots, key=lambda lot: (lot.expires_at, lot.id))))


@attrs.frozen
class ListPointsEntries:
    """Whose rows, newest first."""

    customer: CustomerId
    currency: str
    page: Page = attrs.field(factory=Page)


@needs(READ, own=True)
def list_points_entries(views: PointsViews, query: ListPointsEntries, act: Act) -> Slice[PointsEntry]:
    """Every row of the account. Raises NotFound for a customer out of reach."""
    _demand(views, query.customer, act)
    return views.points_entries.page(query.page, {ENTRIES_OF: account_id(query.customer, query.currency)})


@attrs.frozen
class ListPointsAdjustments:
    """Which adjustments, newest first: of one customer, in one state, or all."""

    customer: CustomerId | None = None
    state: PointsAdjustmentState | None = None
    page: Page = attrs.field(factory=Page)


@needs("points.read-adjustments")
def list_points_adjustments(views: PointsViews, query: ListPointsAdjustments, _: Act) -> Slice[PointsAdjustment]:
    """Points by hand, those that wait for a second person among them."""
    where: dict[Index[PointsAdjustment, Any], Any] = {}
    if query.customer is not None:
        where[ADJUSTMENTS_OF] = query.customer
    if query.state is not None:
        where[ADJUSTMENTS_BY_STATE] = query.state.value
    return views.points_adjustments.page(query.page, where)


@needs("points.read-adjustments")
def show_points_adjustment(views: PointsViews, query: PointsAdjustmentId, _: Act) -> PointsAdjustment:
    """One of them. Raises NotFound."""
    return views.points_adjustments.get(query)


def _demand(views: PointsViews, customer_id: CustomerId, act: Act) -> None:
    owners = act.authority.owners(READ, at=act.at)
    if (owners is not None and customer_id not in owners) or views.customers.find(customer_id) is None:
        raise NotFound(what="customer", key=str(customer_id))
    act.demand(READ, Scope(owner=customer_id))
