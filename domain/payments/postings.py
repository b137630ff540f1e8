"""Which accounts move when buyers' money moves: the money column of SM-SO and SM-RF."""

from __future__ import annotations

from collections.abc import Mapping

from houtai.domain.ids import ChannelId, CustomerId
from houtai.domain.ledger.account import AccountCode, party
from houtai.domain.ledger.journal import Entry, credit, debit
from houtai.domain.money import Money
from houtai.domain.payments.payment import Payment, Tender

LIES_IN: Mapping[Tender, AccountCode] = {
    Tender.GATEWAY: AccountCode.CASH,
    Tender.CHANNEL: AccountCode.CHANNEL_CLEARING,
    Tender.SUBSIDY: AccountCode.SUBSIDY_RECEIVABLE,
    Tender.POINTS: AccountCode.POINTS_LIABILITY,
}


def holder(payment: Payment) -> str:
    """Who holds the captured money: the provider, or the channel; of points, whose they were."""
    if payment.tender is Tender.POINTS and payment.customer_id is not None:
        return party("customer", payment.customer_id)
    if payment.tender is Tender.GATEWAY:
        return party("provider", payment.provider)
    return party("channel", payment.channel_id or payment.provider)


def owner(customer_id: CustomerId | None, channel_id: ChannelId | None) -> str:
    """In whose name the money is held until delivery: the customer, or the channel of an unknown one, or empty."""
    if customer_id is not None:
        return party("customer", customer_id)
    return "" if channel_id is None else party("channel", channel_id)


def captured(payment: Payment, amount: Money) -> tuple[Entry, ...]:
    """The money is in, the goods are not out: we owe them (Dr cash or clearing, Cr customer deposits)."""
    whose = owner(payment.customer_id, payment.channel_id)
    return (
        debit(LIES_IN[payment.tender], holder(payment), amount),
        credit(AccountCode.CUSTOMER_DEPOSITS, whose, amount),
    )


def refund_owed(payment: Payment, amount: Money) -> tuple[Entry, ...]:
    """We owe the money instead of the goods (Dr customer deposits, Cr refund payable)."""
    whose = owner(payment.customer_id, payment.channel_id)
    return (
        debit(AccountCode.CUSTOMER_DEPOSITS, whose, amount),
        credit(AccountCode.REFUND_PAYABLE, whose, amount),
    )


def refunded(payment: Payment, amount: Money) -> tuple[Entry, ...]:
    """The money went back where it came from (Dr refund payable, Cr cash or clearing)."""
    whose = owner(payment.customer_id, payment.channel_id)
    return (
        debit(AccountCode.REFUND_PAYABLE, whose, amount),
        credit(LIES_IN[payment.tender], holder(payment), amount),
    )
