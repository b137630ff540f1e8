"""What a group of providers' notices locks and reads before the first of them is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from houtai.application.payments.ports import PaymentsTx
from houtai.application.payments.request import capture_journal
from houtai.domain.ids import PaymentId
from houtai.domain.payments.notice import NoticeKind

if TYPE_CHECKING:
    from houtai.application.payments.notices import ReceiveNotice


def ahead_of_notices(tx: PaymentsTx, commands: Sequence[ReceiveNotice]) -> None:
    """See `grouped`: the payments are locked, and what was heard of them before is read."""
    tx.payments.ahead(payments_of(commands), lock=True)
    tx.provider_events.ahead((cmd.provider, cmd.notice.event_id) for cmd in commands)
    captured = [cmd.notice for cmd in commands if cmd.notice.kind is NoticeKind.CAPTURED and cmd.notice.ours is not None]
    tx.journals.ahead(capture_journal(PaymentId(notice.ours), notice.money_ref) for notice in captured if notice.ours is not None)


def payments_of(commands: Sequence[ReceiveNotice]) -> set[PaymentId]:
    """The payments that these notices say they are about; those about refunds lock theirs by themselves."""
    about = (cmd.notice for cmd in commands if cmd.notice.kind in (NoticeKind.CAPTURED, NoticeKind.FAILED))
    return {PaymentId(notice.ours) for notice in about if notice.ours is not None}
