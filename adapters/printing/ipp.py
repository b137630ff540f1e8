"""IPP 1.1 over HTTP (RFC 8010, 8011): the one way on which a printer says when a job is on paper."""

from __future__ import annotations

import http.client
import ssl
import struct
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import attrs

from houtai.adapters.printing.deadline import Deadline
from houtai.adapters.reachable import AT_HOME, Reachable
from houtai.application.printing.ports import Rendered
from houtai.domain.printing.job import Outcome, Result

PORT: Final = 631
PRINT_JOB: Final = 0x0002
GET_JOB_ATTRIBUTES: Final = 0x0009
BUSY: Final = 0x0507
NOT_FOUND: Final = 0x0406
FORMAT_NOT_SUPPORTED: Final = 0x040A
VALUES_NOT_SUPPORTED: Final = 0x040B
PAUSE_S: Final = 0.3
MAX_ANSWER: Final = 1_000_000
_OPERATION: Final = 0x01
_JOB: Final = 0x02
_END: Final = 0x03
_INTEGER: Final = 0x21
_ENUM: Final = 0x23
_NAME: Final = 0x42
_KEYWORD: Final = 0x44
_URI: Final = 0x45
_CHARSET: Final = 0x47
_LANGUAGE: Final = 0x48
_MIME: Final = 0x49
_DONE: Final = 9
_CANCELLED: Final = 7
_ABORTED: Final = 8
_STOPPED: Final = 6

Asked = list[tuple[int, str, int | str]]

_WORDS: Final = {
    BUSY: "busy",
    NOT_FOUND: "the printer knows no such job",
    FORMAT_NOT_SUPPORTED: "the printer does not take this format",
    VALUES_NOT_SUPPORTED: "the printer does not take what was asked for",
}


class NoAnswer(Exception):
    """No IPP answer came back. `sent` says whether the request may have gone out."""

    def __init__(self, why: str, *, sent: bool) -> None:
        """`why` is for people."""
        super().__init__(why)
        self.sent = sent


@attrs.frozen
class Answer:
    """A printer's answer: its status, and every attribute's first value by name."""

    status: int
    attributes: Mapping[str, int | str | bytes]

    def number(self, name: str) -> int:
        """An integer attribute; 0 where it is missing."""
        value = self.attributes.get(name, 0)
        return value if isinstance(value, int) else 0

    def words(self, name: str) -> str:
        """A text attribute; empty where it is missing."""
        value = self.attributes.get(name, "")
        return value if isinstance(value, str) else ""


def send(address: str, rendered: Rendered, name: str, copies: int, deadline_ms: int, reachable: Reachable = AT_HOME) -> Outcome:
    """Print-Job. ACCEPTED with the job's number, NOT_REACHED where the printer is away or busy, REFUSED where it says no.

    UNCERTAIN where the request went out and no answer came.
    """
    deadline = Deadline(deadline_ms)
    operation: Asked = [
        (_NAME, "requesting-user-name", "houtai"),
        (_NAME, "job-name", name),
        (_MIME, "document-format", rendered.media_type),
    ]
    job: Asked = [(_INTEGER, "copies", copies)] if copies > 1 else []
    while True:
        try:
            answer = _call(address, PRINT_JOB, operation, job, rendered.content, deadline, reachable)
        except NoAnswer as none:
            return Outcome(Result.UNCERTAIN if none.sent else Result.NOT_REACHED, str(none))
        if answer.status != BUSY or deadline.left_s < PAUSE_S:
            return _after_print(answer)
        time.sleep(PAUSE_S)


def ask(address: str, remote: str, deadline_ms: int, reachable: Reachable = AT_HOME) -> Outcome:
    """Get-Job-Attributes: DONE, REFUSED for a job that was cancelled or aborted there, ACCEPTED as long as it is under way."""
    operation: Asked = [(_INTEGER, "job-id", int(remote)), (_NAME, "requesting-user-name", "houtai")]
    try:
        answer = _call(address, GET_JOB_ATTRIBUTES, operation, [], b"", Deadline(deadline_ms), reachable)
    except NoAnswer as none:
        return Outcome(Result.ACCEPTED, str(none), remote)
    if answer.status == NOT_FOUND:
        return Outcome(Result.UNCERTAIN, _WORDS[NOT_FOUND], remote)
    return _standing(answer, remote)


def _after_print(answer: Answer) -> Outcome:
    if answer.status >= 0x0400:
        said = answer.words("status-message")
        detail = f"{_WORDS.get(answer.status, 'the printer refused')} (0x{answer.status:04x}{' ' + said if said else ''})"
        again = answer.status == BUSY or (answer.status >= 0x0500 and answer.status not in (0x0501, 0x0503))
        return Outcome(Result.NOT_REACHED if again else Result.REFUSED, detail)
    return _standing(answer, str(answer.number("job-id")))


def _standing(answer: Answer, remote: str) -> Outcome:
    reasons = answer.words("job-state-reasons")
    match answer.number("job-state"):
        case 9:
            return Outcome(Result.DONE, remote=remote)
        case 7 | 8:
            return Outcome(Result.UNCERTAIN, f"ended at the printer: {reasons}", remote)
        case 6:
            return Outcome(Result.ACCEPTED, f"stopped: {reasons}", remote)
        case _:
            return Outcome(Result.ACCEPTED, reasons if reasons != "none" else "", remote)


def _call(
    address: str,
    operation: int,
    attributes: Asked,
    job: Asked,
    document: bytes,
    deadline: Deadline,
    reachable: Reachable,
) -> Answer:
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or PORT
    line = http.client.HTTPConnection(host, port, timeout=deadline.left_s)
    try:
        try:
            line.sock = reachable.connect(host, port, deadline.left_s)
            if parts.scheme == "ipps":
                line.sock = ssl.create_default_context().wrap_socket(line.sock, server_hostname=host)
        except (OSError, UnicodeError) as error:
            why = f"no connection to {address}: {error}"
            raise NoAnswer(why, sent=False) from error
        try:
            headers = {"Content-Type": "application/ipp", "Accept": "application/ipp"}
            line.request("POST", parts.path or "/", request(address, operation, attributes, job) + document, headers)
            if line.sock is not None:
                line.sock.settimeout(deadline.left_s)
            response = line.getresponse()
            body = response.read(MAX_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            why = f"no answer from {address}: {error or type(error).__name__}"
            raise NoAnswer(why, sent=True) from error
    finally:
        line.close()
    if response.status != http.client.OK:
        why = f"{address} answered HTTP {response.status}"
        raise NoAnswer(why, sent=False)
    return answer_of(body)


def request(address: str, operation: int, attributes: Asked, job: Asked) -> bytes:
    """A request up to its document: version 1.1, the printer's address, then the attributes of operation and job."""
    head = struct.pack(">BBHI", 1, 1, operation, 1) + bytes([_OPERATION])
    first: Asked = [(_CHARSET, "attributes-charset", "utf-8"), (_LANGUAGE, "attributes-natural-language", "en")]
    told = b"".join(_attribute(*one) for one in [*first, (_URI, "printer-uri", address), *attributes])
    about = bytes([_JOB]) + b"".join(_attribute(*one) for one in job) if job else b""
    return head + told + about + bytes([_END])


def _attribute(tag: int, name: str, value: int | str) -> bytes:
    raw = struct.pack(">i", value) if isinstance(value, int) else value.encode()[:255]
    return struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(raw)) + raw


def answer_of(body: bytes) -> Answer:
    """An answer from its bytes. Raises NoAnswer for what is none."""
    try:
        _, _, status, _ = struct.unpack_from(">BBHI", body)
        return Answer(status, _attributes(body))
    except (struct.error, IndexError) as error:
        raise NoAnswer("the answer is no IPP", sent=True) from error


def _attributes(body: bytes) -> dict[str, int | str | bytes]:
    found: dict[str, int | str | bytes] = {}
    place = 8
    while body[place] != _END:
        tag = body[place]
        place += 1
        if tag < 0x10:  # the beginning of a group
            continue
        (length,) = struct.unpack_from(">H", body, place)
        name = body[place + 2 : place + 2 + length].decode(errors="replace")
        place += 2 + length
        (length,) = struct.unpack_from(">H", body, place)
        raw = body[place + 2 : place + 2 + length]
        if len(raw) < length:
            raise IndexError(name)
        place += 2 + length
        if name and name not in found:
            found[name] = _value(tag, raw)
    return found


def _value(tag: int, raw: bytes) -> int | str | bytes:
    if tag in (_INTEGER, _ENUM):
        return int(struct.unpack(">i", raw)[0])
    return raw.decode(errors="replace") if tag >= 0x40 else raw
