"""A payment: one tender of one order, from the request to the captured money and what of it is to go back."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, CustomerId, OrderId, PaymentId
from houtai.domain.money import Money
from houtai.domain.moves import Moves, check_move
from houtai.domain.payments.refusals import RefundOverPayment, RefundOverRest
from houtai.domain.refusal import CurrencyMismatch, InvalidValue


class Tender(enum.Enum):
    """By what an order is paid, and with that where the money lies."""

    GATEWAY = "gateway"  # a payment provider of ours collects it
    CHANNEL = "channel"  # the sales channel collected it and settles later
    SUBSIDY = "subsidy"  # the platform pays it in the buyer's place
    POINTS = "points"  # the buyer pays with points, which were worth something to us before


POINTS_PROVIDER: Final = "points"
"""Through whom a payment in points goes: nobody outside."""


class PaymentState(enum.Enum):
    """Where a payment stands."""

    PENDING = "pending"
    UNKNOWN = "unknown"  # asked the provider and got no answer: it is asked again, never told again
    CAPTURED = "captured"
    FAILED = "failed"
    EXPIRED = "expired"


# Captured money is captured, however late its news: the order above decides what becomes of it.
MOVES: Moves[PaymentState] = {
    PaymentState.PENDING: {PaymentState.UNKNOWN, PaymentState.CAPTURED, PaymentState.FAILED, PaymentState.EXPIRED},
    PaymentState.UNKNOWN: {PaymentState.PENDING, PaymentState.CAPTURED, PaymentState.FAILED, PaymentState.EXPIRED},
    PaymentState.FAILED: {PaymentState.CAPTURED},
    PaymentState.EXPIRED: {PaymentState.CAPTURED},
    PaymentState.CAPTURED: set(),
}


class Verdict(enum.Enum):
    """What a report of captured money means for a payment."""

    FIRST = "first"
    REPEATED = "repeated"  # money that is in the books already
    EXCESS = "excess"  # money that came in a second time
    WRONG_AMOUNT = "wrong-amount"
    WRONG_CURRENCY = "wrong-currency"


@attrs.frozen
class Capture:
    """Money that came in. `ref` is the provider's name for it: two reports with one ref are about the same money."""

    ref: str = attrs.field(validator=limits.text(1, 200))
    amount_minor: int
    at: dt.datetime = attrs.field(validator=limits.aware)
    excess: bool = False


def _more_than_nothing(_: object, attribute: attrs.Attribute[Money], value: Money) -> None:
    if value.minor <= 0:
        raise InvalidValue(field=attribute.name, rule="must be more than nothing")


@attrs.frozen
class Payment:
    """One tender of one order.

    `refund_minor` is what its refunds have taken or may still take (M4), `refunded_minor` what has gone back for sure.
    `ask_at` is when the provider is to be asked how it stands.
    """

    id: PaymentId
    order_id: OrderId
    channel_id: ChannelId | None
    customer_id: CustomerId | None
    tender: Tender
    provider: str = attrs.field(validator=limits.code)
    amount: Money = attrs.field(validator=_more_than_nothing)
    created_at: dt.datetime = attrs.field(validator=limits.aware)
    state: PaymentState = PaymentState.PENDING
    provider_ref: str = attrs.field(default="", validator=limits.text(0, 200))
    pay_url: str = attrs.field(default="", validator=limits.text(0, 2_000))
    captures: tuple[Capture, ...] = ()
    refund_minor: int = 0
    refunded_minor: int = 0
    ask_at: dt.datetime | None = None
    asks: int = 0
    error: str = attrs.field(default="", validator=limits.text(0, 500))
    version: int = 1

    @property
    def captured_minor(self) -> int:
        """All the money that came in, excess included."""
        return sum(capture.amount_minor for capture in self.captures)

    @property
    def rest(self) -> Money:
        """What can still be refunded."""
        return Money(self.captured_minor - self.refund_minor, self.amount.currency)

    def judge(self, amount: Money, ref: str) -> Verdict:
        """What a report of `amount` captured under `ref` means: it counts only to the cent, in the currency asked for."""
        if any(capture.ref == ref for capture in self.captures):
            return Verdict.REPEATED
        if amount.currency != self.amount.currency:
            return Verdict.WRONG_CURRENCY
        if amount.minor != self.amount.minor:
            return Verdict.WRONG_AMOUNT
        return Verdict.EXCESS if self.captures else Verdict.FIRST

    def captured(self, ref: str, at: dt.datetime) -> Payment:
        """With the money in; a second time it is excess. Raises IllegalMove."""
        excess = bool(self.captures)
        if not excess:
            check_move("payment", MOVES, self.state, PaymentState.CAPTURED)
        capture = Capture(ref, self.amount.minor, at, excess)
        return attrs.evolve(
            self,
            state=PaymentState.CAPTURED,
            captures=(*self.captures, capture),
            ask_at=None,
            error="",
            version=self.version + 1,
        )

    def moved(self, state: PaymentState, *, ask_at: dt.datetime | None = None, asks: int = 0, error: str = "") -> Payment:
        """In another state. Raises IllegalMove."""
        check_move("payment", MOVES, self.state, state)
        return attrs.evolve(self, state=state, ask_at=ask_at, asks=asks, error=error[:500], version=self.version + 1)

    def with_refund(self, amount: Money) -> Payment:
        """With `amount` set aside for a refund. Raises CurrencyMismatch, RefundOverPayment and RefundOverRest (M4, R-6)."""
        if amount.currency != self.amount.currency:
            raise CurrencyMismatch(left=self.amount.currency, right=amount.currency)
        if amount.minor <= 0:
            raise InvalidValue(field="amount", rule="must be more than nothing")
        if amount.minor > self.captured_minor:
            raise RefundOverPayment(wanted_minor=amount.minor, captured_minor=self.captured_minor, currency=amount.currency)
        if amount.minor > self.rest.minor:
            raise RefundOverRest(
                wanted_minor=amount.minor,
                rest_minor=self.rest.minor,
                captured_minor=self.captured_minor,
                currency=amount.currency,
            )
        return attrs.evolve(self, refund_minor=self.refund_minor + amount.minor, version=self.version + 1)

    def without_refund(self, amount: Money) -> Payment:
        """With `amount` no longer set aside."""
        return attrs.evolve(self, refund_minor=self.refund_minor - amount.minor, version=self.version + 1)

    def paid_back(self, amount: Money) -> Payment:
        """With `amount` of what was set aside gone back; a negative amount came back again."""
        return attrs.evolve(self, refunded_minor=self.refunded_minor + amount.minor, version=self.version + 1)
