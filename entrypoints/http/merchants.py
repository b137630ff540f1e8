"""Merchants over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from houtai.application.merchants import admit, commission, queries
from houtai.domain.ids import CategoryId, MerchantId
from houtai.domain.merchants.commission import WHOLE, CommissionRate
from houtai.domain.merchants.merchant import Merchant, MerchantState
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("merchants", "Who sells through the house besides the house itself.")


class NewMerchant(wire.Wire):
    """A seller to be registered."""

    code: wire.Code
    name: wire.Name
    city: wire.Line = ""
    region: wire.Line = ""
    id: wire.Id | None = None


class MerchantChange(wire.Wire):
    """A seller's new particulars, whole."""

    name: wire.Name
    city: wire.Line = ""
    region: wire.Line = ""


class MerchantMove(wire.Wire):
    """Why a seller is let sell or suspended."""

    reason: wire.Reason


class MerchantOut(wire.Versioned):
    """A seller."""

    id: wire.Id
    code: str
    name: str
    city: str
    region: str
    state: MerchantState


class NewCommissionRate(wire.Wire):
    """What the house keeps of a merchant's sales from a moment on: of a category's goods, or of all that have no own rate."""

    basis_points: Annotated[int, Meta(ge=0, le=WHOLE, description="Hundredths of a per cent.")]
    valid_from: wire.Moment | None = None
    category_id: wire.Id | None = None
    reason: wire.Line = ""


class CommissionRateOut(wire.Wire):
    """One rate by its version, which order lines cite and nothing changes."""

    merchant_id: wire.Id
    version: int
    basis_points: int
    valid_from: dt.datetime
    set_at: dt.datetime
    category_id: wire.Id | None


class CommissionRatesOut(wire.Wire):
    """Every rate that a merchant ever had, in order of version."""

    items: tuple[CommissionRateOut, ...]


class MerchantQuery(wire.PageQuery):
    """Which sellers to list."""

    state: MerchantState | None = None


def merchant_out(merchant: Merchant) -> MerchantOut:
    """As it goes out."""
    return MerchantOut(
        id=merchant.id,
        code=merchant.code,
        name=merchant.name,
        city=merchant.city,
        region=merchant.region,
        state=merchant.state,
        version=merchant.version,
    )


@ROUTES.post("/merchants", admit.register_merchant, status=201, location="/merchants/{id}")
def post_merchant(desk: Desk, body: NewMerchant) -> MerchantOut:
    """Register a merchant.

    It sells once it is activated.
    """
    merchant = MerchantId(desk.new_id(body.id))
    cmd = admit.RegisterMerchant(merchant, body.code, body.name, body.city, body.region)
    return merchant_out(desk.perform(admit.register_merchant, cmd))


@ROUTES.get("/merchants", queries.list_merchants)
def get_merchants(desk: Desk, query: MerchantQuery) -> wire.Listed[MerchantOut]:
    """List merchants, newest first."""
    return wire.listed(desk.ask(queries.list_merchants, queries.ListMerchants(query.page(), query.state)), merchant_out)


@ROUTES.get("/merchants/{merchant_id}", queries.get_merchant)
def get_merchant(desk: Desk, merchant_id: wire.Id) -> MerchantOut:
    """Look at one merchant."""
    return merchant_out(desk.ask(queries.get_merchant, queries.GetMerchant(MerchantId(merchant_id))))


@ROUTES.put("/merchants/{merchant_id}", admit.edit_merchant)
def put_merchant(desk: Desk, merchant_id: wire.Id, body: MerchantChange) -> MerchantOut:
    """Replace a merchant's particulars."""
    cmd = admit.EditMerchant(MerchantId(merchant_id), desk.expected_version, body.name, body.city, body.region)
    return merchant_out(desk.perform(admit.edit_merchant, cmd))


@ROUTES.post("/merchants/{merchant_id}/activate", admit.move_merchant, match="required", refuses=(IllegalMove,))
def post_merchant_activate(desk: Desk, merchant_id: wire.Id, body: MerchantMove) -> MerchantOut:
    """Let a merchant sell."""
    return _move(desk, merchant_id, MerchantState.ACTIVE, body.reason)


@ROUTES.post("/merchants/{merchant_id}/suspend", admit.move_merchant, match="required", refuses=(IllegalMove,))
def post_merchant_suspend(desk: Desk, merchant_id: wire.Id, body: MerchantMove) -> MerchantOut:
    """Suspend a merchant.

    Its goods cannot be bought from the next order on.
    """
    return _move(desk, merchant_id, MerchantState.SUSPENDED, body.reason)


@ROUTES.post("/merchants/{merchant_id}/commission-rates", commission.set_commission, status=201, match="required")
def post_commission_rate(desk: Desk, merchant_id: wire.Id, body: NewCommissionRate) -> CommissionRateOut:
    """Set a merchant's commission rate, as a new version.

    What was sold before keeps the version that it cites. If-Match names the merchant's version.
    """
    cmd = commission.SetCommission(
        merchant=MerchantId(merchant_id),
        expected_version=desk.expected_version,
        basis_points=body.basis_points,
        valid_from=body.valid_from,
        category=None if body.category_id is None else CategoryId(body.category_id),
        reason=body.reason,
    )
    return rate_out(desk.perform(commission.set_commission, cmd))


@ROUTES.get("/merchants/{merchant_id}/commission-rates", commission.list_commissions)
def get_commission_rates(desk: Desk, merchant_id: wire.Id) -> CommissionRatesOut:
    """List every commission rate that a merchant ever had."""
    return CommissionRatesOut(tuple(map(rate_out, desk.ask(commission.list_commissions, MerchantId(merchant_id)))))


def rate_out(rate: CommissionRate) -> CommissionRateOut:
    """As it goes out."""
    return CommissionRateOut(
        merchant_id=rate.merchant_id,
        version=rate.version,
        basis_points=rate.basis_points,
        valid_from=rate.valid_from,
        set_at=rate.set_at,
        category_id=rate.category_id,
    )


def _move(desk: Desk, merchant_id: wire.Id, to: MerchantState, reason: str) -> MerchantOut:
    cmd = admit.MoveMerchant(MerchantId(merchant_id), desk.expected_version, to, reason)
    return merchant_out(desk.perform(admit.move_merchant, cmd))
