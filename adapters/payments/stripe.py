"""Stripe through its official library: hosted pages, refunds and bills; the library is loaded when it is first needed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs

from houtai.adapters.payments import stripe_words as words
from houtai.adapters.payments.names import refund_no, trade_no
from houtai.adapters.payments.signature import is_of_this_moment
from houtai.adapters.payments.wire import call, refuse_by_status
from houtai.application.payments.ports import AnswerLost, NothingDone
from houtai.application.ports import Clock
from houtai.domain import limits
from houtai.domain.ids import PaymentId, RefundId
from houtai.domain.money import Money
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.bill import Bill
from houtai.domain.payments.notice import MAX_NOTICE_BYTES, Notice
from houtai.domain.payments.refusals import NoticeMalformed, NoticeNotGenuine
from houtai.domain.refusal import InvalidValue, Refusal

T = TypeVar("T")

_PASSED_ON: Final = frozenset(
    {"authorization", "content-type", "idempotency-key", "stripe-version", "user-agent"}
)  # the library's further headers describe the machine
_REFUSED_FOR_US: Final = frozenset({401, 403, 404, 429})
_REPLAYED: Final = "idempotent-replayed"


@attrs.frozen
class StripeAccount:
    """What Stripe knows us by. `capture` is ``automatic``, or ``manual`` where money is granted first and captured later.

    `account_id` names the account where notices of several come to one address (Connect).
    """

    api_key: str = attrs.field(repr=False, validator=limits.text(8, 300))
    webhook_secret: str = attrs.field(repr=False, validator=limits.text(8, 300))
    return_url: str = attrs.field(validator=limits.text(1, 500))
    account_id: str = "own"
    description: str = "Order"
    capture: str = attrs.field(default="automatic", validator=attrs.validators.in_(("automatic", "manual")))
    url: str = "https://api.stripe.com"
    deadline_s: int = 15

    def __attrs_post_init__(self) -> None:
        if not (self.api_key.isascii() and self.webhook_secret.isascii()):
            raise InvalidValue(field="api_key", rule="and the webhook's secret hold nothing but ASCII signs")


class StripeGateway:
    """See `PaymentGateway`; its days are those of UTC.

    Our ids lie in the metadata of what Stripe keeps. Its search finds them there within a minute or so; what it does not find
    yet is told again under the same idempotency key, which doubles nothing.
    """

    acknowledgement = None

    def __init__(self, account: StripeAccount, clock: Clock, *, name: str = "stripe") -> None:
        """`name` is what payments call it by."""
        self.name = name
        self.recipient = words.recipient(account.account_id, live="_test_" not in account.api_key)
        self._account = account
        self._clock = clock
        self._made: Any = None

    def create(self, payment_id: PaymentId, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.create`."""
        if amount.currency in words.OTHER_UNITS:
            return self._failed(f"{amount.currency} is counted otherwise by Stripe")
        params, key = self._session(payment_id, amount), f"create-{trade_no(payment_id)}"
        try:
            session = self._told(lambda client: client.v1.checkout.sessions.create(params, {"idempotency_key": key}))
            if session.last_response.headers.get(_REPLAYED) == "true":  # it stands there as it was when it was made
                expand: Any = {"expand": ["payment_intent.latest_charge"]}
                session = self._told(lambda client: client.v1.checkout.sessions.retrieve(session.id, expand))
        except _Refused as refused:
            return self._failed(str(refused))
        return words.of_session(_plain(session), self._clock.now())

    def query(self, payment_id: PaymentId) -> GatewayAnswer:
        """See `PaymentGateway.query`."""
        found = self._intent(payment_id)
        if found is None:
            return GatewayAnswer(Standing.NOT_KNOWN, self._clock.now())
        return words.of_intent(found, self._clock.now())

    def capture(self, payment_id: PaymentId, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.capture`. More than was granted is not taken."""
        found = self._intent(payment_id)
        if found is None or found["status"] != "requires_capture":
            return self.query(payment_id)
        params = {"amount_to_capture": amount.minor, "expand": ["latest_charge"]}
        options = {"idempotency_key": f"capture-{trade_no(payment_id)}-{amount.minor}"}
        try:
            intent = self._told(lambda client: client.v1.payment_intents.capture(found["id"], params, options))
        except _Refused as refused:
            return attrs.evolve(self.query(payment_id), error=str(refused))
        return words.of_intent(_plain(intent), self._clock.now())

    def refund(self, payment_id: PaymentId, refund_id: RefundId, attempt: int, key: UUID, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.refund`."""
        paid = self._paid(payment_id)
        metadata = {"refund": refund_no(refund_id, attempt)}
        params = {"payment_intent": paid["id"], "amount": amount.minor, "metadata": metadata}
        try:
            made = self._told(lambda client: client.v1.refunds.create(params, {"idempotency_key": f"refund-{key.hex}"}))
        except _Refused as refused:
            return self._failed(str(refused))
        return words.of_refund(_plain(made), self._clock.now())

    def query_refund(self, payment_id: PaymentId, refund_id: RefundId, attempt: int, key: UUID) -> GatewayAnswer:
        """See `PaymentGateway.query_refund`. The list of a payment's refunds is never behind, as the search is."""
        found = self._intent(payment_id)
        if found is None:
            return GatewayAnswer(Standing.NO_ANSWER, self._clock.now(), error="Stripe's search does not know the payment yet")
        params: Any = {"payment_intent": found["id"], "limit": 100}
        for made in self._all(lambda client: client.v1.refunds.list(params)):
            if made.get("metadata", {}).get("refund") == refund_no(refund_id, attempt):
                return words.of_refund(made, self._clock.now())
        return GatewayAnswer(Standing.NOT_KNOWN, self._clock.now())

    def bill(self, day: dt.date) -> Bill:
        """See `PaymentGateway.bill`."""
        begin = dt.datetime.combine(day, dt.time(), dt.UTC)
        end = begin + dt.timedelta(days=1)
        if end > self._clock.now():
            raise NothingDone("the day is not over")
        span = {"gte": int(begin.timestamp()), "lt": int(end.timestamp())}
        params: Any = {"created": span, "limit": 100, "expand": ["data.source"]}
        told = self._all(lambda client: client.v1.balance_transactions.list(params))
        try:
            lines = tuple(map(words.bill_line, told))
        except (KeyError, TypeError, ValueError, AttributeError, Refusal) as error:
            raise AnswerLost("the bill cannot be read") from error
        return Bill(self.name, day, lines, json.dumps(told, ensure_ascii=False).encode())

    def parse_notice(self, raw: bytes, headers: Mapping[str, str], now: dt.datetime) -> Notice:
        """See `PaymentGateway.parse_notice`. The library checks the signature, and we the time, both ways and by our clock."""
        library = _library()
        given = {name.lower(): value for name, value in headers.items()}.get("stripe-signature", "")
        if not given.isascii():
            raise NoticeNotGenuine
        try:
            library.WebhookSignature.verify_header(raw, given, self._account.webhook_secret)
        except (library.SignatureVerificationError, UnicodeDecodeError) as forged:
            raise NoticeNotGenuine from forged
        if not is_of_this_moment(_timestamp(given), now):
            raise NoticeNotGenuine
        if len(raw) > MAX_NOTICE_BYTES:
            raise NoticeMalformed(what="too long")
        try:
            return words.notice(raw.decode(), json.loads(raw), self._account.account_id)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, Refusal) as error:
            raise NoticeMalformed(what=type(error).__name__) from error

    def _session(self, payment_id: PaymentId, amount: Money) -> dict[str, Any]:
        """A page on which the buyer pays once, by whatever means the account offers."""
        account, metadata = self._account, {"payment": trade_no(payment_id)}
        product = {"name": account.description}
        price = {"currency": amount.currency.lower(), "unit_amount": amount.minor, "product_data": product}
        return {
            "mode": "payment",
            "client_reference_id": metadata["payment"],
            "line_items": [{"quantity": 1, "price_data": price}],
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata, "capture_method": account.capture},
            "success_url": account.return_url,
            "cancel_url": account.return_url,
        }

    def _intent(self, payment_id: PaymentId) -> dict[str, Any] | None:
        """What became of the page: the paid intent where there is one, else the newest."""
        query = f"metadata['payment']:'{trade_no(payment_id)}'"
        params: Any = {"query": query, "limit": 100, "expand": ["data.latest_charge"]}
        found = self._all(lambda client: client.v1.payment_intents.search(params))
        return max(found, key=lambda intent: (intent["status"] == "succeeded", intent["created"]), default=None)

    def _paid(self, payment_id: PaymentId) -> dict[str, Any]:
        """The intent that a refund is taken from. Raises NothingDone: to look for it does nothing."""
        try:
            found = self._intent(payment_id)
        except AnswerLost as lost:
            raise NothingDone(str(lost)) from lost
        if found is None:
            raise NothingDone("Stripe's search does not know the payment yet")
        return found

    def _failed(self, error: str) -> GatewayAnswer:
        return GatewayAnswer(Standing.FAILED, self._clock.now(), error=error[:500])

    def _all(self, ask: Callable[[Any], Any]) -> list[dict[str, Any]]:
        """Every object of a list, page by page. Raises NothingDone and AnswerLost."""
        try:
            return self._told(lambda client: [_plain(one) for one in ask(client).auto_paging_iter()])
        except _Refused as refused:
            raise NothingDone(str(refused)) from refused

    def _told(self, ask: Callable[[Any], T]) -> T:
        """One call of the library. Raises NothingDone, AnswerLost, and _Refused for a definite no."""
        library = _library()
        if self._made is None:
            account = self._account
            transport = _transport(library, account.deadline_s)
            self._made = library.StripeClient(
                account.api_key, base_addresses={"api": account.url}, max_network_retries=0, http_client=transport
            )
        try:
            return ask(self._made)
        except (library.InvalidRequestError, library.CardError) as refused:
            if refused.http_status in _REFUSED_FOR_US:
                raise NothingDone(_why(refused)) from refused
            raise _Refused(_why(refused)) from refused
        except library.IdempotencyError as busy:
            raise AnswerLost(_why(busy)) from busy
        except library.StripeError as error:
            if error.http_status in _REFUSED_FOR_US:
                refuse_by_status(error.http_status)
            raise AnswerLost(_why(error)) from error


class _Refused(Exception):
    """Stripe says no, and that it is for good."""


def _library() -> ModuleType:
    """The official library. Raises NothingDone where the extra is not installed."""
    try:
        import stripe  # noqa: PLC0415  # an extra that most houses do without, and half a second to load
    except ImportError as error:
        raise NothingDone("install houtai[payments]") from error
    stripe.enable_telemetry = False
    return stripe


def _transport(library: ModuleType, deadline_s: int) -> Any:
    """A line for the library that has our deadline and says apart what was sent and what was not."""

    def request(_: Any, method: str, url: str, headers: Mapping[str, str], post_data: Any = None) -> tuple[bytes, int, Any]:
        passed = {name: value for name, value in headers.items() if name.lower() in _PASSED_ON}
        body = post_data.encode() if isinstance(post_data, str) else post_data
        answer = call(method.upper(), url, body, passed, deadline_s)
        return answer.raw, answer.status, answer.headers

    return type("Line", (library.HTTPClient,), {"name": "houtai", "request": request})()


def _plain(made: Any) -> dict[str, Any]:
    """One of the library's objects as it came."""
    found: dict[str, Any] = made.to_dict()
    return found


def _timestamp(header: str) -> str:
    """The time that the signature covers: the first one, as the library reads it."""
    return next((part.partition("=")[2] for part in header.split(",") if part.startswith("t=")), "")


def _why(error: Any) -> str:
    return f"HTTP {error.http_status} {error.code or type(error).__name__}: {error.user_message or ''}"[:300]
