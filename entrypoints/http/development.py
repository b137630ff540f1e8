"""For development alone: play the buyer at the embedded payment provider. No house in production has these routes."""

from __future__ import annotations

from typing import Annotated

import attrs
import msgspec

from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.application.payments.ports import Gateways
from houtai.application.payments.queries import show_payment
from houtai.domain.ids import PaymentId
from houtai.domain.refusal import InvalidValue, Kind, NotFound, Refusal
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk, Notice
from houtai.entrypoints.http.payments import ReceiptOut, take_notice
from houtai.entrypoints.http.routes import Routes
from houtai.entrypoints.settings import DEVELOPMENT, Settings

ROUTES = Routes("development", "What a developer plays: buyers at the embedded payment provider. Absent in production.")


@attrs.define(eq=False, slots=False)
class ProviderNotAsked(Refusal):
    """The provider does not know the payment yet: the relay asks it within a second or two."""

    code = "development.provider-not-asked"
    kind = Kind.UNAVAILABLE
    text = "the provider has not been asked for payment {payment} yet; try again in a second"

    payment: str
    retry_after_s: int = 1


class BuyersDeed(wire.Wire):
    """What the buyer does: pays what was asked for or another `amount`, or is declined by their bank with this text.

    The provider calls back about it `copies` times.
    """

    amount: wire.Money | None = None
    copies: Annotated[int, msgspec.Meta(ge=1, le=3)] = 1
    decline: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None


class DeliveredOut(wire.Wire):
    """What became of each notice that the provider had to deliver, in its order."""

    notices: tuple[ReceiptOut, ...]


def plays(settings: Settings, gateways: Gateways) -> bool:
    """Whether a process has these routes: in development, where an embedded provider runs."""
    return settings.env == DEVELOPMENT and any(isinstance(gateway, EmbeddedGateway) for gateway in gateways.values())


@ROUTES.post("/development/payments/{payment_id}/pay", show_payment, keyed=False, refuses=(ProviderNotAsked,))
def post_development_payment_pay(desk: Desk, payment_id: wire.Id, body: BuyersDeed) -> DeliveredOut:
    """Play the buyer at the embedded provider, and take its signed callbacks as if they had come over HTTP.

    Twice is paid twice: a buyer has no Idempotency-Key. Answered once the house has taken every notice.
    """
    payment = desk.ask(show_payment, PaymentId(payment_id))
    gateway = desk.gateways.get(payment.provider)
    if not isinstance(gateway, EmbeddedGateway):
        raise NotFound(what="payment at an embedded provider", key=str(payment_id))
    if body.decline is not None and body.amount is not None:
        raise InvalidValue(field="amount", rule="must be left out where the payment is declined")
    with gateway.alone():
        if not gateway.knows(payment.id):
            raise ProviderNotAsked(payment=str(payment_id))
        if body.decline is None:
            gateway.pay(payment.id, None if body.amount is None else body.amount.value())
        else:
            gateway.decline(payment.id, body.decline)
        calls = gateway.callbacks(copies=body.copies)
    receipts = [take_notice(desk, gateway, Notice(call.raw, call.headers)) for call in calls]
    return DeliveredOut(tuple(ReceiptOut(receipt.outcome, receipt.repeated) for receipt in receipts))
