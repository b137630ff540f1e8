"""Redis Streams (or Valkey's): each module's events in a stream of their own, appended in order and confirmed by the server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import attrs

from houtai.application.outbox import Message
from houtai.application.relay import NotDelivered

if TYPE_CHECKING:
    from redis import Redis
    from redis.exceptions import RedisError

DEADLINE_S: Final = 3
"""For connecting, and for each answer."""
TURN_S: Final = 30
"""How long a publisher that dies keeps the others from publishing."""


@attrs.frozen
class Streams:
    """Where events go: `url` as redis-py reads it (``redis://``, ``rediss://``, ``unix://``), streams named ``prefix:module``.

    Each stream keeps about the latest `maxlen` events; what no consumer has read by then is gone from it.
    """

    url: str = attrs.field(repr=False)  # it may hold a password
    prefix: str = "houtai"
    maxlen: int = 100_000


class RedisBroker:
    """See `EventBroker`. Connects when it is first asked; a call takes DEADLINE_S at most for each answer."""

    def __init__(self, streams: Streams) -> None:
        """Raises NotDelivered where the extra `events` is not installed, ValueError for a URL that is none."""
        self._streams = streams
        self._client = _client(streams.url)

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """See `EventBroker.turn`. The server keeps whose turn it is, for TURN_S at most."""
        lock = self._client.lock(f"{self._streams.prefix}:publisher", timeout=TURN_S, blocking=False)
        with _told():
            mine = bool(lock.acquire())
        try:
            yield mine
        finally:
            if mine:
                _give_back(lock)

    def publish(self, messages: Sequence[Message]) -> None:
        """See `EventBroker.publish`. All go in one MULTI, so that none is refused between others that are taken."""
        with _told(), self._client.pipeline(transaction=True) as pipe:
            for message in messages:
                pipe.xadd(self._stream(message), _fields(message), maxlen=self._streams.maxlen, approximate=True)
            pipe.execute()

    def close(self) -> None:
        """Give back the connection."""
        self._client.close()

    def _stream(self, message: Message) -> str:
        return f"{self._streams.prefix}:{message.payload['module']}"


def _client(url: str) -> Redis:
    try:
        from redis import Redis  # noqa: PLC0415  # an extra that most houses do without
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415
    except ImportError as missing:
        text = "redis is not installed: pip install houtai[events]"
        raise NotDelivered(text) from missing
    # No tries of the client's own: after a lost answer it would append everything again, and the relay tries anyway.
    return Redis.from_url(
        url, socket_timeout=DEADLINE_S, socket_connect_timeout=DEADLINE_S, retry=Retry(NoBackoff(), 0), health_check_interval=0
    )


def _fields(message: Message) -> dict[Any, Any]:
    payload = message.payload
    data = json.dumps(payload["data"], ensure_ascii=False, separators=(",", ":"))
    return {"id": str(message.id), "event": payload["event"], "at": payload["at"], "data": data}


@contextmanager
def _told() -> Iterator[None]:
    """Any fault as NotDelivered, by its kind: its words may hold an address with a password."""
    from redis.exceptions import RedisError  # noqa: PLC0415  # see above

    try:
        yield
    except (RedisError, OSError) as fault:
        raise NotDelivered(_kind(fault)) from fault


def _kind(fault: RedisError | OSError) -> str:
    return type(fault).__name__


def _give_back(lock: Any) -> None:
    """A turn that is over already, or a server that is away, needs nothing: the server ends the turn by itself."""
    from redis.exceptions import RedisError  # noqa: PLC0415  # see above

    try:
        lock.release()
    except (RedisError, OSError):
        return
