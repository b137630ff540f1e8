"""Our ids as providers bear them, and back: at most 36 signs, letters, digits and one underscore, which all of them take."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from houtai.domain.ids import PaymentId, RefundId

_TRADE: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_REFUND: Final = re.compile(r"([0-9a-f]{32})_([1-9][0-9]{0,2})", re.ASCII)


def trade_no(payment_id: PaymentId) -> str:
    """What a payment is called with a provider."""
    return payment_id.hex


def payment_of(name: str) -> UUID | None:
    """The payment's id; None where it is no name of our making."""
    return UUID(name) if _TRADE.fullmatch(name) else None


def refund_no(refund_id: RefundId, attempt: int) -> str:
    """What one attempt of a refund is called with a provider: the same name twice is the same attempt."""
    return f"{refund_id.hex}_{attempt}"


def refund_of(name: str) -> tuple[UUID | None, int]:
    """The refund's id and the attempt; None and 1 where it is no name of our making."""
    found = _REFUND.fullmatch(name)
    return (UUID(found[1]), int(found[2])) if found else (None, 1)
