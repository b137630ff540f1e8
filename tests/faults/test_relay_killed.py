"""Relays that die at work (F13) or hold a message too long (F17), as processes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from houtai.application.outbox import Delivery, Message
from houtai.application.paging import Page
from houtai.application.relay import LEASE_S, ListMessages, list_messages
from tests.faults.program import ROOT
from tests.faults.relayer import TOPIC
from tests.faults.stall import Stall, place, say, verdict

KILLS = 3
LIMIT = 20  # messages that a relay takes at once: so many may be delivered twice by each that was killed


@contextmanager
def relaying(stall: Stall, file: Path, way: str, *, ahead_s: float = 0) -> Iterator[subprocess.Popen[str]]:
    """A relay's process; gone at the end."""
    command = [sys.executable, "-m", "tests.faults.relayer", stall.url, str(file), str(ahead_s), way]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def delivered(file: Path) -> Counter[UUID]:
    """How often each message arrived."""
    return Counter(UUID(line) for line in file.read_text().split()) if file.exists() else Counter()


def outbox(stall: Stall) -> dict[UUID, Message]:
    """Every message that asks for a payment; what the shop's opening told the channel waits for a channel."""
    found: dict[UUID, Message] = {}
    with stall.office() as office:
        page = Page(100)
        while True:
            part = office.ask(list_messages, ListMessages(page), office.act_of_system())
            found |= {message.id: message for message in part.items if message.topic == TOPIC}
            if not part.has_more:
                return found
            page = Page(100, part.next_cursor)


def test_orders_go_on_while_relays_die_and_each_message_arrives(stall: Stall, tmp_path: Path) -> None:
    """F13: nobody who orders notices. Once a relay lives, the outbox drains: each message arrives, twice only if a relay died with it."""
    file = tmp_path / "received"
    wanted = stall.wishes(30 * KILLS)
    with stall.office() as office:
        for start in range(0, len(wanted), 30):
            with relaying(stall, file, "work") as relay:
                before = delivered(file).total()
                for wish in wanted[start : start + 30]:
                    place(office, wish)
                until = time.monotonic() + 30
                while delivered(file).total() == before and time.monotonic() < until:
                    time.sleep(0.005)
                relay.send_signal(signal.SIGKILL)
    waiting = sum(message.state is Delivery.PENDING for message in outbox(stall).values())
    with relaying(stall, file, "drain", ahead_s=LEASE_S + 1) as relay:
        assert relay.wait(120) == 0
    arrived, kept = delivered(file), outbox(stall)
    again = arrived.total() - len(arrived)
    say(f"{KILLS} relays killed, {len(arrived)} messages, {waiting} waited for the last relay, {again} came twice")
    assert {message.state for message in kept.values()} == {Delivery.DELIVERED}
    assert (set(arrived) == set(kept), again <= KILLS * LIMIT, max(arrived.values()) <= KILLS + 1) == (True,) * 3
    found = verdict(stall.url, wanted, [wish.order for wish in wanted])
    assert (found.orders, found.holds) == (len(wanted), True), found


def test_a_message_in_a_dead_hand_goes_to_another(stall: Stall, tmp_path: Path) -> None:
    """F17: killed with the message taken. While the lease lasts nobody else takes it; afterwards another one does."""
    file = tmp_path / "received"
    with stall.office() as office:
        order = place(office, stall.pattern)
    with relaying(stall, file, "hang") as dying:
        assert dying.stdout is not None
        taken = UUID(dying.stdout.readline().strip())
        dying.send_signal(signal.SIGKILL)
    with relaying(stall, file, "drain", ahead_s=LEASE_S / 2) as early:
        assert early.wait(60) == 0
    before = delivered(file)[taken]
    with relaying(stall, file, "drain", ahead_s=LEASE_S + 1) as other:
        assert other.wait(60) == 0
    kept = outbox(stall)[taken]
    assert (before, delivered(file)[taken], kept.state, kept.attempts) == (0, 1, Delivery.DELIVERED, 2)
    assert verdict(stall.url, [stall.pattern], [order.id]).holds


def test_who_comes_back_late_is_refused(stall: Stall, tmp_path: Path) -> None:
    """F17: alive, but slower than its lease. Another one has delivered meanwhile; its failure changes nothing any more."""
    file = tmp_path / "received"
    with stall.office() as office:
        order = place(office, stall.pattern)
    with relaying(stall, file, "late") as slow:
        assert slow.stdout is not None
        taken = UUID(slow.stdout.readline().strip())
        with relaying(stall, file, "drain", ahead_s=LEASE_S + 1) as other:
            assert other.wait(60) == 0
        before = outbox(stall)[taken]
        slow.communicate("\n" * 50, timeout=60)
        assert slow.returncode == 0
    assert (before.state, before.attempts, outbox(stall)[taken]) == (Delivery.DELIVERED, 2, before)
    assert verdict(stall.url, [stall.pattern], [order.id]).holds
