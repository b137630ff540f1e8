"""The courier: takes due deliveries, signs and sends them outside of any transaction, and records what came of it."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

from houtai.application.ports import Performer
from houtai.application.secret_box import SealBroken
from houtai.application.webhooks.ports import Post
from houtai.application.webhooks.secrets import WebhookSecrets
from houtai.application.webhooks.send import (
    AT_ONCE,
    ClaimedWebhook,
    ClaimWebhooks,
    GiveBackWebhooks,
    RecordWebhook,
    claim_webhooks,
    give_back_webhooks,
    next_webhook_due,
    record_webhook,
)
from houtai.domain.act import Act, Entry
from houtai.domain.ids import WebhookEndpointId
from houtai.domain.webhooks.delivery import Heard
from houtai.domain.webhooks.schedule import MOST_JITTER
from houtai.domain.webhooks.signing import headers_of

log = logging.getLogger("houtai.webhooks")

LEASE_S: Final = 120
LANES: Final = 16
LANES_EACH: Final = 4
"""For one endpoint, so that one alone does not take all."""
LANE: Final = dt.timedelta(seconds=20)
"""After so long a lane takes up no further delivery: each of them has its own deadline and the claim its lease."""
PATIENCE_S: Final = 1


class Courier:
    """Delivers what is due, at least once each and under one id, several endpoints side by side.

    An endpoint that answers slowly or not at all holds up nobody else's deliveries. Several couriers may run, in threads,
    processes or machines.
    """

    def __init__(self, office: Performer, secrets: WebhookSecrets, post: Post, *, jitter: Callable[[int], int]) -> None:
        """`jitter(n)` is a random integer below `n`, so that many deliveries do not return at once."""
        self._office = office
        self._secrets = secrets
        self._post = post
        self._jitter = jitter
        self._pool = ThreadPoolExecutor(LANES, thread_name_prefix="houtai-webhook")
        self._mutex = threading.Lock()
        self._under_way: dict[Future[None], WebhookEndpointId] = {}

    def run_once(self, limit: int = AT_ONCE) -> int:
        """Take up to `limit` due deliveries in hand; how many. Does not wait for the slow ones.

        What a lane raised since the last call, such as Busy, is raised here; its deliveries are due again when their lease ends.
        """
        self._look_back()
        now = self._office.clock.now()
        due = self._office.ask(next_webhook_due, None, self._act())
        with self._mutex:
            busy = frozenset(self._under_way.values())
            free = LANES - len(self._under_way)
        if due is None or due > now or not free:
            return 0
        claimed = self._office.perform(claim_webhooks, ClaimWebhooks(limit, LEASE_S, busy), self._act())
        lanes = _lanes(claimed)
        for lane in lanes:
            future = self._pool.submit(self._drive, lane)
            with self._mutex:
                self._under_way[future] = lane[0].endpoint.id
        wait(tuple(self._under_way), timeout=PATIENCE_S)
        self._look_back()
        return len(claimed)

    def run_until_idle(self, rounds: int = 1_000) -> int:
        """Deliver until nothing is due, within `rounds`, and wait for what is under way; how many were taken in hand."""
        taken = 0
        for _ in range(rounds):
            count = self.run_once()
            self._wait()
            if not count:
                break
            taken += count
        return taken

    def close(self) -> None:
        """Wait for what is under way, and take up nothing any more."""
        self._pool.shutdown(wait=True)

    def _wait(self) -> None:
        wait(tuple(self._under_way))
        self._look_back()

    def _look_back(self) -> None:
        with self._mutex:
            done = [future for future in self._under_way if future.done()]
            for future in done:
                del self._under_way[future]
        for future in done:
            future.result()

    def _drive(self, lane: Sequence[ClaimedWebhook]) -> None:
        """One endpoint's deliveries one after the other; after a failure the rest waits."""
        until = self._office.clock.now() + LANE
        for place, one in enumerate(lane):
            if place and self._office.clock.now() > until:
                self._give_back(lane[place:])
                return
            if not self._deliver(one).ok:
                self._give_back(lane[place + 1 :])
                return

    def _deliver(self, claimed: ClaimedWebhook) -> Heard:
        delivery, endpoint = claimed.delivery, claimed.endpoint
        began = self._office.clock.now()
        heard = self._sent(claimed, began)
        if not heard.ok:  # why, stands with the delivery: a receiver's words may name somebody
            facts = {"endpoint_id": str(endpoint.id), "delivery_id": str(delivery.id), "status": heard.status}
            log.warning("webhook not taken", extra={"facts": {**facts, "attempt": delivery.tries}})
        cmd = RecordWebhook(delivery.id, delivery.tries, began, heard, self._jitter(MOST_JITTER + 1))
        self._office.perform(record_webhook, cmd, self._act())
        return heard

    def _sent(self, claimed: ClaimedWebhook, at: dt.datetime) -> Heard:
        body = claimed.delivery.body.encode()
        try:
            secrets = self._secrets.opened(claimed.endpoint, at)
        except SealBroken as broken:
            return Heard(None, 0, f"not signed: {broken}")
        return self._post(claimed.endpoint.url, headers_of(secrets, claimed.delivery.message_id, at, body), body)

    def _give_back(self, rest: Sequence[ClaimedWebhook]) -> None:
        if rest:
            cmd = GiveBackWebhooks(tuple(one.delivery.id for one in rest))
            self._office.perform(give_back_webhooks, cmd, self._act())

    def _act(self) -> Act:
        return Act.of_system(self._office.clock.now(), Entry.TIMER)


def _lanes(claimed: Sequence[ClaimedWebhook]) -> list[Sequence[ClaimedWebhook]]:
    """By endpoint, each endpoint's dealt out to up to LANES_EACH lanes in their order."""
    by_endpoint: dict[WebhookEndpointId, list[ClaimedWebhook]] = {}
    for one in claimed:
        by_endpoint.setdefault(one.endpoint.id, []).append(one)
    lanes = [own[start::LANES_EACH] for own in by_endpoint.values() for start in range(LANES_EACH)]
    return [lane for lane in lanes if lane]
