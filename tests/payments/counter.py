"""A counter for tests: an office, one of the real gateways with its other side, and what goes to and fro between them."""

from __future__ import annotations

from typing import Any

from houtai.adapters.payments.embedded import Callback
from houtai.application.deliveries import Outside
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.payments.cashier import Cashier
from houtai.application.payments.notices import Receipt, ReceiveNotice, receive_notice
from houtai.application.payments.queries import ListCases, list_cases, show_payment, show_refund
from houtai.application.payments.refund import MoveRefund, RefundPayment, refund_payment, retry_refund
from houtai.application.relay import Relay
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, PaymentId, RefundId, new_id
from houtai.domain.payments.case import Case
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund
from tests.payments.kits import Kit
from tests.payments.till import Ask, ask_for_payment, let_order_expire, no_channel, yuan


class Counter:
    """Everything that a payment meets, with the outside played by a provider on loopback."""

    def __init__(self, office: Office, clock: Any, kit: Kit) -> None:
        self.office = office
        self.clock = clock
        self.kit = kit
        self.name = kit.gateway.name
        outside = Outside(office, {self.name: kit.gateway}, channel=no_channel)
        self.cashier = Cashier(office, outside.gateways)
        self.relay = Relay(office, outside.deliverers(), jitter=lambda _: 0)
        self.order = OrderId(new_id())

    @property
    def act(self) -> Act:
        return Act.of_system(self.clock.now())

    def request(self, amount: str = "20.00") -> PaymentId:
        payment = PaymentId(new_id())
        self.office.perform(ask_for_payment, Ask(payment, self.order, yuan(amount), self.name), self.act)
        self.relay.run_until_idle()
        return payment

    def paid(self, amount: str = "20.00") -> PaymentId:
        payment = self.request(amount)
        self.kit.pay(payment, None)
        self.bring(self.kit.paid(payment, "1"))
        return payment

    def bring(self, callback: Callback) -> Receipt:
        now = self.clock.now()
        notice = self.kit.gateway.parse_notice(callback.raw, callback.headers, now)
        return self.office.perform(receive_notice, ReceiveNotice(self.name, self.kit.gateway.recipient, notice), self.act)

    def refund(self, payment: PaymentId, amount: str) -> RefundId:
        refund = RefundId(new_id())
        self.office.perform(refund_payment, RefundPayment(refund, payment, yuan(amount), "buyer asked"), self.act)
        self.relay.run_until_idle()
        return refund

    def retry(self, refund: RefundId) -> None:
        move = MoveRefund(refund, self.refund_of(refund).version, "once more")
        self.office.perform(retry_refund, move, self.act)
        self.relay.run_until_idle()

    def expire(self) -> None:
        self.office.perform(let_order_expire, self.order, self.act)

    def ask_later(self) -> None:
        """Time goes on, and the providers are asked; what could not be delivered is tried again."""
        for _ in range(3):
            self.clock.advance(hours=1)
            self.relay.run_until_idle()
            self.cashier.ask_unknown()

    def payment(self, payment: PaymentId) -> Payment:
        return self.office.ask(show_payment, payment, self.act)

    def refund_of(self, refund: RefundId) -> Refund:
        return self.office.ask(show_refund, refund, self.act)

    def cases(self) -> list[Case]:
        return list(self.office.ask(list_cases, ListCases(Page(limit=100)), self.act).items)
