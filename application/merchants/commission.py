"""Setting and reading what the house keeps of a merchant's sales: every rate is a new version, none is changed."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.merchants.admit import locked_merchant
from houtai.application.merchants.ports import RATES_OF, MerchantsTx, MerchantsViews
from houtai.application.permission import MERCHANT, needs
from houtai.application.reach import demand_within
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import CategoryId, MerchantId
from houtai.domain.merchants.commission import WHOLE, CommissionRate
from houtai.domain.refusal import InvalidValue

SET = "merchants.set-commission"


@attrs.frozen
class SetCommission:
    """A merchant's new rate in basis points (a hundredth of a per cent), from `valid_from` on or at once.

    For the goods of a category and those below it, or for all that have no rate of their own.
    """

    merchant: MerchantId
    expected_version: int
    basis_points: int = attrs.field(validator=limits.between(0, WHOLE))
    valid_from: dt.datetime | None = None
    category: CategoryId | None = None
    reason: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(SET)
def set_commission(tx: MerchantsTx, cmd: SetCommission, act: Act) -> CommissionRate:
    """Put the rate into force; what was sold before keeps the version that it cites.

    Raises NotFound, VersionConflict of the merchant, and InvalidValue for a rate that would begin in the past.
    """
    merchant = locked_merchant(tx, act, SET, cmd.merchant, cmd.expected_version)
    valid_from = cmd.valid_from or act.at
    if valid_from < act.at:
        raise InvalidValue(field="valid_from", rule="must not lie in the past: what was sold keeps its rate")
    if cmd.category is not None:
        tx.categories.get(cmd.category)
    changed = attrs.evolve(merchant, commission_version=merchant.commission_version + 1, version=merchant.version + 1)
    rate = CommissionRate(merchant.id, changed.commission_version, cmd.basis_points, valid_from, act.at, cmd.category)
    tx.merchants.save(changed)
    tx.commission_rates.add(rate)
    details = {"rate": rate.version, "basis_points": rate.basis_points, "category": str(rate.category_id or "")}
    write_line(tx, act, "merchant", changed, "commission-set", before=merchant.state, reason=cmd.reason, details=details)
    return rate


@needs("merchants.read", along=(MERCHANT,))
def list_commissions(views: MerchantsViews, query: MerchantId, act: Act) -> tuple[CommissionRate, ...]:
    """Every rate that the merchant ever had, in order of version. NotFound also for another merchant's actor."""
    demand_within(act, "merchants.read", "merchant", query, merchant=query)
    views.merchants.get(query)
    return tuple(sorted(views.commission_rates.by(RATES_OF, query), key=lambda rate: rate.version))
