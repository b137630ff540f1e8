"""A payment provider for development: holds its own state, calls back signed, and errs on demand like a real one."""

from __future__ import annotations

import datetime as dt
import enum
import json
import random
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import attrs

from houtai.adapters.payments.signature import signed_headers, verified_id
from houtai.application.payments.ports import AnswerLost, NothingDone
from houtai.application.ports import Clock
from houtai.domain.ids import PaymentId, RefundId, derive
from houtai.domain.money import Money
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.bill import Bill, BillKind, BillLine
from houtai.domain.payments.notice import MAX_NOTICE_BYTES, Notice, NoticeKind
from houtai.domain.payments.refusals import NoticeMalformed
from houtai.domain.refusal import Refusal

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS payments (id TEXT PRIMARY KEY, minor INTEGER, currency TEXT, state TEXT, at TEXT, error TEXT);
CREATE TABLE IF NOT EXISTS captures (ref TEXT PRIMARY KEY, payment TEXT, minor INTEGER, currency TEXT, at TEXT);
CREATE TABLE IF NOT EXISTS refunds (
    key TEXT PRIMARY KEY, refund TEXT, attempt INTEGER, payment TEXT, minor INTEGER, currency TEXT, state TEXT, at TEXT,
    error TEXT
);
CREATE TABLE IF NOT EXISTS callbacks (id TEXT PRIMARY KEY, due TEXT, body BLOB, sent INTEGER DEFAULT 0);
"""

_MOVED: Final = """
SELECT 'captured' AS kind, payment AS ours, 1 AS attempt, ref, minor, currency, at FROM captures WHERE at LIKE ?
UNION ALL
SELECT 'refunded', refund, attempt, key, minor, currency, at FROM refunds WHERE at LIKE ? AND state = 'done'
ORDER BY at
"""

_KINDS: Final = {
    "payment.captured": NoticeKind.CAPTURED,
    "payment.failed": NoticeKind.FAILED,
    "refund.succeeded": NoticeKind.REFUNDED,
    "refund.failed": NoticeKind.REFUND_FAILED,
}


class Fault(enum.Enum):
    """How a call goes wrong, once."""

    UNREACHABLE = "unreachable"  # nothing is done, and the caller is told so
    LOSE_REQUEST = "lose-request"  # nothing is done, and the caller hears nothing
    LOSE_ANSWER = "lose-answer"  # the work is done, and the caller hears nothing
    REFUSE = "refuse"  # a definite no
    TAKE_LONG = "take-long"  # accepted; done when `finish_refund` is called


@attrs.frozen
class Callback:
    """One HTTP POST of the provider: these bytes with these headers."""

    raw: bytes
    headers: Mapping[str, str]


class EmbeddedGateway:
    """See `PaymentGateway`, whose days are those of UTC here. Safe to share between threads.

    Keeps its state in memory or in an SQLite file of its own.
    """

    acknowledgement = None

    def __init__(
        self,
        clock: Clock,
        *,
        secret: bytes,
        name: str = "embedded",
        recipient: str = "houtai",
        path: str = ":memory:",
        page: str = "",
    ) -> None:
        """`secret` signs the callbacks; `page` is where buyers pay, the payment's id is put behind it."""
        self.name = name
        self.recipient = recipient
        self._clock = clock
        self._secret = secret
        self._page = page
        self._faults: dict[str, deque[Fault]] = {}
        self._turn = threading.RLock()
        self._state = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._state.row_factory = sqlite3.Row
        self._state.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the state's file."""
        self._state.close()

    # What the house calls.

    def create(self, payment_id: PaymentId, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.create`."""
        with self._turn:
            fault = self._fault("create")
            state = "failed" if fault is Fault.REFUSE else "pending"
            row = (str(payment_id), amount.minor, amount.currency, state, self._now().isoformat(), "refused on demand")
            self._state.execute("INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
            self._answer_or_lose(fault)
            return self._payment_answer(payment_id)

    def query(self, payment_id: PaymentId) -> GatewayAnswer:
        """See `PaymentGateway.query`."""
        with self._turn:
            self._answer_or_lose(self._fault("query"))
            return self._payment_answer(payment_id)

    def capture(self, payment_id: PaymentId, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.capture`. More than was granted is not taken."""
        with self._turn:
            fault = self._fault("capture")
            row = self._row("SELECT * FROM payments WHERE id = ? AND state = 'granted'", str(payment_id))
            if row is not None and amount.currency == row["currency"] and amount.minor <= row["minor"]:
                self.pay(payment_id, amount)
            self._answer_or_lose(fault)
            return self._payment_answer(payment_id)

    def refund(self, payment_id: PaymentId, refund_id: RefundId, attempt: int, key: UUID, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.refund`."""
        with self._turn:
            fault = self._fault("refund")
            if self._row("SELECT 1 FROM refunds WHERE key = ?", str(key)) is None:
                state, error = self._decide_refund(payment_id, amount, fault)
                row = (str(key), str(refund_id), attempt, str(payment_id), amount.minor, amount.currency, state)
                self._state.execute(
                    "INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, self._now().isoformat(), error)
                )
                if state == "done":
                    self._tell_refund(key, "refund.succeeded")
            self._answer_or_lose(fault)
            return self._refund_answer(key)

    def query_refund(self, payment_id: PaymentId, refund_id: RefundId, attempt: int, key: UUID) -> GatewayAnswer:
        """See `PaymentGateway.query_refund`."""
        with self._turn:
            self._answer_or_lose(self._fault("query_refund"))
            return self._refund_answer(key)

    def bill(self, day: dt.date) -> Bill:
        """See `PaymentGateway.bill`. It keeps nothing for itself."""
        with self._turn:
            self._answer_or_lose(self._fault("bill"))
            if day >= self._now().date():
                raise NothingDone("the day is not over")
            told = [dict(row) for row in self._state.execute(_MOVED, (f"{day.isoformat()}T%",) * 2)]
        lines = tuple(_bill_line(row) for row in told)
        return Bill(self.name, day, lines, json.dumps(told, ensure_ascii=False).encode())

    def parse_notice(self, raw: bytes, headers: Mapping[str, str], now: dt.datetime) -> Notice:
        """See `PaymentGateway.parse_notice`."""
        event_id = verified_id([self._secret], raw, headers, now)
        if len(raw) > MAX_NOTICE_BYTES:
            raise NoticeMalformed(what="too long")
        try:
            return _notice(event_id, raw.decode(), json.loads(raw))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, Refusal) as error:
            raise NoticeMalformed(what=type(error).__name__) from error

    # What the buyer, the provider's staff and bad luck do.

    def pay(self, payment_id: PaymentId, amount: Money | None = None, *, delay_s: int = 0) -> str:
        """The buyer pays: what was asked for, or another `amount`; a second time if called twice. The money's reference."""
        with self._turn:
            asked = self._row("SELECT * FROM payments WHERE id = ?", str(payment_id))
            if asked is None:
                message = f"no payment {payment_id}"
                raise LookupError(message)
            paid = amount or Money(asked["minor"], asked["currency"])
            (count,) = self._state.execute("SELECT count(*) FROM captures WHERE payment = ?", (str(payment_id),)).fetchone()
            ref = f"mny_{derive(payment_id, self.name, count).hex}"
            row = (ref, str(payment_id), paid.minor, paid.currency, self._now().isoformat())
            self._state.execute("INSERT INTO captures VALUES (?, ?, ?, ?, ?)", row)
            self._state.execute("UPDATE payments SET state = 'done' WHERE id = ?", (str(payment_id),))
            self.tell("payment.captured", {"payment": str(payment_id), **_money(ref, paid)}, delay_s=delay_s)
            return ref

    def grant(self, payment_id: PaymentId) -> None:
        """The buyer grants the money; it is theirs until it is captured."""
        with self._turn:
            granted = "UPDATE payments SET state = 'granted' WHERE id = ? AND state = 'pending'"
            self._state.execute(granted, (str(payment_id),))

    def decline(self, payment_id: PaymentId, error: str = "card declined", *, delay_s: int = 0) -> None:
        """The buyer's bank says no."""
        with self._turn:
            self._state.execute(
                "UPDATE payments SET state = 'failed', error = ? WHERE id = ? AND state = 'pending'", (error, str(payment_id))
            )
            self.tell("payment.failed", {"payment": str(payment_id), "error": error}, delay_s=delay_s)

    def finish_refund(self, key: UUID, error: str = "") -> None:
        """A refund that took long is done, or fails with `error`; one that was done comes back with `error`."""
        with self._turn:
            state = "failed" if error else "done"
            self._state.execute(
                "UPDATE refunds SET state = ?, error = ?, at = ? WHERE key = ?",
                (state, error, self._now().isoformat(), str(key)),
            )
            self._tell_refund(key, "refund.failed" if error else "refund.succeeded")

    def money_out(self, payment_id: PaymentId) -> int:
        """What has really left for this payment, in minor units."""
        with self._turn:
            paid = "SELECT coalesce(sum(minor), 0) FROM refunds WHERE payment = ? AND state = 'done'"
            return int(self._state.execute(paid, (str(payment_id),)).fetchone()[0])

    def arrange(self, call: str, *faults: Fault) -> None:
        """The next calls of ``create``, ``query``, ``refund`` … go wrong like this, in turn."""
        with self._turn:
            self._faults.setdefault(call, deque()).extend(faults)

    def knows(self, payment_id: PaymentId) -> bool:
        """Whether the house has asked for this payment."""
        with self._turn:
            return self._row("SELECT 1 FROM payments WHERE id = ?", str(payment_id)) is not None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else calls or takes callbacks meanwhile: what happens in here can be followed to its callbacks."""
        with self._turn:
            yield

    def tell(self, kind: str, data: Mapping[str, Any], *, account: str | None = None, delay_s: int = 0) -> str:
        """Queue a callback about anything, true or not; its event id."""
        with self._turn:
            now = self._now()
            count = self._state.execute("SELECT count(*) FROM callbacks").fetchone()[0]
            event_id = f"evt_{count + 1:08d}_{self.name}"
            body = {"type": kind, "at": now.isoformat(), "account": account or self.recipient, "data": dict(data)}
            due = now + dt.timedelta(seconds=delay_s)
            row = (event_id, due.isoformat(), json.dumps(body, ensure_ascii=False).encode())
            self._state.execute("INSERT INTO callbacks (id, due, body) VALUES (?, ?, ?)", row)
            return event_id

    def callbacks(self, *, copies: int = 1, shuffled: random.Random | None = None, again: bool = False) -> list[Callback]:
        """The callbacks that are due, signed now: each `copies` times, out of order if `shuffled`; all of them `again`.

        Whoever takes them brings them to the house, in the process or over HTTP.
        """
        with self._turn:
            now = self._now()
            waiting = "SELECT id, body FROM callbacks WHERE due <= ? AND (sent = 0 OR ?) ORDER BY id"
            rows = self._state.execute(waiting, (now.isoformat(), again)).fetchall()
            self._state.executemany("UPDATE callbacks SET sent = 1 WHERE id = ?", [(row["id"],) for row in rows])
        calls = [self.signed(row["id"], row["body"], now) for row in rows for _ in range(copies)]
        if shuffled is not None:
            shuffled.shuffle(calls)
        return calls

    def signed(self, event_id: str, raw: bytes, at: dt.datetime) -> Callback:
        """Any bytes as a callback of this provider, signed at `at`."""
        return Callback(raw, {"content-type": "application/json", **signed_headers(self._secret, event_id, at, raw)})

    def _decide_refund(self, payment_id: PaymentId, amount: Money, fault: Fault | None) -> tuple[str, str]:
        held = "SELECT coalesce(sum(minor), 0) FROM captures WHERE payment = ? AND currency = ?"
        captured = self._state.execute(held, (str(payment_id), amount.currency)).fetchone()[0]
        spent = "SELECT coalesce(sum(minor), 0) FROM refunds WHERE payment = ? AND state <> 'failed'"
        gone = self._state.execute(spent, (str(payment_id),)).fetchone()[0]
        if fault is Fault.REFUSE:
            return "failed", "refused on demand"
        if gone + amount.minor > captured:
            return "failed", "more than was captured"
        return ("pending" if fault is Fault.TAKE_LONG else "done"), ""

    def _tell_refund(self, key: UUID, kind: str) -> None:
        row = self._row("SELECT * FROM refunds WHERE key = ?", str(key))
        if row is not None:
            money = _money(_refund_ref(key), Money(row["minor"], row["currency"]))
            self.tell(kind, {"refund": row["refund"], "attempt": row["attempt"], "error": row["error"], **money})

    def _payment_answer(self, payment_id: PaymentId) -> GatewayAnswer:
        row = self._row("SELECT * FROM payments WHERE id = ?", str(payment_id))
        if row is None:
            return GatewayAnswer(Standing.NOT_KNOWN, self._now())
        ref = f"emb_{payment_id.hex}"
        if row["state"] == "failed":
            return GatewayAnswer(Standing.FAILED, self._now(), ref, error=row["error"])
        captured = self._row("SELECT * FROM captures WHERE payment = ? ORDER BY at, rowid", str(payment_id))
        if captured is None:
            page = f"{self._page}{payment_id}" if self._page else ""
            return GatewayAnswer(Standing.PENDING, self._now(), ref, pay_url=page)
        at = dt.datetime.fromisoformat(captured["at"])
        return GatewayAnswer(Standing.DONE, at, ref, captured["ref"], Money(captured["minor"], captured["currency"]))

    def _refund_answer(self, key: UUID) -> GatewayAnswer:
        row = self._row("SELECT * FROM refunds WHERE key = ?", str(key))
        if row is None:
            return GatewayAnswer(Standing.NOT_KNOWN, self._now())
        at = dt.datetime.fromisoformat(row["at"])
        if row["state"] != "done":
            standing = Standing.FAILED if row["state"] == "failed" else Standing.PENDING
            return GatewayAnswer(standing, at, _refund_ref(key), error=row["error"])
        ref, amount = _refund_ref(key), Money(row["minor"], row["currency"])
        return GatewayAnswer(Standing.DONE, at, ref, ref, amount)

    def _fault(self, call: str) -> Fault | None:
        """The next arranged fault; those that do nothing go wrong at once."""
        waiting = self._faults.get(call)
        fault = waiting.popleft() if waiting else None
        if fault is Fault.UNREACHABLE:
            message = "connection refused on demand"
            raise NothingDone(message)
        if fault is Fault.LOSE_REQUEST:
            message = "no answer, on demand"
            raise AnswerLost(message)
        return fault

    def _answer_or_lose(self, fault: Fault | None) -> None:
        if fault is Fault.LOSE_ANSWER:
            message = "no answer, on demand"
            raise AnswerLost(message)

    def _row(self, statement: str, *values: Any) -> Any:
        return self._state.execute(statement, values).fetchone()

    def _now(self) -> dt.datetime:
        return self._clock.now()


def _money(ref: str, amount: Money) -> dict[str, Any]:
    return {"money_ref": ref, "amount": {"minor": amount.minor, "currency": amount.currency}}


def _refund_ref(key: UUID) -> str:
    return f"rfd_{key.hex}"


def _bill_line(row: Mapping[str, Any]) -> BillLine:
    kind = BillKind(row["kind"])
    ref = _refund_ref(UUID(row["ref"])) if kind is BillKind.REFUNDED else row["ref"]
    amount, at = Money(row["minor"], row["currency"]), dt.datetime.fromisoformat(row["at"])
    return BillLine(kind, at, UUID(row["ours"]), ref, amount, Money.zero(row["currency"]), row["attempt"])


def _notice(event_id: str, raw: str, body: dict[str, Any]) -> Notice:
    data = body["data"]
    kind = _KINDS.get(body["type"], NoticeKind.OTHER)
    amount = data.get("amount")
    named = data.get("refund") or data.get("payment")
    return Notice(
        event_id=event_id,
        kind=kind,
        ours=None if named is None else _ours(named),
        at=dt.datetime.fromisoformat(body["at"]),
        recipient=body["account"],
        amount=None if amount is None else Money(amount["minor"], amount["currency"]),
        money_ref=data.get("money_ref", ""),
        attempt=data.get("attempt", 1),
        error=data.get("error", ""),
        raw=raw,
    )


def _ours(named: str) -> UUID | None:
    try:
        return UUID(named)
    except ValueError:
        return None
