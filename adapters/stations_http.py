"""The StationPort over HTTP: one kept connection, one deadline for a whole call, and the house's own refusals on this side."""

from __future__ import annotations

import asyncio
import json
import math
import re
import ssl
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, urlsplit

import attrs
import httpx

from houtai.application.stations.port import AtDesk
from houtai.domain.access.refusals import AddressNotAllowed, PasswordChangeNeeded, TooManyTries
from houtai.domain.ids import new_id
from houtai.domain.refusal import Busy, Forbidden, InvalidValue, Kind, NotFound, OutcomeUnknown, Refusal, Unauthenticated
from houtai.domain.warehouse.refusals import BadgeRefused, FlowNotAllowed, NoShift, StationLocked
from houtai.domain.warehouse.reply import MessageLevel, Phrase, StationMessage
from houtai.domain.warehouse.words import TEXTS
from houtai.domain.warehouse.work import ScanReused, StaleScan, StationPrints, StationScreen, Task

DEADLINE_S: Final = 15.0
LOOK_S: Final = 2.0
KEEP_S: Final = 4.0
"""How long a connection is kept that nobody uses: less than servers keep it (uvicorn 5 s), so that few calls meet its end."""

MAX_ANSWER_BYTES: Final = 1_000_000
MAX_SENT: Final = 20_000
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_TOKEN: Final = re.compile(r"[!-~]{1,4000}")
_OK: Final = frozenset({200, 201})

KNOWN: Final[Mapping[str, type[Refusal]]] = {
    kind.code: kind
    for kind in (
        AddressNotAllowed,
        BadgeRefused,
        Busy,
        FlowNotAllowed,
        Forbidden,
        InvalidValue,
        NoShift,
        NotFound,
        OutcomeUnknown,
        PasswordChangeNeeded,
        ScanReused,
        StaleScan,
        StationLocked,
        TooManyTries,
        Unauthenticated,
    )
}
"""What the house refuses a station with, by its code; what is about a scan comes as a screen."""


@attrs.define(eq=False, slots=False)
class AnswerUnusable(Refusal):
    """The server answered, and not as a house does: a fault in there, another version, or something between. Not repeated."""

    code = "station.answer-unusable"
    kind = Kind.CONFLICT
    text = "the server's answer cannot be used: {why}"

    why: str


def checked_server(url: str, *, plain: bool = False) -> str:
    """The server's address without a slash behind it. Raises InvalidValue.

    Badge, PIN and token travel there, so http is for this machine alone, unless `plain` says that the wire is trusted.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidValue(field="server", rule="is no URL") from error
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment or port == 0:
        raise InvalidValue(field="server", rule="must be written https://HOST or https://HOST:PORT")
    if parts.scheme == "http" and host not in _LOOPBACK and not plain:
        raise InvalidValue(field="server", rule="badge and PIN would travel in the clear: use https, or --plain-http")
    return url.rstrip("/")


class HttpStation:
    """A StationPort over HTTP, for one station. Calls wait for each other; close it at the end.

    Whatever comes of the connection is Busy where nothing was sent, and OutcomeUnknown where something may have been done. A call
    whose connection ends is repeated once at once: each is safe to repeat.
    """

    def __init__(self, server: str, station: str, *, deadline_s: float = DEADLINE_S) -> None:
        """`server` as `checked_server` gives it; `station` is a code or an id, seen by the server at each login."""
        self._station = station
        self._deadline_s = deadline_s
        self._lock = threading.Lock()
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(
            base_url=server,
            verify=ssl.create_default_context(),
            timeout=deadline_s,
            limits=httpx.Limits(max_connections=1, keepalive_expiry=KEEP_S),
            trust_env=False,
            headers={"user-agent": f"houtai station {quote(station)}", "accept-encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        with self._lock:
            self._runner.run(self._client.aclose())
            self._runner.close()

    def check(self) -> None:
        """Ask whether the server is there. Raises Busy, OutcomeUnknown, AnswerUnusable."""
        self._call("GET", "/health/live")

    def log_in(self, badge: str, pin: str) -> AtDesk:
        """See `StationPort.log_in`."""
        body = {"badge": _sendable(badge)[:100], "pin": _sendable(pin)[:100], "station": self._station}
        begun = self._call("POST", "/v1/shifts", body)
        try:
            own = begun["own"]
            tasks = tuple(Task(task) for task in own["tasks"])
            token = _text(begun["token"])
            if _TOKEN.fullmatch(token) is None:
                raise AnswerUnusable(why="its token is none")
            return AtDesk(token, _text(own["name"]), _text(own["station"]["code"]), tasks, _text(own["station"]["scale"]))
        except (KeyError, TypeError, ValueError) as error:
            raise AnswerUnusable(why=_why(error)) from error

    def lock(self, token: str) -> None:
        """See `StationPort.lock`."""
        self._call("POST", "/v1/shifts/own/lock", token=token, keyed=True)

    def unlock(self, token: str, badge: str, pin: str) -> None:
        """See `StationPort.unlock`."""
        body = {"badge": _sendable(badge)[:100], "pin": _sendable(pin)[:100]}
        self._call("POST", "/v1/shifts/own/unlock", body, token=token)

    def leave(self, token: str) -> None:
        """See `StationPort.leave`."""
        self._call("POST", "/v1/shifts/own/leave", token=token, keyed=True)

    def open_task(self, token: str, task: Task) -> StationScreen:
        """See `StationPort.open_task`."""
        return screen_of(self._call("POST", "/v1/shifts/own/task", {"task": task.value}, token=token))

    def scan(self, token: str, task: Task, seq: int, code: str) -> StationScreen:
        """See `StationPort.scan`."""
        body = {"task": task.value, "seq": seq, "code": _sendable(code)[:MAX_SENT]}
        return screen_of(self._call("POST", "/v1/shifts/own/scans", body, token=token))

    def look(self, token: str) -> StationPrints:
        """See `StationPort.look`. It waits no longer than LOOK_S, because a scan may wait behind it."""
        return prints_of(self._call("GET", "/v1/shifts/own/prints", token=token, deadline_s=LOOK_S))

    def _call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        keyed: bool = False,
        deadline_s: float = math.inf,
    ) -> dict[str, Any]:
        """The answer's object. Raises what the house refuses with, Busy, OutcomeUnknown, AnswerUnusable."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if keyed:
            headers["idempotency-key"] = str(new_id())
        content = None
        if body is not None:
            headers["content-type"] = "application/json"
            content = json.dumps(body).encode()
        request = self._client.build_request(method, path, headers=headers, content=content)
        within_s = min(deadline_s, self._deadline_s)
        with self._lock:
            try:
                status, raw = self._runner.run(self._sent(request, within_s))
            except httpx.ConnectError as error:
                raise Busy(what=f"the server cannot be reached: {error}") from error
            except (httpx.NetworkError, httpx.RemoteProtocolError):  # a kept connection may end just as it is used
                status, raw = self._sent_again(request, within_s)
        return _judged(status, raw)

    def _sent_again(self, request: httpx.Request, within_s: float) -> tuple[int, bytes]:
        try:
            return self._runner.run(self._sent(request, within_s))
        except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
            raise OutcomeUnknown from error

    async def _sent(self, request: httpx.Request, within_s: float) -> tuple[int, bytes]:
        """Status and body within the deadline, however slowly they trickle."""
        try:
            async with asyncio.timeout(within_s):
                answer = await self._client.send(request, stream=True)
                try:
                    raw = b""
                    async for part in answer.aiter_raw():
                        raw += part
                        if len(raw) > MAX_ANSWER_BYTES:
                            raise AnswerUnusable(why="it is too long")
                finally:
                    await answer.aclose()
                return answer.status_code, raw
        except httpx.ConnectTimeout as error:
            raise Busy(what="the server cannot be reached in time") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise OutcomeUnknown from error


def _judged(status: int, raw: bytes) -> dict[str, Any]:
    """The object of a good answer, else the refusal that the problem tells."""
    if status in (502, 503, 504) and not raw.startswith(b"{"):
        raise OutcomeUnknown  # somebody between here and there
    try:
        told = json.loads(raw) if raw else {}
    except (ValueError, RecursionError) as error:
        raise AnswerUnusable(why=f"HTTP {status} without JSON") from error
    if not isinstance(told, dict):
        raise AnswerUnusable(why=f"HTTP {status} without an object")
    if status in _OK:
        return told
    raise _refusal_of(status, told)


def _refusal_of(status: int, told: Mapping[str, Any]) -> Refusal:
    """The refusal with its facts, as in this process."""
    code = told.get("code")
    if code == "too-many-requests":
        wait_s = told.get("retry_after_s")
        if told.get("limit") == "login" and isinstance(wait_s, int):
            return TooManyTries(retry_after_s=wait_s)
        return Busy(what="the server is asked too often; nothing was done")
    if code == "unavailable":
        return Busy(what="the house cannot answer at the moment; nothing was done")
    kind = KNOWN.get(code) if isinstance(code, str) else None
    if kind is None:
        return AnswerUnusable(why=f"HTTP {status} {code or ''} {told.get('instance', '')}".strip())
    if kind is Busy:
        return Busy(what=str(told.get("detail", "")))
    facts = {field.name: told.get(field.name) for field in attrs.fields(kind)}
    if any(not isinstance(fact, (str, int)) for fact in facts.values()):
        return AnswerUnusable(why=f"HTTP {status} {code} without its facts")
    return kind(**facts)


def screen_of(told: Mapping[str, Any]) -> StationScreen:
    """A screen as it was before it travelled. Raises AnswerUnusable."""
    try:
        message = told["message"]
        return StationScreen(
            task=Task(told["task"]),
            seq=_number(told["seq"]),
            prompt=_phrase(told["prompt"]),
            digits=_text(told["digits"]),
            facts=tuple((_text(one["label"]), _text(one["value"])) for one in told["facts"]),
            columns=tuple(map(_text, told["columns"])),
            rows=tuple(tuple(map(_text, row)) for row in told["rows"]),
            message=None if message is None else _message(message),
            prints=_prints(told["prints"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AnswerUnusable(why=_why(error)) from error


def prints_of(told: Mapping[str, Any]) -> StationPrints:
    """Prints as they were before they travelled. Raises AnswerUnusable."""
    try:
        return _prints(told)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AnswerUnusable(why=_why(error)) from error


def _prints(told: Any) -> StationPrints:
    return StationPrints(told["waiting"] is True, tuple(map(_message, told["notices"])), _number(told["more"]))


def _message(told: Any) -> StationMessage:
    return StationMessage(MessageLevel(told["level"]), _phrase(told["phrase"]))


def _phrase(told: Mapping[str, Any]) -> Phrase:
    made = Phrase(_text(told["code"]), tuple((_text(name), _text(value)) for name, value in told["facts"].items()))
    if made.code not in TEXTS:
        raise ValueError(made.code)
    return made


def _text(told: Any) -> str:
    if not isinstance(told, str):
        raise TypeError(told)
    return told


def _number(told: Any) -> int:
    if not isinstance(told, int):
        raise TypeError(told)
    return told


def _why(error: Exception) -> str:
    return f"{type(error).__name__} {error}; is the server of another version?"


def _sendable(text: str) -> str:
    """NUL and half characters, which no body may hold, as a sign that no code holds either."""
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
