"""Where merchants are kept."""

from __future__ import annotations

from typing import Any, Final, Protocol
from uuid import UUID

from houtai.application.ports import HouseTx, Index, Reading, Records, Rows
from houtai.domain.ids import CategoryId, MerchantId
from houtai.domain.merchants.commission import CommissionRate, RateKey
from houtai.domain.merchants.merchant import Merchant

BY_CODE: Index[Merchant, str] = Index("code", lambda merchant: merchant.code, unique=True)
BY_STATE: Index[Merchant, str] = Index("state", lambda merchant: merchant.state.value)
BY_ID: Index[Merchant, MerchantId] = Index("id", lambda merchant: merchant.id, unique=True)
MERCHANTS: Records[MerchantId, Merchant] = Records(
    "merchants", Merchant, lambda merchant: merchant.id, (BY_CODE, BY_STATE, BY_ID), reference=True
)
RATES_OF: Final[Index[CommissionRate, UUID]] = Index("merchant_id", lambda rate: rate.merchant_id)
COMMISSION_RATES: Final[Records[RateKey, CommissionRate]] = Records(
    "commission_rates", CommissionRate, lambda rate: rate.key, (RATES_OF,), append_only=True, reference=True
)
RECORDS: Final[tuple[Records[Any, Any], ...]] = (MERCHANTS, COMMISSION_RATES)


class MerchantsTx(HouseTx, Protocol):
    """What keeping merchants writes. Categories are only looked up, to see that they exist."""

    @property
    def merchants(self) -> Rows[MerchantId, Merchant]:
        """All sellers."""

    @property
    def commission_rates(self) -> Rows[RateKey, CommissionRate]:
        """Append-only: every rate that there ever was."""

    @property
    def categories(self) -> Rows[CategoryId, Any]:
        """Looked up only."""


class MerchantsViews(Protocol):
    """What queries about merchants read."""

    @property
    def merchants(self) -> Reading[MerchantId, Merchant]:
        """All sellers."""

    @property
    def commission_rates(self) -> Reading[RateKey, CommissionRate]:
        """Every rate that there ever was."""
