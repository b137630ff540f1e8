"""Reading payments in memory: every record is looked at."""

from __future__ import annotations

import datetime as dt
from typing import Any

from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.paging import Page, Slice
from houtai.application.payments.ports import CaseFilter, PaymentFilter, RefundFilter
from houtai.domain.payments.case import Case
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund


class PaymentsSearch:
    """See `PaymentsViews`: what is searched."""

    store: MemoryStore

    def find_payments(self, page: Page, where: PaymentFilter) -> Slice[Payment]:
        """See `PaymentsViews.find_payments`."""
        found = {
            payment.id: payment
            for payment in self._held("payments").values()
            if _matches(payment, where, "order_id", "state", "provider") and _reached(payment, where.channels)
        }
        return slice_of(sorted(found, reverse=page.newest_first), found, page)

    def find_refunds(self, page: Page, where: RefundFilter) -> Slice[Refund]:
        """See `PaymentsViews.find_refunds`."""
        payments = self._held("payments")
        found = {
            refund.id: refund
            for refund in self._held("refunds").values()
            if _matches(refund, where, "order_id", "payment_id", "state")
            and _reached(payments[refund.payment_id], where.channels)
        }
        return slice_of(sorted(found, reverse=page.newest_first), found, page)

    def find_cases(self, page: Page, where: CaseFilter) -> Slice[Case]:
        """See `PaymentsViews.find_cases`."""
        found = {
            (case.due_at, case.id): case
            for case in self._held("cases").values()
            if _matches(case, where, "state", "kind", "queue", "assignee", "subject_id")
            and (where.overdue_at is None or case.due_at < where.overdue_at)
            and (where.channels is None or case.channel_id in where.channels)
        }
        return slice_of(sorted(found), found, page)

    def next_question(self) -> dt.datetime | None:
        """See `PaymentsViews.next_question`."""
        asked = (*self._held("payments").values(), *self._held("refunds").values())
        return min((record.ask_at for record in asked if record.ask_at is not None), default=None)

    def next_delivery(self) -> dt.datetime | None:
        """See `PaymentsViews.next_delivery`."""
        messages = self._held("outbox").values()
        return min((message.due_at for message in messages if message.due_at is not None), default=None)

    def _held(self, name: str) -> dict[Any, Any]:
        return self.store.shelves[name].held


def _matches(record: Any, where: Any, *names: str) -> bool:
    return all(getattr(where, name) in (None, getattr(record, name)) for name in names)


def _reached(payment: Payment, channels: frozenset[Any] | None) -> bool:
    return channels is None or payment.channel_id in channels
