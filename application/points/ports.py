"""What points are kept in. An account is locked before its lots: after payments and orders, before coupons and stock."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Protocol
from uuid import UUID

from houtai.application.customers.ports import CustomersTx, CustomersViews
from houtai.application.ledger.ports import LedgerTx
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.domain.ids import PaymentId
from houtai.domain.points.account import PointsAccount, PointsAccountId, PointsEntry, PointsLot, PointsLotId, PointsPayment
from houtai.domain.points.adjustment import PointsAdjustment, PointsAdjustmentId
from houtai.domain.points.policy import PointsPolicy, PointsPolicyId

ACCOUNTS_OF: Final[Index[PointsAccount, UUID]] = Index("customer_id", lambda account: account.customer_id)
POINTS_ACCOUNTS: Final[Records[PointsAccountId, PointsAccount]] = Records(
    "points_accounts", PointsAccount, key=lambda account: account.id, indexes=(ACCOUNTS_OF,), logged=False
)
LOTS_WITH_POINTS: Final[Index[PointsLot, UUID]] = Index("open_of", lambda lot: lot.account_id if lot.left_points else None)
POINTS_LOTS: Final[Records[PointsLotId, PointsLot]] = Records(
    "points_lots", PointsLot, key=lambda lot: lot.id, indexes=(LOTS_WITH_POINTS,), logged=False
)
ENTRIES_OF: Final[Index[PointsEntry, UUID]] = Index("account_id", lambda entry: entry.account_id)
POINTS_ENTRIES: Final[Records[tuple[PointsAccountId, int], PointsEntry]] = Records(
    "points_entries", PointsEntry, key=lambda entry: entry.key, indexes=(ENTRIES_OF,), append_only=True
)
PAYMENTS_FROM: Final[Index[PointsPayment, UUID]] = Index("account_id", lambda payment: payment.account_id)
POINTS_PAYMENTS: Final[Records[PaymentId, PointsPayment]] = Records(
    "points_payments", PointsPayment, key=lambda payment: payment.payment_id, indexes=(PAYMENTS_FROM,), logged=False
)
ADJUSTMENTS_OF: Final[Index[PointsAdjustment, UUID]] = Index("customer_id", lambda adjustment: adjustment.customer_id)
ADJUSTMENTS_BY_STATE: Final[Index[PointsAdjustment, str]] = Index("state", lambda adjustment: adjustment.state.value)
POINTS_ADJUSTMENTS: Final[Records[PointsAdjustmentId, PointsAdjustment]] = Records(
    "points_adjustments",
    PointsAdjustment,
    key=lambda adjustment: adjustment.id,
    indexes=(ADJUSTMENTS_OF, ADJUSTMENTS_BY_STATE),
)
POINTS_POLICIES: Final[Records[PointsPolicyId, PointsPolicy]] = Records(
    "points_policies", PointsPolicy, key=lambda policy: policy.id, reference=True
)
RECORDS: Final[tuple[Records[Any, Any], ...]] = (
    POINTS_ACCOUNTS,
    POINTS_LOTS,
    POINTS_ENTRIES,
    POINTS_PAYMENTS,
    POINTS_ADJUSTMENTS,
    POINTS_POLICIES,
)


class PointsTx(LedgerTx, CustomersTx, Protocol):
    """What points write. Lots, rows and payments in points change only with their account locked."""

    @property
    def points_accounts(self) -> Rows[PointsAccountId, PointsAccount]:
        """One for each customer and currency."""

    @property
    def points_lots(self) -> Rows[PointsLotId, PointsLot]:
        """What came together and ends together."""

    @property
    def points_entries(self) -> Rows[tuple[PointsAccountId, int], PointsEntry]:
        """Every move, only ever added to."""

    @property
    def points_payments(self) -> Rows[PaymentId, PointsPayment]:
        """What each payment in points took, and what of it came back."""

    @property
    def points_adjustments(self) -> Rows[PointsAdjustmentId, PointsAdjustment]:
        """Points by hand."""

    @property
    def points_policies(self) -> Rows[PointsPolicyId, PointsPolicy]:
        """The rules by currency."""


class PointsViews(CustomersViews, Protocol):
    """What queries about points read."""

    @property
    def points_accounts(self) -> Reading[PointsAccountId, PointsAccount]:
        """By id or customer."""

    @property
    def points_lots(self) -> Reading[PointsLotId, PointsLot]:
        """By id, or those of an account that hold points."""

    @property
    def points_entries(self) -> Reading[tuple[PointsAccountId, int], PointsEntry]:
        """By account."""

    @property
    def points_payments(self) -> Reading[PaymentId, PointsPayment]:
        """By payment."""

    @property
    def points_adjustments(self) -> Reading[PointsAdjustmentId, PointsAdjustment]:
        """By id, customer or state."""

    @property
    def points_policies(self) -> Reading[PointsPolicyId, PointsPolicy]:
        """By id."""

    def points_ended(self, until: dt.datetime, limit: int) -> list[PointsAccountId]:
        """Accounts with lots that hold points and have ended by `until`, the earliest end first."""
