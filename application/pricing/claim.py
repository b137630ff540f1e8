"""Take an order's coupons and budgets, make their use final, or give them back: each once, however often it is called."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs

from houtai.application.pricing.ports import ENTRY_BY_ORDER, REDEMPTION_BY_ORDER, PricingTx
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import CampaignId, CouponId, CustomerId, OrderId
from houtai.domain.pricing.campaigns import Budget, BudgetEntry, BudgetMove, entry_for
from houtai.domain.pricing.coupons import Coupon, CouponState, Redemption, RedemptionState, redemption_of
from houtai.domain.pricing.quote import Quote
from houtai.domain.refusal import NotFound


@attrs.frozen
class _Wanted:
    """What an order draws: amounts by coupon and by campaign."""

    coupons: Mapping[CouponId, int]
    campaigns: Mapping[CampaignId, int]


def claim_discounts(tx: PricingTx, quote: Quote, order_id: OrderId, buyer_id: CustomerId | None, act: Act) -> None:
    """Lock the quote's coupons for the order and reserve its campaigns' budgets; what the order holds already stays as it is.

    Raises CouponSpent, CouponNotValidNow or NotFound for a coupon and BudgetSpent for a campaign, before anything is written.
    """
    _claim(tx, _Wanted(quote.coupon_amounts, quote.campaign_amounts), order_id, buyer_id, act)


def claim_again(tx: PricingTx, order_id: OrderId, buyer_id: CustomerId | None, act: Act) -> None:
    """Take once more what the order gave back, for one that comes to life again (paid late). Refuses like the first claim."""
    coupons = {row.coupon_id: row.amount_minor for row in tx.redemptions.by(REDEMPTION_BY_ORDER, order_id)}
    entries = tx.budget_entries.by(ENTRY_BY_ORDER, order_id)
    campaigns = {entry.campaign_id: entry.amount_minor for entry in entries if entry.move is BudgetMove.RESERVED}
    _claim(tx, _Wanted(coupons, campaigns), order_id, buyer_id, act)


def redeem(tx: PricingTx, order_id: OrderId, act: Act) -> None:
    """The order is paid: its locked coupons are used."""
    rows = tx.redemptions.by(REDEMPTION_BY_ORDER, order_id)
    for coupon in _held(tx, rows, order_id):
        if coupon.state is CouponState.LOCKED:
            used = coupon.moved(CouponState.REDEEMED, order_id)
            _write(tx, coupon, used, _row(rows, used, order_id, RedemptionState.REDEEMED, act), act)


def give_back(tx: PricingTx, order_id: OrderId, act: Act) -> None:
    """No item of the order is retained: its coupons come back with their old end, its budgets are free again (R-8)."""
    rows = tx.redemptions.by(REDEMPTION_BY_ORDER, order_id)
    forfeited = {row.coupon_id for row in rows if row.state is RedemptionState.FORFEITED}
    coupons = [coupon for coupon in _held(tx, rows, order_id) if coupon.id not in forfeited]
    returned = _take_back(tx, order_id, act)
    templates = tx.coupon_templates.many(coupon.template_id for coupon in coupons)
    for coupon in coupons:
        restored = coupon.restored(act.at, templates[coupon.template_id].grace_days)
        _write(tx, coupon, restored, _row(rows, restored, order_id, RedemptionState.RESTORED, act), act)
    for budget, entry in returned:
        tx.budgets.save(budget)
        tx.budget_entries.add(entry)


def forfeit(tx: PricingTx, order_id: OrderId, act: Act) -> None:
    """The order is done with items retained: its coupons never come back, whatever is returned later (R-8)."""
    rows = tx.redemptions.by(REDEMPTION_BY_ORDER, order_id)
    forfeited = {row.coupon_id for row in rows if row.state is RedemptionState.FORFEITED}
    for coupon in _held(tx, rows, order_id):
        if coupon.state is CouponState.REDEEMED and coupon.id not in forfeited:
            tx.redemptions.add(_row(rows, coupon, order_id, RedemptionState.FORFEITED, act))


def _claim(tx: PricingTx, wanted: _Wanted, order_id: OrderId, buyer_id: CustomerId | None, act: Act) -> None:
    """Lock and check both kinds, then write: a refusal of the second leaves no trace of the first."""
    claimable = _claimable(tx, wanted.coupons, order_id, buyer_id, act)
    spent = _spend(tx, wanted.campaigns, order_id, act)
    for coupon in claimable:
        locked = coupon.moved(CouponState.LOCKED, order_id)
        row = redemption_of(locked, order_id, RedemptionState.LOCKED, wanted.coupons[coupon.id], act.at)
        _write(tx, coupon, locked, row, act)
    for budget, entry in spent:
        tx.budgets.save(budget)
        tx.budget_entries.add(entry)


def _claimable(
    tx: PricingTx, coupon_ids: Collection[CouponId], order_id: OrderId, buyer_id: CustomerId | None, act: Act
) -> list[Coupon]:
    """The coupons, locked, without those that the order holds already."""
    found = tx.coupons.lock(coupon_ids) if coupon_ids else {}
    claimable: list[Coupon] = []
    for coupon_id in coupon_ids:
        coupon = found.get(coupon_id)
        if coupon is None or coupon.customer_id is None or coupon.customer_id != buyer_id:
            raise NotFound(what="coupon", key=str(coupon_id))
        if coupon.order_id != order_id:
            coupon.check_usable(act.at)
            claimable.append(coupon)
    return claimable


def _spend(tx: PricingTx, campaigns: Mapping[CampaignId, int], order_id: OrderId, act: Act) -> list[tuple[Budget, BudgetEntry]]:
    """The budgets with the order's draw on them, without those that it draws on already. Raises BudgetSpent."""
    budgets = tx.budgets.lock(campaigns) if campaigns else {}
    entries = tx.budget_entries.by(ENTRY_BY_ORDER, order_id) if budgets else []
    spent: list[tuple[Budget, BudgetEntry]] = []
    for campaign_id, budget in budgets.items():
        own = [entry for entry in entries if entry.campaign_id == campaign_id]
        if sum(entry.uses for entry in own) == 0:
            amount = campaigns[campaign_id]
            entry = entry_for(campaign_id, order_id, BudgetMove.RESERVED, amount, act.at, earlier=len(own))
            spent.append((budget.spend(amount), entry))
    return spent


def _take_back(tx: PricingTx, order_id: OrderId, act: Act) -> list[tuple[Budget, BudgetEntry]]:
    """The budgets without the order's draw, where it still draws."""
    campaign_ids = {entry.campaign_id for entry in tx.budget_entries.by(ENTRY_BY_ORDER, order_id)}
    budgets = tx.budgets.lock(campaign_ids) if campaign_ids else {}
    entries = tx.budget_entries.by(ENTRY_BY_ORDER, order_id) if budgets else []  # as they are behind the lock
    returned: list[tuple[Budget, BudgetEntry]] = []
    for campaign_id, budget in budgets.items():
        own = [entry for entry in entries if entry.campaign_id == campaign_id]
        if sum(entry.uses for entry in own) > 0:
            amount = sum(entry.amount_minor for entry in own)
            entry = entry_for(campaign_id, order_id, BudgetMove.RETURNED, amount, act.at, earlier=len(own))
            returned.append((budget.take_back(amount), entry))
    return returned


def _held(tx: PricingTx, rows: list[Redemption], order_id: OrderId) -> list[Coupon]:
    """The coupons that the order holds now, locked, out of all that it ever held."""
    coupon_ids = {row.coupon_id for row in rows}
    found = tx.coupons.lock(coupon_ids) if coupon_ids else {}
    return [coupon for coupon in found.values() if coupon.order_id == order_id]


def _row(rows: list[Redemption], coupon: Coupon, order_id: OrderId, state: RedemptionState, act: Act) -> Redemption:
    """The next row of a coupon's use, with the amount that it was locked for."""
    amount = next(row.amount_minor for row in rows if row.coupon_id == coupon.id)
    return redemption_of(coupon, order_id, state, amount, act.at)


def _write(tx: PricingTx, before: Coupon, after: Coupon, row: Redemption, act: Act) -> None:
    tx.coupons.save(after)
    tx.redemptions.add(row)
    write_line(tx, act, "coupon", after, row.state.value, before=before.state, details={"order_id": str(row.order_id)})
