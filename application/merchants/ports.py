"""Where merchants are kept."""

from __future__ import annotations

from typing import Any, Final, Protocol

from houtai.application.ports import HouseTx, Index, Reading, Records, Rows
from houtai.domain.ids import MerchantId
from houtai.domain.merchants.merchant import Merchant

BY_CODE: Index[Merchant, str] = Index("code", lambda merchant: merchant.code, unique=True)
BY_STATE: Index[Merchant, str] = Index("state", lambda merchant: merchant.state.value)
BY_ID: Index[Merchant, MerchantId] = Index("id", lambda merchant: merchant.id, unique=True)
MERCHANTS: Records[MerchantId, Merchant] = Records(
    "merchants", Merchant, lambda merchant: merchant.id, (BY_CODE, BY_STATE, BY_ID), reference=True
)
RECORDS: Final[tuple[Records[Any, Any], ...]] = (MERCHANTS,)


class MerchantsTx(HouseTx, Protocol):
    """What keeping merchants writes."""

    @property
    def merchants(self) -> Rows[MerchantId, Merchant]:
        """All sellers."""


class MerchantsViews(Protocol):
    """What queries about merchants read."""

    @property
    def merchants(self) -> Reading[MerchantId, Merchant]:
        """All sellers."""
