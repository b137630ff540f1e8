"""Reading payments, refunds, what providers told, and the worklist of cases."""

from __future__ import annotations

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.payments.cases import demand_case
from houtai.application.payments.ports import EVENTS_ABOUT, CaseFilter, PaymentFilter, PaymentsViews, RefundFilter
from houtai.application.payments.refund import demand_payment
from houtai.application.permission import CHANNEL, needs
from houtai.domain.act import Act
from houtai.domain.authority import Dimension
from houtai.domain.ids import CaseId, ChannelId, PaymentId, RefundId
from houtai.domain.payments.case import Case
from houtai.domain.payments.notice import ProviderEvent
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund

READ = "payments.read"
CASES = "cases.read"


@attrs.frozen
class ListPayments:
    """Which payments."""

    page: Page = attrs.field(factory=Page)
    where: PaymentFilter = attrs.field(factory=PaymentFilter)


@needs(READ, along=(CHANNEL,))
def list_payments(views: PaymentsViews, query: ListPayments, act: Act) -> Slice[Payment]:
    """Payments of the channels that the actor reaches."""
    return views.find_payments(query.page, attrs.evolve(query.where, channels=_channels(act, READ)))


@needs(READ, along=(CHANNEL,))
def show_payment(views: PaymentsViews, query: PaymentId, act: Act) -> Payment:
    """One payment. Raises NotFound."""
    payment = views.payments.get(query)
    demand_payment(payment, READ, act)
    return payment


@needs(READ, along=(CHANNEL,))
def list_notices(views: PaymentsViews, query: PaymentId, act: Act) -> tuple[ProviderEvent, ...]:
    """What the provider told of a payment, by event. Raises NotFound."""
    return tuple(views.provider_events.by(EVENTS_ABOUT, show_payment(views, query, act).id))


@attrs.frozen
class ListRefunds:
    """Which refunds."""

    page: Page = attrs.field(factory=Page)
    where: RefundFilter = attrs.field(factory=RefundFilter)


@needs(READ, along=(CHANNEL,))
def list_refunds(views: PaymentsViews, query: ListRefunds, act: Act) -> Slice[Refund]:
    """Refunds of the channels that the actor reaches."""
    return views.find_refunds(query.page, attrs.evolve(query.where, channels=_channels(act, READ)))


@needs(READ, along=(CHANNEL,))
def show_refund(views: PaymentsViews, query: RefundId, act: Act) -> Refund:
    """One refund. Raises NotFound."""
    refund = views.refunds.get(query)
    demand_payment(views.payments.get(refund.payment_id), READ, act, refund=refund.id)
    return refund


@attrs.frozen
class ListCases:
    """Which cases."""

    page: Page = attrs.field(factory=Page)
    where: CaseFilter = attrs.field(factory=CaseFilter)


@needs(CASES, along=(CHANNEL,))
def list_cases(views: PaymentsViews, query: ListCases, act: Act) -> Slice[Case]:
    """Cases of the channels that the actor reaches, the most urgent first."""
    return views.find_cases(query.page, attrs.evolve(query.where, channels=_channels(act, CASES)))


@needs(CASES, along=(CHANNEL,))
def show_case(views: PaymentsViews, query: CaseId, act: Act) -> Case:
    """One case. Raises NotFound."""
    case = views.cases.get(query)
    demand_case(case, CASES, act)
    return case


def _channels(act: Act, verb: str) -> frozenset[ChannelId] | None:
    reached = act.authority.reach(verb, Dimension.CHANNEL, at=act.at)
    return None if reached is None else frozenset(map(ChannelId, reached))
