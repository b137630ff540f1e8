"""Points over HTTP: what a point is worth, what a customer has and why, and points by hand."""

from __future__ import annotations

from houtai.application.points.adjust import (
    AdjustPoints,
    DecidePointsAdjustment,
    adjust_points,
    approve_points_adjustment,
    reject_points_adjustment,
)
from houtai.application.points.policy import get_points_policy, set_points_policy
from houtai.application.points.queries import (
    ListPointsAdjustments,
    ListPointsEntries,
    PointsOf,
    list_points_adjustments,
    list_points_entries,
    show_points,
    show_points_adjustment,
)
from houtai.domain.ids import CustomerId
from houtai.domain.ledger.refusals import PeriodClosed
from houtai.domain.points.adjustment import PointsAdjustmentId, PointsAdjustmentState
from houtai.domain.points.refusals import NoPointsHere, PointsShort, PointValueFixed
from houtai.domain.refusal import VersionConflict
from houtai.entrypoints.http import points_wire as forms, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("points", "Customers' points: what they are worth, what each customer has, every row, and points by hand.")


class CurrencyQuery(wire.Wire):
    """In which currency."""

    currency: wire.Currency


class EntriesQuery(wire.PageQuery, kw_only=True):
    """In which currency, and which page."""

    currency: wire.Currency


class AdjustmentQuery(wire.PageQuery):
    """Which points by hand."""

    customer_id: wire.Id | None = None
    state: PointsAdjustmentState | None = None


@ROUTES.get("/points-policies/{currency}", get_points_policy)
def get_points_policy_of(desk: Desk, currency: wire.Code) -> forms.PointsPolicyOut:
    """See the rules of a currency's points."""
    return forms.policy_out(desk.ask(get_points_policy, currency))


@ROUTES.put("/points-policies/{currency}", set_points_policy, match="optional", refuses=(VersionConflict, PointValueFixed))
def put_points_policy_of(desk: Desk, currency: wire.Code, body: forms.PointsPolicyIn) -> forms.PointsPolicyOut:
    """Set the rules of a currency's points; the first ones without If-Match. What a point is worth stays."""
    return forms.policy_out(desk.perform(set_points_policy, body.command(desk.version_if_given or 0, currency)))


@ROUTES.get("/points/{customer_id}", show_points)
def get_points(desk: Desk, customer_id: wire.Id, query: CurrencyQuery) -> forms.PointsOut:
    """See what a customer has, lot by lot."""
    return forms.points_out(desk.ask(show_points, PointsOf(CustomerId(customer_id), query.currency)))


@ROUTES.get("/points/{customer_id}/entries", list_points_entries)
def get_points_entries(desk: Desk, customer_id: wire.Id, query: EntriesQuery) -> wire.Listed[forms.PointsEntryOut]:
    """List every row of a customer's points, newest first."""
    wish = ListPointsEntries(CustomerId(customer_id), query.currency, query.page())
    return wire.listed(desk.ask(list_points_entries, wish), forms.entry_out)


@ROUTES.post(
    "/points-adjustments",
    adjust_points,
    status=201,
    location="/points-adjustments/{id}",
    refuses=(NoPointsHere, PointsShort, PeriodClosed),
)
def post_points_adjustment(desk: Desk, body: forms.NewPointsAdjustment) -> forms.PointsAdjustmentOut:
    """Give a customer points, or take some away; above the policy's bound another person decides."""
    cmd = AdjustPoints(
        adjustment=PointsAdjustmentId(desk.new_id(body.id)),
        customer=CustomerId(body.customer_id),
        currency=body.currency,
        points=body.points,
        reason=body.reason,
    )
    return forms.adjustment_out(desk.perform(adjust_points, cmd))


@ROUTES.get("/points-adjustments", list_points_adjustments)
def get_points_adjustments(desk: Desk, query: AdjustmentQuery) -> wire.Listed[forms.PointsAdjustmentOut]:
    """List points by hand, newest first."""
    customer = None if query.customer_id is None else CustomerId(query.customer_id)
    wish = ListPointsAdjustments(customer, query.state, query.page())
    return wire.listed(desk.ask(list_points_adjustments, wish), forms.adjustment_out)


@ROUTES.get("/points-adjustments/{points_adjustment_id}", show_points_adjustment)
def get_points_adjustment(desk: Desk, points_adjustment_id: wire.Id) -> forms.PointsAdjustmentOut:
    """Look at points by hand."""
    return forms.adjustment_out(desk.ask(show_points_adjustment, PointsAdjustmentId(points_adjustment_id)))


@ROUTES.move("/points-adjustments/{points_adjustment_id}/approve", approve_points_adjustment, refuses=(PointsShort, PeriodClosed))
def post_points_adjustment_approve(
    desk: Desk, points_adjustment_id: wire.Id, body: forms.PointsDecision
) -> forms.PointsAdjustmentOut:
    """Let the points move; not by whoever asked for them."""
    return forms.adjustment_out(desk.perform(approve_points_adjustment, _decision(desk, points_adjustment_id, body)))


@ROUTES.move("/points-adjustments/{points_adjustment_id}/reject", reject_points_adjustment)
def post_points_adjustment_reject(
    desk: Desk, points_adjustment_id: wire.Id, body: forms.PointsDecision
) -> forms.PointsAdjustmentOut:
    """Refuse points by hand; not by whoever asked for them."""
    return forms.adjustment_out(desk.perform(reject_points_adjustment, _decision(desk, points_adjustment_id, body)))


def _decision(desk: Desk, adjustment_id: wire.Id, body: forms.PointsDecision) -> DecidePointsAdjustment:
    return DecidePointsAdjustment(PointsAdjustmentId(adjustment_id), desk.expected_version, body.note)
