"""How payments say no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class PaymentDiffers(Refusal):
    """The payment's id is taken by one of another order or amount."""

    code = "payments.payment-differs"
    kind = Kind.CONFLICT
    text = "payment {payment} exists for another order, amount or provider"

    payment: str


@attrs.define(eq=False, slots=False)
class RefundDiffers(Refusal):
    """The refund's id is taken by one of another payment or amount."""

    code = "payments.refund-differs"
    kind = Kind.CONFLICT
    text = "refund {refund} exists for another payment or amount"

    refund: str


@attrs.define(eq=False, slots=False)
class RefundOverPayment(Refusal):
    """More than was ever captured (R-6)."""

    code = "payments.refund-over-payment"
    kind = Kind.INVALID
    text = "a refund of {wanted_minor} {currency} is over the {captured_minor} that were captured"

    wanted_minor: int
    captured_minor: int
    currency: str


@attrs.define(eq=False, slots=False)
class RefundOverRest(Refusal):
    """More than is left beside the refunds that were made, are under way or of unknown outcome (M4)."""

    code = "payments.refund-over-rest"
    kind = Kind.CONFLICT
    text = "a refund of {wanted_minor} {currency} is over the {rest_minor} that are left of {captured_minor} captured"

    wanted_minor: int
    rest_minor: int
    captured_minor: int
    currency: str


@attrs.define(eq=False, slots=False)
class NoticeNotGenuine(Refusal):
    """The signature is absent or not by the provider's key, or its time is more than the window off. Says no more than that."""

    code = "payments.notice-not-genuine"
    kind = Kind.UNAUTHENTICATED
    text = "the notice is not signed by the provider, or not of this moment"


@attrs.define(eq=False, slots=False)
class NoticeMalformed(Refusal):
    """Signed by the provider, and still not readable."""

    code = "payments.notice-malformed"
    kind = Kind.INVALID
    text = "the notice cannot be read: {what}"

    what: str
