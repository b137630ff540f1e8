"""What a running house does by itself, at which intervals: one literal list, run beside the server or once by hand."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import attrs

from houtai.adapters.carriers.embedded import EmbeddedCarrier
from houtai.adapters.noted_heads import NotedHeads
from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.application.access.forget import ForgetSessions, first_session_end, forget_sessions
from houtai.application.access.noted_heads import current_head
from houtai.application.aftersales.timers import run_claim_timers
from houtai.application.inventory.hold import ExpireHolds, expire_holds
from houtai.application.kept import AT_ONCE, KEPT_FOR, Kept
from houtai.application.office import Office
from houtai.application.orders import timers as orders
from houtai.application.orders.ports import Timer as OrderTimer
from houtai.application.orders.release import release_sendable
from houtai.application.payments.notices import ReceiveNotice, receive_notice
from houtai.application.points.timers import run_points_timer
from houtai.application.ports import Store
from houtai.application.pricing.issue import ExpireCoupons, expire_coupons
from houtai.application.shipping.pushes import ReceivePush, receive_carrier_push
from houtai.application.tickets.timers import run_due_tickets
from houtai.domain.act import Act, Entry
from houtai.domain.refusal import Kind, Refusal
from houtai.entrypoints.condition import TimerStand

if TYPE_CHECKING:
    from houtai.entrypoints.container import Container

log = logging.getLogger("houtai.timers")

ROUNDS: Final = 50  # how often a timer goes on at once where it found something to do
LONGEST_PAUSE_S: Final = 60  # between tries while the store is away
TICK_S: Final = 0.2


@attrs.frozen
class Timer:
    """One thing that has to be done again and again; `run` does what is due and says how much that was."""

    name: str
    every_s: int
    run: Callable[[], int]


def timers_of(container: Container) -> tuple[Timer, ...]:
    """Every timer of the house. Several processes may run them side by side: each deed looks again whether it is due."""
    office, cashier, relay = container.office(), container.cashier(), container.relay()
    publisher = container.publisher()
    heads = container.settings().audit_heads
    embedded = [gateway for gateway in container.gateways().values() if isinstance(gateway, EmbeddedGateway)]
    playing = [carrier for carrier in container.carriers().values() if isinstance(carrier, EmbeddedCarrier)]
    return (
        Timer("outbox", 1, relay.run_once),
        *((Timer("events", 1, publisher.run_once),) if publisher is not None else ()),
        Timer("webhooks", 1, container.courier().run_once),
        Timer("unpaid-orders", 5, partial(orders.run_timer, office, OrderTimer.PAYMENT)),
        Timer("merge-windows", 5, partial(orders.run_timer, office, OrderTimer.MERGE_WINDOW)),
        Timer("stopped-orders", 60, partial(orders.run_timer, office, OrderTimer.RESERVATION)),
        Timer("confirmed-orders", 30, partial(release_sendable, office)),
        Timer("short-orders", 300, partial(orders.look_again_for_all, office)),
        Timer("delivered-orders", 300, partial(orders.run_timer, office, OrderTimer.COMPLETION)),
        Timer("due-tickets", 60, partial(run_due_tickets, office)),
        Timer("due-claims", 60, partial(run_claim_timers, office)),
        Timer("holds", 10, partial(end_holds, office)),
        Timer("coupons", 60, partial(end_coupons, office)),
        Timer("points", 60, partial(run_points_timer, office)),
        *(Timer(kept.value, 3_600, partial(forget_over, office, container.store(), kept)) for kept in Kept),
        Timer("unknown-outcomes", 5, cashier.ask_unknown),
        Timer("unknown-waybills", 5, container.dispatcher().ask_unknown),
        *((Timer("audit-heads", 600, partial(note_head, office, NotedHeads(Path(heads)))),) if heads else ()),
        *(Timer(f"{gateway.name}-callbacks", 1, partial(take_callbacks, office, gateway)) for gateway in embedded),
        *(Timer(f"{one.name}-pushes", 1, partial(take_pushes, office, one)) for one in playing),
    )


def end_holds(office: Office) -> int:
    """End the holds whose time is over; how many."""
    return office.perform(expire_holds, ExpireHolds(), _act(office))


def end_coupons(office: Office) -> int:
    """Close the coupons whose time is over; how many."""
    return office.perform(expire_coupons, ExpireCoupons(), _act(office))


def forget_over(office: Office, store: Store, kept: Kept) -> int:
    """Delete some of what was kept for its time, see `KEPT_FOR`; how many.

    Sessions go day by day, and the operation log says so first: whoever finds one missing can tell that nobody took it away.
    """
    before = office.clock.now() - KEPT_FOR[kept]
    if kept is Kept.SESSIONS:
        before = before.replace(hour=0, minute=0, second=0, microsecond=0)
        first = office.ask(first_session_end, None, _act(office))
        if first is None or first >= before:
            return 0
        office.perform(forget_sessions, ForgetSessions(before), _act(office))
    return store.forget(kept, before, AT_ONCE)


def note_head(office: Office, noted: NotedHeads) -> int:
    """Note the head of the operation log outside of the database, once an hour; 1 if it was."""
    head = office.ask(current_head, None, _act(office))
    return int(head is not None and noted.note(head))


def take_callbacks(office: Office, gateway: EmbeddedGateway) -> int:
    """Bring the embedded provider's callbacks into the house, as its HTTP calls would; how many."""
    due = gateway.callbacks()
    for callback in due:
        notice = gateway.parse_notice(callback.raw, callback.headers, office.clock.now())
        office.perform(receive_notice, ReceiveNotice(gateway.name, gateway.recipient, notice), _act(office, Entry.WEBHOOK))
    return len(due)


def take_pushes(office: Office, carrier: EmbeddedCarrier) -> int:
    """Bring the embedded carrier's pushes into the house, as its HTTP calls would; how many."""
    due = carrier.pushes()
    for push in due:
        events = carrier.parse_push(push.headers, push.raw, office.clock.now())
        office.perform(receive_carrier_push, ReceivePush(carrier.name, events, push.raw.decode()), _act(office, Entry.WEBHOOK))
    return len(due)


def run_once(timers: Sequence[Timer]) -> dict[str, int]:
    """Run each timer once, in order and in this thread; how much each did. Raises what they raise."""
    return {timer.name: timer.run() for timer in timers}


class Clockwork:
    """Runs timers in threads of its own while it is open. A timer that fails is logged and runs again, ever more slowly."""

    def __init__(self, timers: Sequence[Timer]) -> None:
        """Nothing runs before `start`."""
        self._hands = [_Hand(timer) for timer in timers]
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(max(1, len(self._hands)), thread_name_prefix="houtai-timer")
        self._thread = threading.Thread(target=self._turn, name="houtai-clockwork")

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let what is under way end, and start nothing any more."""
        self._stopping.set()
        self._thread.join()
        self._pool.shutdown(wait=True)

    def stands(self) -> tuple[TimerStand, ...]:
        """When each timer last ended well, and how often it failed since."""
        return tuple(hand.stand() for hand in self._hands)

    def _turn(self) -> None:
        while not self._stopping.wait(TICK_S):
            for hand in self._hands:
                hand.turn(self._submit)

    def _submit(self, timer: Timer) -> Future[None]:
        return self._pool.submit(self._drain, timer)

    def _drain(self, timer: Timer) -> None:
        begun, total = time.monotonic(), 0
        for _ in range(ROUNDS):
            if self._stopping.is_set() or not (did := timer.run()):
                break
            total += did
        if total:
            facts = {"timer": timer.name, "did": total, "duration_ms": int((time.monotonic() - begun) * 1_000)}
            log.info("timer", extra={"facts": facts})


class _Hand:
    """Where one timer stands: when it runs next, and what became of it last."""

    def __init__(self, timer: Timer) -> None:
        self._timer = timer
        self._next = time.monotonic()
        self._failures = 0
        self._well = time.monotonic()
        self._running: Future[None] | None = None

    def stand(self) -> TimerStand:
        """See `Clockwork.stands`."""
        return TimerStand(self._timer.name, self._timer.every_s, int(time.monotonic() - self._well), self._failures)

    def turn(self, submit: Callable[[Timer], Future[None]]) -> None:
        """Begin again if the time has come."""
        if self._running is not None and self._running.done():
            self._note(self._running.exception())
            self._running = None
        if self._running is None and time.monotonic() >= self._next:
            self._running = submit(self._timer)

    def _note(self, error: BaseException | None) -> None:
        self._failures = 0 if error is None else self._failures + 1
        if error is None:
            self._well = time.monotonic()
        pause_s = self._timer.every_s * 2 ** min(self._failures, 6)
        self._next = time.monotonic() + (pause_s if error is None else min(pause_s, max(LONGEST_PAUSE_S, self._timer.every_s)))
        told = {"facts": {"timer": self._timer.name, "failures": self._failures}}
        if isinstance(error, Refusal) and error.kind is Kind.UNAVAILABLE:
            log.warning("timer %s: %s", self._timer.name, error, extra=told)
        elif error is not None:
            log.error("timer %s failed", self._timer.name, exc_info=error, extra=told)


def _act(office: Office, entry: Entry = Entry.TIMER) -> Act:
    return Act.of_system(office.clock.now(), entry)
