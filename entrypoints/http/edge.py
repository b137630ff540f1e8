"""One request from its bytes to its answer: credential, headers, body, act, route, and back."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import attrs
import msgspec
from litestar.response.base import ASGIResponse

from houtai.application.audit import AuditEntry, Category
from houtai.domain.act import NOBODY, Act, Origin
from houtai.domain.refusal import Busy, Forbidden, Refusal, Unauthenticated
from houtai.entrypoints.http import headers as head
from houtai.entrypoints.http.desk import Desk, Download, House, Notice, Reply, Upload
from houtai.entrypoints.http.doorman import Credential, admit, credential_of, origin_of
from houtai.entrypoints.http.parameters import path_part
from houtai.entrypoints.http.problems import Problem
from houtai.entrypoints.http.rates import Gate
from houtai.entrypoints.http.routes import Route
from houtai.entrypoints.http.traffic import UNWATCHED, Traffic, Visit
from houtai.entrypoints.logs import REQUEST

Receive = Callable[[], Any]

THREADS: Final = 8  # more than about 8 at work in one process halve the throughput
IN_LINE: Final = 64  # threads for deeds that share a transaction: all but one of them wait, and who waits costs nothing
MAX_WAITING: Final = 256  # requests under way or waiting for a thread; past it the answer is 503, not a long wait

_encode = msgspec.json.Encoder().encode


@attrs.frozen
class Asked:
    """A request after everything that can be checked without a thread."""

    credential: Credential | None
    origin: Origin
    correlation: UUID
    key: str | None
    version: int | None
    media_type: str
    raw: bytes
    query: bytes
    path: Mapping[str, str]
    headers: Mapping[bytes, str]


class Edge:
    """Serves routes with one office. One hop into a thread a request: there the act is made, the body read, the deed done."""

    def __init__(
        self,
        house: House,
        *,
        trusted_proxies: Sequence[str] = (),
        threads: int = THREADS,
        strict: bool = False,
        traffic: Traffic = UNWATCHED,
        gate: Gate | None = None,
    ) -> None:
        """`trusted_proxies` are the networks whose X-Forwarded-For is believed; without a `gate` nobody asks too often.

        `strict` makes a refusal that its route does not declare an error.
        """
        self._house = house
        self._office = house.office
        self._trusted_proxies = tuple(trusted_proxies)
        self._strict = strict
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="houtai-http")
        self._line = ThreadPoolExecutor(max(threads, IN_LINE), thread_name_prefix="houtai-line")
        self._traffic = traffic
        self._busy = 0
        self._gate = gate or Gate({})

    def close(self) -> None:
        """Let the deeds under way end."""
        for pool in (self._pool, self._line):
            pool.shutdown(wait=True)

    async def serve(self, route: Route, scope: Mapping[str, Any], receive: Receive, request_id: UUID) -> ASGIResponse:
        """The answer of a route. Raises Problem and refusals."""
        asked = await self._read(route, scope, receive, request_id)
        if self._busy >= MAX_WAITING:
            raise Busy
        self._busy += 1
        self._traffic.queued(1)
        visit: Visit = scope["houtai_visit"]
        visit.correlation = str(asked.correlation)
        try:
            loop = asyncio.get_running_loop()
            pool = self._line if route.shares else self._pool
            return await loop.run_in_executor(pool, self._work, route, asked, scope["method"], visit)
        finally:
            self._busy -= 1
            if not visit.at_work:
                self._traffic.queued(-1)

    def _work(self, route: Route, asked: Asked, method: str, visit: Visit) -> ASGIResponse:
        """In a thread: everything that is logged meanwhile says for which request."""
        visit.at_work = True
        self._traffic.queued(-1)
        facts = {"request_id": str(visit.id), "correlation_id": visit.correlation, "route": route.path}
        token = REQUEST.set(facts)
        try:
            act = self._act(route, asked)
            if act.actor != NOBODY:
                visit.actor = facts["actor_id"] = str(act.actor)
            return self._answer(route, asked, method, act)
        finally:
            REQUEST.reset(token)

    async def _read(self, route: Route, scope: Mapping[str, Any], receive: Receive, request_id: UUID) -> Asked:
        """Refuse what needs no look into the house, cheapest first; a caller without a credential gets no further."""
        found = head.read_headers(scope["headers"])
        origin = origin_of(scope, found, self._trusted_proxies)
        self._gate.pass_address(route, origin.address)
        credential = None if route.public else credential_of(found)
        if credential is None and not route.public:
            raise Unauthenticated
        media_type = ""
        typed = b"content-type" in found
        if (route.body is not None and typed) or route.takes == "file":
            media_type = head.check_content_type(found, route.accepts)
        raw = await read_content(receive, found.get(b"content-length"), route.max_bytes)
        if route.body is not None and raw and not typed:
            head.check_content_type(found, route.accepts)
        return Asked(
            credential=credential,
            origin=origin,
            correlation=head.correlation(found, request_id),
            key=head.idempotency_key(found, required=route.keyed),
            version=None if route.match == "none" else head.expected_version(found, required=route.match == "required"),
            media_type=media_type,
            raw=raw,
            query=scope["query_string"],
            path=scope["path_params"],
            headers=found,
        )

    def _answer(self, route: Route, asked: Asked, method: str, act: Act) -> ASGIResponse:
        arguments: dict[str, Any] = {name: path_part(asked.path[name], kind) for name, kind in route.parts.items()}
        query = route.query_decoder.decode(asked.query)
        if route.takes_query:
            arguments["query"] = query
        if route.decoder is not None:
            given = asked.raw or asked.media_type  # an empty body that says what it is, is one
            arguments["body"] = route.decoder.decode(asked.raw) if given else route.decoder.absent()
        elif route.takes == "file":
            if not asked.raw:
                raise Problem.of_fields("invalid-body", {"": "must not be empty"})
            arguments["file"] = Upload(asked.raw, asked.media_type)
        elif route.takes == "notice":
            plain = {name.decode("latin-1"): value for name, value in asked.headers.items()}
            arguments["notice"] = Notice(asked.raw, plain)
        elif asked.raw:
            raise Problem.of_fields("invalid-body", {"": "this route takes no body"})
        wish = None if asked.key is None else wish_of(route, asked, arguments)
        desk = Desk(self._house, act, key=asked.key, version=asked.version, wish=wish, token=_token(asked))
        try:
            return respond(route, route.run(desk, **arguments), is_head=method == "HEAD")
        except Refusal as refusal:
            if self._strict and not isinstance(refusal, route.may_refuse):
                message = f"{route.name} refuses with {type(refusal).__name__} ({refusal.code}): declare it in `refuses=`"
                raise AssertionError(message) from refusal
            raise

    def _act(self, route: Route, asked: Asked) -> Act:
        """Who it is; refused here already, and logged, where no role of theirs holds the route's verb at all."""
        if asked.credential is None:
            return attrs.evolve(Act.of_nobody(self._office.clock.now(), asked.origin), correlation=asked.correlation)
        act = admit(
            asked.credential, asked.origin, self._house.authenticator, with_one_time_password=route.with_one_time_password
        )
        self._gate.pass_caller(route, act.actor, asked.credential.key_prefix)
        act = attrs.evolve(act, correlation=asked.correlation)
        if route.verb is not None:
            try:
                act.authority.over({route.verb: route.extent}).decide(route.verb, at=act.at).demand()
            except Forbidden as refusal:
                self._office.log(_refused_entry(route, act, refusal))
                raise
        return act


def _token(asked: Asked) -> str:
    return "" if asked.credential is None or asked.credential.is_api_key else asked.credential.text


def wish_of(route: Route, asked: Asked, arguments: Mapping[str, Any]) -> str:
    """What the caller wants, as a digest: two spellings of the same body are one wish."""
    digest = hashlib.sha256(f"{route.name}\n{asked.version}\n".encode())
    for name, value in arguments.items():
        content = value.content if isinstance(value, Upload) else _encode(value)
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _refused_entry(route: Route, act: Act, refusal: Forbidden) -> AuditEntry:
    return AuditEntry(
        category=Category.REFUSAL,
        at=act.at,
        actor=act.actor,
        actor_name=act.name,
        on_behalf_of=act.on_behalf_of,
        entry=act.origin.entry.value,
        address=act.origin.address,
        agent=act.origin.agent,
        deed=route.deed,
        outcome=refusal.code,
        reason=act.reason,
        correlation=act.correlation,
        command={},
    )


async def read_content(receive: Receive, announced: str | None, limit: int) -> bytes:
    """The whole body. Raises Problem (413) before reading where the announced length is over the limit already."""
    if announced is not None and announced.isdecimal() and int(announced) > limit:
        raise Problem("too-large", members={"limit_bytes": limit})
    parts: list[bytes] = []
    total = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("invalid-request", detail="the connection ended before the body did")
        part = message.get("body", b"")
        total += len(part)
        if total > limit:
            raise Problem("too-large", members={"limit_bytes": limit})
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def respond(route: Route, result: Any, *, is_head: bool = False) -> ASGIResponse:
    """What a route function returned, as it goes out: ETag from the version, Location from the new record."""
    status = route.status
    extra: dict[str, str] = {}
    if isinstance(result, Reply):
        if result.words is not None:
            return _response(result.words.content, result.words.media_type, result.status, result.headers, is_head=is_head)
        status, extra, result = result.status, dict(result.headers), result.body
    if isinstance(result, Download):
        extra["content-disposition"] = f"attachment; filename*=UTF-8''{quote(result.filename, safe='')}"
        return _response(result.content, result.media_type, status, extra, is_head=is_head)
    if result is None:
        return ASGIResponse(status_code=204, headers=extra, media_type="application/json")
    version = getattr(result, "version", None)
    if isinstance(version, int):
        extra["etag"] = f'"{version}"'
    if route.location and status == 201:
        extra["location"] = route.location.format_map({name: getattr(result, name) for name in result.__struct_fields__})
    return _response(_encode(result), "application/json", status, extra, is_head=is_head)


def _response(content: bytes, media: str, status: int, extra: Mapping[str, str], *, is_head: bool) -> ASGIResponse:
    if is_head:
        headers = {**extra, "content-type": media, "content-length": str(len(content))}
        return ASGIResponse(headers=headers, status_code=status, is_head_response=True)
    return ASGIResponse(body=content, media_type=media, headers=dict(extra), status_code=status)
