"""A till for tests: an office, a provider, and the relay between them."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

from houtai.adapters.payments.embedded import Callback, EmbeddedGateway
from houtai.application.deliveries import Outside
from houtai.application.ledger.queries import ListBalances, list_balances
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.payments.cashier import Cashier
from houtai.application.payments.notices import Receipt, ReceiveNotice, receive_notice
from houtai.application.payments.ports import PaymentsTx
from houtai.application.payments.queries import (
    ListCases,
    ListRefunds,
    list_cases,
    list_refunds,
    show_payment,
    show_refund,
)
from houtai.application.payments.refund import RefundPayment, refund_payment
from houtai.application.payments.request import expire_payments, request_payment
from houtai.application.permission import needs
from houtai.application.relay import Relay
from houtai.domain.act import Act
from houtai.domain.event import Event
from houtai.domain.ids import ChannelId, CustomerId, OrderId, PaymentId, RefundId, new_id
from houtai.domain.money import Money
from houtai.domain.payments.case import Case
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund

SECRET = b"a secret between the provider and us"
CUSTOMER = CustomerId(new_id())
CHANNEL = ChannelId(new_id())
DEPOSITS = f"customer-deposits|customer:{CUSTOMER}|CNY"
OWED = f"refund-payable|customer:{CUSTOMER}|CNY"
CASH = "cash|provider:embedded|CNY"


@attrs.frozen
class Ask:
    payment: PaymentId
    order: OrderId
    amount: Money
    provider: str = "embedded"


@needs("tests.request")
def ask_for_payment(tx: PaymentsTx, cmd: Ask, act: Act) -> Payment:
    return request_payment(
        tx,
        payment_id=cmd.payment,
        order_id=cmd.order,
        amount=cmd.amount,
        provider=cmd.provider,
        act=act,
        channel_id=CHANNEL,
        customer_id=CUSTOMER,
    )


@needs("tests.expire")
def let_order_expire(tx: PaymentsTx, cmd: OrderId, act: Act) -> int:
    return len(expire_payments(tx, cmd, act))


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


class Till:
    """Everything that a payment meets, with the outside played by the embedded provider."""

    def __init__(self, office: Office, clock: Any) -> None:
        self.office = office
        self.clock = clock
        self.gateway = EmbeddedGateway(clock, secret=SECRET)
        self.outside = Outside(office, {"embedded": self.gateway}, channel=no_channel)
        self.cashier = Cashier(office, self.outside.gateways)
        self.relay = Relay(office, self.outside.deliverers(), jitter=lambda _: 0)
        self.order = OrderId(new_id())
        self.announced: list[Event] = []

    @property
    def act(self) -> Act:
        return Act.of_system(self.clock.now())

    def request(self, amount: str = "20.00", *, delivered: bool = True) -> PaymentId:
        payment = PaymentId(new_id())
        self.office.perform(ask_for_payment, Ask(payment, self.order, yuan(amount)), self.act)
        if delivered:
            self.relay.run_until_idle()
        return payment

    def paid(self, amount: str = "20.00") -> PaymentId:
        payment = self.request(amount)
        self.gateway.pay(payment)
        self.bring_all()
        return payment

    def bring(self, callback: Callback) -> Receipt:
        now = self.clock.now()
        notice = self.gateway.parse_notice(callback.raw, callback.headers, now)
        cmd = ReceiveNotice(self.gateway.name, self.gateway.recipient, notice)
        return self.office.perform(receive_notice, cmd, Act.of_system(now))

    def bring_all(self, *, copies: int = 1, shuffled: random.Random | None = None) -> list[Receipt]:
        return [self.bring(callback) for callback in self.gateway.callbacks(copies=copies, shuffled=shuffled)]

    def refund(self, payment: PaymentId, amount: str, *, delivered: bool = True) -> RefundId:
        refund = RefundId(new_id())
        self.office.perform(refund_payment, RefundPayment(refund, payment, yuan(amount), "buyer asked"), self.act)
        if delivered:
            self.relay.run_until_idle()
        return refund

    def payment(self, payment: PaymentId) -> Payment:
        return self.office.ask(show_payment, payment, self.act)

    def refund_of(self, refund: RefundId) -> Refund:
        return self.office.ask(show_refund, refund, self.act)

    def refunds(self) -> Sequence[Refund]:
        return self.office.ask(list_refunds, ListRefunds(Page(limit=100)), self.act).items

    def cases(self) -> list[Case]:
        return list(self.office.ask(list_cases, ListCases(Page(limit=100)), self.act).items)

    def balances(self) -> dict[str, int]:
        found = self.office.ask(list_balances, ListBalances(Page(limit=100)), self.act).items
        return {one.account.sort_key: one.balance_minor for one in found if one.balance_minor}

    def events(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.announced if isinstance(event, kind)]


def no_channel(channel: object) -> Any:
    message = f"nothing goes to channel {channel}"
    raise AssertionError(message)


def in_parallel(deed: Callable[[Any], Any], things: Iterable[Any]) -> list[Any]:
    """Results or raised errors, one a thing, all started behind one barrier."""
    things = list(things)
    barrier = threading.Barrier(len(things))
    results: list[Any] = []

    def run(thing: Any) -> None:
        barrier.wait()
        try:
            results.append(deed(thing))
        except Exception as error:  # noqa: BLE001  # whatever came is the result
            results.append(error)

    threads = [threading.Thread(target=run, args=(thing,)) for thing in things]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
