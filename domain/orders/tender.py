"""How an order is paid: in one or several tenders, each a payment of its own."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import PaymentId
from houtai.domain.money import MAX_MINOR
from houtai.domain.orders.refusals import TendersDiffer

MAX_TENDERS: Final = 10
MAX_PARTS: Final = 100  # of what a channel collected: marketplaces take dozens of vouchers for one order
POINTS: Final = "points"
"""The provider's name of a tender that is paid with the buyer's points, at once."""


class TenderState(enum.Enum):
    """Where one part of the payment stands, as the order sees it."""

    OPEN = "open"
    CAPTURED = "captured"
    FAILED = "failed"
    GIVEN_BACK = "given-back"  # its refund is requested; the refund itself tells how far it is


@attrs.frozen
class OrderTender:
    """One payment of the order: what it is to bring, and through whom."""

    payment_id: PaymentId
    provider: str
    amount_minor: int = attrs.field(validator=limits.between(1, MAX_MINOR))
    state: TenderState = TenderState.OPEN


@attrs.frozen
class TenderWish:
    """One payment that the buyer will make; without an amount it takes what the others leave."""

    payment: PaymentId
    provider: str = attrs.field(validator=limits.code)
    amount_minor: int | None = attrs.field(default=None, validator=attrs.validators.optional(limits.between(1, MAX_MINOR)))


def share(wishes: Sequence[TenderWish], payable_minor: int, currency: str) -> tuple[OrderTender, ...]:
    """The payments by what each is to bring; none where there is nothing to pay. Raises TendersDiffer."""
    if not payable_minor:
        return ()
    named = sum(wish.amount_minor or 0 for wish in wishes)
    amounts = [payable_minor - named if wish.amount_minor is None else wish.amount_minor for wish in wishes]
    if sum(amounts) != payable_minor or any(amount <= 0 for amount in amounts):
        raise TendersDiffer(tenders_minor=named, payable_minor=payable_minor, currency=currency)
    return tuple(OrderTender(wish.payment, wish.provider, amount) for wish, amount in zip(wishes, amounts, strict=True))
