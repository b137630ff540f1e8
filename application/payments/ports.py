"""What payments are kept in, and the port to the providers that move the money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.ledger.ports import LedgerTx
from houtai.application.paging import Page, Slice
from houtai.application.points.ports import PointsTx, PointsViews
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.domain.ids import CaseId, ChannelId, OrderId, PaymentId, RefundId
from houtai.domain.money import Money
from houtai.domain.payments.answer import GatewayAnswer
from houtai.domain.payments.bill import Bill
from houtai.domain.payments.case import Case, CaseKind, CaseState
from houtai.domain.payments.notice import Notice, ProviderEvent
from houtai.domain.payments.payment import Payment, PaymentState
from houtai.domain.payments.refund import Refund, RefundState

EventKey = tuple[str, str]  # provider, its event id

OF_ORDER: Final[Index[Payment, UUID]] = Index("order_id", lambda payment: payment.order_id)
PAYMENTS_TO_ASK: Final[Index[Payment, dt.datetime]] = Index("ask_at", lambda payment: payment.ask_at)
PAYMENTS: Final[Records[PaymentId, Payment]] = Records(
    "payments", Payment, key=lambda payment: payment.id, indexes=(OF_ORDER, PAYMENTS_TO_ASK)
)

EVENTS_ABOUT: Final[Index[ProviderEvent, UUID]] = Index("ours", lambda event: event.ours)
PROVIDER_EVENTS: Final[Records[EventKey, ProviderEvent]] = Records(
    "provider_events",
    ProviderEvent,
    key=lambda event: (event.provider, event.event_id),
    indexes=(EVENTS_ABOUT,),
    append_only=True,
)

OF_PAYMENT: Final[Index[Refund, UUID]] = Index("payment_id", lambda refund: refund.payment_id)
REFUNDS_OF_ORDER: Final[Index[Refund, UUID]] = Index("order_id", lambda refund: refund.order_id)
REFUNDS_TO_ASK: Final[Index[Refund, dt.datetime]] = Index("ask_at", lambda refund: refund.ask_at)
REFUNDS: Final[Records[RefundId, Refund]] = Records(
    "refunds", Refund, key=lambda refund: refund.id, indexes=(OF_PAYMENT, REFUNDS_OF_ORDER, REFUNDS_TO_ASK)
)

CASES_ABOUT: Final[Index[Case, UUID]] = Index("subject_id", lambda case: case.subject_id)
CASES: Final[Records[CaseId, Case]] = Records("cases", Case, key=lambda case: case.id, indexes=(CASES_ABOUT,))

RECORDS: Final[tuple[Records[Any, Any], ...]] = (PAYMENTS, PROVIDER_EVENTS, REFUNDS, CASES)


class PaymentsTx(PointsTx, LedgerTx, Protocol):
    """What payments write. Rows are locked in the order payments, refunds, cases; whoever stands above locks theirs after."""

    @property
    def payments(self) -> Rows[PaymentId, Payment]:
        """One for each tender of an order."""

    @property
    def provider_events(self) -> Rows[EventKey, ProviderEvent]:
        """Append-only, one for each event of a provider (M11)."""

    @property
    def refunds(self) -> Rows[RefundId, Refund]:
        """Changed only with their payment locked (M4)."""

    @property
    def cases(self) -> Rows[CaseId, Case]:
        """What people have to settle."""


@attrs.frozen
class PaymentFilter:
    """Which payments; what is set must hold. `channels` None is every channel."""

    order_id: OrderId | None = None
    state: PaymentState | None = None
    provider: str | None = None
    channels: frozenset[ChannelId] | None = None


@attrs.frozen
class RefundFilter:
    """Which refunds; what is set must hold. `channels` None is every channel."""

    order_id: OrderId | None = None
    payment_id: PaymentId | None = None
    state: RefundState | None = None
    channels: frozenset[ChannelId] | None = None


@attrs.frozen
class CaseFilter:
    """Which cases; what is set must hold. `overdue_at` means due before then, `channels` None every channel and the house."""

    state: CaseState | None = None
    kind: CaseKind | None = None
    queue: str | None = None
    assignee: UUID | None = None
    subject_id: UUID | None = None
    overdue_at: dt.datetime | None = None
    channels: frozenset[ChannelId] | None = None


class PaymentsViews(PointsViews, Protocol):
    """Payments, refunds and cases as last committed."""

    @property
    def payments(self) -> Reading[PaymentId, Payment]:
        """By id or order."""

    @property
    def provider_events(self) -> Reading[EventKey, ProviderEvent]:
        """By event, or by what they are about."""

    @property
    def refunds(self) -> Reading[RefundId, Refund]:
        """By id, payment or order."""

    @property
    def cases(self) -> Reading[CaseId, Case]:
        """By id or subject."""

    def find_payments(self, page: Page, where: PaymentFilter) -> Slice[Payment]:
        """Payments by id."""

    def find_refunds(self, page: Page, where: RefundFilter) -> Slice[Refund]:
        """Refunds by id."""

    def find_cases(self, page: Page, where: CaseFilter) -> Slice[Case]:
        """Cases by due time, the most urgent first."""

    def next_question(self) -> dt.datetime | None:
        """When a provider is to be asked next about a payment or refund."""

    def next_delivery(self) -> dt.datetime | None:
        """When a message of the outbox is due next."""


class NothingDone(Exception):
    """The provider could not be reached: it has done nothing, and the same call may go through later."""


class AnswerLost(Exception):
    """The call went out and no answer came: it may or may not have been done."""


@attrs.frozen
class Acknowledgement:
    """The words that a provider wants to hear, with HTTP 200, when its notice was taken."""

    content: bytes
    media_type: str


class PaymentGateway(Protocol):
    """A payment provider. Every call is idempotent by our id; none is ever made inside a transaction.

    Calls to it raise NothingDone or AnswerLost within a deadline of their own. An answer that the provider signs and that is
    not signed well counts as lost.
    """

    @property
    def name(self) -> str:
        """What payments call it by."""

    @property
    def recipient(self) -> str:
        """Our account with it: notices about another one's money are not ours."""

    @property
    def acknowledgement(self) -> Acknowledgement | None:
        """What it wants to hear for a notice; None where any success will do."""

    def create(self, payment_id: PaymentId, amount: Money) -> GatewayAnswer:
        """Open a payment that the buyer then makes; the answer says where."""

    def query(self, payment_id: PaymentId) -> GatewayAnswer:
        """How the payment stands; NOT_KNOWN where the provider has never heard of it."""

    def capture(self, payment_id: PaymentId, amount: Money) -> GatewayAnswer:
        """Take the money that the buyer has granted; how it stands where the provider takes it as soon as the buyer pays."""

    def refund(self, payment_id: PaymentId, refund_id: RefundId, attempt: int, key: UUID, amount: Money) -> GatewayAnswer:
        """Pay back; `key` is the same for every call of one attempt."""

    def query_refund(self, payment_id: PaymentId, refund_id: RefundId, attempt: int, key: UUID) -> GatewayAnswer:
        """How that attempt stands; NOT_KNOWN where the provider has never heard of it."""

    def bill(self, day: dt.date) -> Bill:
        """What it moved on a day of its calendar. Raises NothingDone where there is no bill of it yet.

        A bill that came incomplete, changed or unreadable is AnswerLost.
        """

    def parse_notice(self, raw: bytes, headers: Mapping[str, str], now: dt.datetime) -> Notice:
        """The notice in our terms. Raises NoticeNotGenuine before anything is read, and NoticeMalformed."""


Gateways = Mapping[str, PaymentGateway]
