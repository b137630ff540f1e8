"""How a module declares its routes: method, address, use case, what comes in, what goes out and which refusals it knows."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import attrs
import msgspec

from houtai.application.group import ahead_of
from houtai.application.permission import extent_of, verb_of
from houtai.domain.access.refusals import AddressNotAllowed, PasswordChangeNeeded, TooManyTries
from houtai.domain.authority import WHOLE_HOUSE, Extent
from houtai.domain.refusal import (
    AlreadyExists,
    Busy,
    CurrencyMismatch,
    Forbidden,
    IllegalMove,
    InvalidValue,
    KeyReused,
    NotFound,
    OutcomeUnknown,
    Refusal,
    Unauthenticated,
    VersionConflict,
)
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.body import Decoder
from houtai.entrypoints.http.bounds import check_bounds
from houtai.entrypoints.http.desk import Desk, Download, Notice, Reply, Upload
from houtai.entrypoints.http.parameters import QueryDecoder

F = TypeVar("F", bound=Callable[..., Any])

PREFIX: Final = "/v1"
JSON: Final = ("application/json",)
MAX_BODY: Final = 1_000_000
MAX_UPLOAD: Final = 20_000_000
MAX_NOTICE: Final = 256_000

# What any route may answer, because the office or the edge does: no route repeats them.
DOOR_REFUSALS: Final[tuple[type[Refusal], ...]] = (
    Unauthenticated,
    Forbidden,
    AddressNotAllowed,
    PasswordChangeNeeded,
    TooManyTries,
)
READ_REFUSALS: Final[tuple[type[Refusal], ...]] = (NotFound, InvalidValue, CurrencyMismatch, Busy)
WRITE_REFUSALS: Final[tuple[type[Refusal], ...]] = (*READ_REFUSALS, AlreadyExists, KeyReused, OutcomeUnknown)
_PART: Final = re.compile(r"{(\w+)}")


@attrs.frozen(eq=False)
class Route:
    """One declared route. `parts` are the path's names with their types; `answer` is None where nothing goes back."""

    method: str
    path: str
    run: Callable[..., Any] = attrs.field(repr=False)
    name: str
    tag: str
    verb: str | None
    extent: Extent  # along which axes the records of its deed lie
    public: bool
    with_one_time_password: bool  # open to a session that must change its password first
    keyed: bool
    match: str  # If-Match: "required", "optional" or "none"
    status: int
    parts: Mapping[str, Any]
    query: type[msgspec.Struct]
    query_decoder: QueryDecoder[Any]
    takes_query: bool
    body: type[msgspec.Struct] | None
    decoder: Decoder[Any] | None
    takes: str  # the parameter that gets the raw content: "file", "notice" or ""
    accepts: tuple[str, ...]
    produces: tuple[str, ...]
    max_bytes: int
    answer: Any
    statuses: tuple[int, ...]
    refuses: tuple[type[Refusal], ...]
    location: str
    example: Mapping[str, Any] | None
    deed: str
    shares: bool  # whether its deed shares a transaction with others: see `group`

    @property
    def may_refuse(self) -> tuple[type[Refusal], ...]:
        """Every refusal that this route declares, the house's own included."""
        at_the_door = () if self.public else DOOR_REFUSALS
        return (*at_the_door, *(READ_REFUSALS if self.method == "GET" else WRITE_REFUSALS), *self.refuses)

    @property
    def description(self) -> tuple[str, str]:
        """The docstring's first line and the rest."""
        first, _, rest = inspect.cleandoc(self.run.__doc__ or "").partition("\n")
        return first.rstrip("."), rest.strip()


class Routes:
    """The routes of one module, declared with decorators that leave the functions as they are."""

    def __init__(self, tag: str, description: str) -> None:
        """`tag` groups the routes in the documentation."""
        self.tag = tag
        self.description = description
        self.all: list[Route] = []

    def get(
        self,
        path: str,
        deed: Callable[..., Any] | None,
        *,
        refuses: tuple[type[Refusal], ...] = (),
        public: bool = False,
        with_one_time_password: bool = False,
        produces: tuple[str, ...] = (),
    ) -> Callable[[F], F]:
        """Read something. `produces` names the media types where the answer is a Download."""
        return self._declare(
            "GET",
            path,
            deed,
            _Terms(
                refuses=refuses,
                public=public,
                with_one_time_password=with_one_time_password,
                keyed=False,
                produces=produces,
                status=200,
            ),
        )

    def post(
        self,
        path: str,
        deed: Callable[..., Any] | None,
        *,
        status: int = 200,
        refuses: tuple[type[Refusal], ...] = (),
        statuses: tuple[int, ...] = (),
        public: bool = False,
        with_one_time_password: bool = False,
        keyed: bool = True,
        match: str = "none",
        location: str = "",
        example: Mapping[str, Any] | None = None,
    ) -> Callable[[F], F]:
        """Do something: 201 with `location` ("/skus/{id}", filled from the answer) for a new record, 200 for a move.

        `keyed=False` only for what is no use case under a key: logging in, a pure calculation.
        """
        return self._declare(
            "POST",
            path,
            deed,
            _Terms(
                status=status,
                refuses=refuses,
                statuses=statuses,
                public=public,
                with_one_time_password=with_one_time_password,
                keyed=keyed,
                match=match,
                location=location,
                example=example,
            ),
        )

    def move(self, path: str, deed: Callable[..., Any], *, refuses: tuple[type[Refusal], ...] = ()) -> Callable[[F], F]:
        """Move a document to another state under If-Match; a state from which no such move leads refuses with IllegalMove."""
        return self.post(path, deed, refuses=(IllegalMove, *refuses), match="required")

    def put(
        self,
        path: str,
        deed: Callable[..., Any],
        *,
        refuses: tuple[type[Refusal], ...] = (),
        match: str = "required",
        example: Mapping[str, Any] | None = None,
    ) -> Callable[[F], F]:
        """Replace something under If-Match (``match="none"`` for a setting without versions)."""
        return self._declare("PUT", path, deed, _Terms(status=200, refuses=refuses, match=match, keyed=False, example=example))

    def patch(
        self,
        path: str,
        deed: Callable[..., Any],
        *,
        refuses: tuple[type[Refusal], ...] = (),
        match: str = "required",
        example: Mapping[str, Any] | None = None,
    ) -> Callable[[F], F]:
        """Change some fields under If-Match."""
        return self._declare("PATCH", path, deed, _Terms(status=200, refuses=refuses, match=match, keyed=False, example=example))

    def delete(
        self,
        path: str,
        deed: Callable[..., Any] | None,
        *,
        refuses: tuple[type[Refusal], ...] = (),
        match: str = "required",
    ) -> Callable[[F], F]:
        """End something; 204 where the function returns None."""
        return self._declare("DELETE", path, deed, _Terms(status=200, refuses=refuses, match=match, keyed=False))

    def upload(
        self,
        path: str,
        deed: Callable[..., Any],
        *,
        accepts: tuple[str, ...],
        max_bytes: int = MAX_UPLOAD,
        status: int = 200,
        refuses: tuple[type[Refusal], ...] = (),
        keyed: bool = True,
        produces: tuple[str, ...] = (),
    ) -> Callable[[F], F]:
        """Take a file: the body is the file, as one of `accepts`; the function gets it as ``file: Upload``."""
        return self._declare(
            "POST",
            path,
            deed,
            _Terms(status=status, refuses=refuses, keyed=keyed, accepts=accepts, max_bytes=max_bytes, produces=produces),
        )

    def notice(
        self,
        path: str,
        *,
        statuses: tuple[int, ...],
        refuses: tuple[type[Refusal], ...] = (),
        shares: bool = False,
    ) -> Callable[[F], F]:
        """Take an outside system's signed message; the function gets it as ``notice: Notice`` and checks the signature.

        `shares` says that its deed shares a transaction with others.
        """
        return self._declare(
            "POST",
            path,
            None,
            _Terms(status=200, refuses=refuses, statuses=statuses, public=True, keyed=False, max_bytes=MAX_NOTICE, shares=shares),
        )

    def _declare(self, method: str, path: str, deed: Callable[..., Any] | None, terms: _Terms) -> Callable[[F], F]:
        def declare(function: F) -> F:
            taken = _read_signature(function, path)
            verb = None if deed is None else verb_of(deed)
            fields = attrs.asdict(terms, recurse=False) | attrs.asdict(taken, recurse=False)
            fields |= {
                "extent": WHOLE_HOUSE if deed is None else extent_of(deed),
                "public": terms.public or (deed is not None and verb is None),
                "status": 204 if taken.answer is None else terms.status,
                "refuses": (*terms.refuses, VersionConflict) if terms.match != "none" else terms.refuses,
                "location": terms.location and PREFIX + terms.location,
                "example": _checked_example(taken.body, terms.example),
            }
            name = function.__name__
            made = name if deed is None else deed.__name__
            fields["shares"] = terms.shares or (deed is not None and ahead_of(deed) is not None)
            self.all.append(
                Route(method=method, path=PREFIX + path, run=function, name=name, tag=self.tag, verb=verb, deed=made, **fields)
            )
            return function

        return declare


@attrs.frozen(kw_only=True)
class _Terms:
    """What the decorators say of a route beside its path; fields of Route by the same names."""

    status: int
    keyed: bool
    refuses: tuple[type[Refusal], ...] = ()
    statuses: tuple[int, ...] = ()
    public: bool = False
    with_one_time_password: bool = False
    match: str = "none"
    accepts: tuple[str, ...] = JSON
    produces: tuple[str, ...] = ()
    max_bytes: int = MAX_BODY
    location: str = ""
    example: Mapping[str, Any] | None = None
    shares: bool = False


@attrs.frozen
class _Taken:
    """What a route function takes and gives, read from its annotations; fields of Route by the same names."""

    parts: Mapping[str, Any]
    query: type[msgspec.Struct]
    query_decoder: QueryDecoder[Any]
    takes_query: bool
    body: type[msgspec.Struct] | None
    decoder: Decoder[Any] | None
    takes: str
    answer: Any


def _read_signature(function: Callable[..., Any], path: str) -> _Taken:
    """The function's parameters by their names; a mistake is an error when the module is imported, not on a request."""
    hints = typing.get_type_hints(function, include_extras=True)
    names = list(inspect.signature(function).parameters)
    where = f"{function.__module__}.{function.__name__}"
    if not names or hints.get(names[0]) is not Desk or "return" not in hints or not function.__doc__:
        message = f"{where}: needs a docstring, a return type and the first parameter `desk: Desk`"
        raise TypeError(message)
    expected = _PART.findall(path)
    special = {"query", "body", "file", "notice"}
    if [name for name in names[1:] if name not in special] != expected:
        message = f"{where}: the path has {expected}, so its parameters are `desk`, those in order, then query, body, file"
        raise TypeError(message)
    for name, kind in (("file", Upload), ("notice", Notice)):
        if name in names and hints[name] is not kind:
            message = f"{where}: `{name}` must be {kind.__name__}"
            raise TypeError(message)
    for name in ("query", "body"):
        if name in names:
            check_bounds(hints[name])
    answer = hints["return"]
    if typing.get_origin(answer) is Reply:
        answer = typing.get_args(answer)[0]
    return _Taken(
        parts={name: hints[name] for name in expected},
        query=hints.get("query", wire.Nothing),
        query_decoder=QueryDecoder(hints.get("query", wire.Nothing)),
        takes_query="query" in names,
        body=hints.get("body"),
        decoder=Decoder(hints["body"]) if "body" in names else None,
        takes=next((name for name in ("file", "notice") if name in names), ""),
        answer=None if answer is type(None) else answer,
    )


def _checked_example(taken: type[msgspec.Struct] | None, example: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if example is not None:
        Decoder(taken or wire.Nothing).decode(msgspec.json.encode(example))
    return example


def is_file(answer: Any) -> bool:
    """Whether a route answers with a file."""
    return answer is Download
