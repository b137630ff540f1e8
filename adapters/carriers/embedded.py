"""A carrier for development: holds its own state, pushes signed events, refuses bad addresses, and errs on demand."""

from __future__ import annotations

import base64
import datetime as dt
import enum
import hashlib
import hmac
import json
import sqlite3
import threading
from collections import deque
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import attrs

from houtai.application.ports import Clock
from houtai.application.shipping.ports import MAX_PUSH_BYTES, CarrierAway, CarrierSilent
from houtai.domain.money import Money
from houtai.domain.refusal import Refusal
from houtai.domain.shipping.answer import CarrierAnswer, Standing, VoidAnswer
from houtai.domain.shipping.parcel import Label, LabelFormat, Quote, Shipment
from houtai.domain.shipping.refusals import PushMalformed, PushNotGenuine
from houtai.domain.shipping.tracking import TrackEvent, TrackState

WINDOW: Final = dt.timedelta(minutes=5)
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS waybills (
    key TEXT PRIMARY KEY, number TEXT, state TEXT, error TEXT, minor INTEGER, children TEXT, at TEXT
);
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, number TEXT, state TEXT, at TEXT, text TEXT, place TEXT);
CREATE TABLE IF NOT EXISTS pushes (id INTEGER PRIMARY KEY, due TEXT, body BLOB, sent INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS blocks (key TEXT PRIMARY KEY, numbers TEXT);
CREATE TABLE IF NOT EXISTS serial (last INTEGER);
"""
FIRST_G: Final = 1_000
FIRST_MINOR: Final = 800
STEP_MINOR: Final = 200


class Fault(enum.Enum):
    """How a call goes wrong, once."""

    UNREACHABLE = "unreachable"  # nothing is done, and the caller is told so
    LOSE_REQUEST = "lose-request"  # nothing is done, and the caller hears nothing
    LOSE_ANSWER = "lose-answer"  # the work is done, and the caller hears nothing
    REFUSE = "refuse"  # a definite no
    TAKE_LONG = "take-long"  # a void that is decided when `finish_void` is called


@attrs.frozen
class Push:
    """One HTTP POST of the carrier: these bytes with these headers."""

    raw: bytes
    headers: Mapping[str, str]


class EmbeddedCarrier:
    """See `Carrier`. Keeps its state in memory or in an SQLite file of its own; safe to share between threads."""

    def __init__(self, clock: Clock, *, secret: bytes, name: str = "embedded", path: str = ":memory:") -> None:
        """`secret` signs the pushes."""
        self.name = name
        self._clock = clock
        self._secret = secret
        self._faults: dict[str, deque[Fault]] = {}
        self._turn = threading.RLock()
        self._state = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._state.row_factory = sqlite3.Row
        self._state.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the state's file."""
        self._state.close()

    # What the house calls.

    def rates(self, shipment: Shipment) -> tuple[Quote, ...]:
        """See `Carrier.rates`."""
        self._fault("rates")
        usual = Money(_charge_minor(shipment), "CNY")
        express = Money(usual.minor * 2, "CNY")
        return (Quote(self.name, "standard", usual, 3), Quote(self.name, "express", express, 1))

    def buy(self, key: UUID, shipment: Shipment, number: str = "") -> CarrierAnswer:
        """See `Carrier.buy`."""
        with self._turn:
            fault = self._fault("buy")
            if self._row("SELECT 1 FROM waybills WHERE key = ?", str(key)) is None:
                live = number and self._row("SELECT 1 FROM waybills WHERE number = ? AND state <> 'voided'", number)
                error = "refused on demand" if fault is Fault.REFUSE else "number taken" if live else _complaint(shipment)
                own = number or self._next_number()
                children = [f"{own}-{place}" for place in range(2, len(shipment.parcels) + 1)]
                state = "refused" if error else "bound"
                row = (str(key), None if error else own, state, error, _charge_minor(shipment), json.dumps(children), self._at())
                self._state.execute("INSERT INTO waybills VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            self._lose(fault)
            return self._answer(key)

    def ask(self, key: UUID) -> CarrierAnswer:
        """See `Carrier.ask`."""
        with self._turn:
            self._lose(self._fault("ask"))
            return self._answer(key)

    def void(self, key: UUID, number: str) -> VoidAnswer:
        """See `Carrier.void`."""
        with self._turn:
            fault = self._fault("void")
            row = self._row("SELECT * FROM waybills WHERE key = ?", str(key))
            if row is not None and row["state"] == "bound" and fault is not Fault.REFUSE:
                gone = self._row("SELECT 1 FROM events WHERE number = ?", number) is not None
                state = "bound" if gone else "voiding" if fault is Fault.TAKE_LONG else "voided"
                self._state.execute("UPDATE waybills SET state = ? WHERE key = ?", (state, str(key)))
            self._lose(fault)
            answer = self._void_answer(key)
            return VoidAnswer(Standing.REFUSED, "the parcel is on its way") if answer.standing is Standing.NOT_KNOWN else answer

    def ask_void(self, key: UUID, number: str) -> VoidAnswer:
        """See `Carrier.ask_void`."""
        with self._turn:
            self._lose(self._fault("ask_void"))
            return self._void_answer(key)

    def track(self, shipment: Shipment, number: str) -> tuple[TrackEvent, ...]:
        """See `Carrier.track`."""
        with self._turn:
            self._lose(self._fault("track"))
            rows = self._state.execute("SELECT * FROM events WHERE number = ? ORDER BY at, id", (number,)).fetchall()
        return tuple(_event(dict(row)) for row in rows)

    def parse_push(self, headers: Mapping[str, str], raw: bytes, now: dt.datetime) -> tuple[TrackEvent, ...]:
        """See `Carrier.parse_push`."""
        known = {name.lower(): value for name, value in headers.items()}
        stamp, given = known.get("carrier-timestamp", ""), known.get("carrier-signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise PushNotGenuine
        if not hmac.compare_digest(self._signature(stamp, raw).encode(), given.encode()):
            raise PushNotGenuine
        if abs(now - dt.datetime.fromtimestamp(int(stamp), dt.UTC)) > WINDOW:
            raise PushNotGenuine
        if len(raw) > MAX_PUSH_BYTES:
            raise PushMalformed(what="too long")
        try:
            return tuple(_event(told) for told in json.loads(raw)["events"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, Refusal) as error:
            raise PushMalformed(what=type(error).__name__) from error

    def numbers(self, key: UUID, qty: int) -> tuple[str, ...]:
        """See `Carrier.numbers`."""
        with self._turn:
            fault = self._fault("numbers")
            if self._row("SELECT 1 FROM blocks WHERE key = ?", str(key)) is None:
                block = [] if fault is Fault.REFUSE else [self._next_number() for _ in range(qty)]
                self._state.execute("INSERT INTO blocks VALUES (?, ?)", (str(key), json.dumps(block)))
            self._lose(fault)
            return tuple(json.loads(self._row("SELECT numbers FROM blocks WHERE key = ?", str(key))["numbers"]))

    # What couriers, the carrier's staff and bad luck do.

    def happen(self, number: str, state: TrackState, text: str = "", *, minutes_ago: int = 0, delay_s: int = 0) -> None:
        """Something happened to a parcel; its push is due after `delay_s`."""
        with self._turn:
            at = self._clock.now() - dt.timedelta(minutes=minutes_ago)
            row = (number, state.value, at.isoformat(), text, "上海")
            self._state.execute("INSERT INTO events (number, state, at, text, place) VALUES (?, ?, ?, ?, ?)", row)
            told = {"number": number, "state": state.value, "at": at.isoformat(), "text": text, "place": "上海"}
            due = self._clock.now() + dt.timedelta(seconds=delay_s)
            body = json.dumps({"events": [told]}, ensure_ascii=False).encode()
            self._state.execute("INSERT INTO pushes (due, body) VALUES (?, ?)", (due.isoformat(), body))

    def finish_void(self, key: UUID, *, refused: bool = False) -> None:
        """A void that took long is decided."""
        with self._turn:
            state = "bound" if refused else "voided"
            error = "too late" if refused else ""
            self._state.execute("UPDATE waybills SET state = ?, error = ? WHERE key = ?", (state, error, str(key)))

    def pushes(self, *, copies: int = 1, again: bool = False) -> list[Push]:
        """The pushes that are due, signed now: each `copies` times, all of them `again`."""
        with self._turn:
            waiting = "SELECT id, body FROM pushes WHERE due <= ? AND (sent = 0 OR ?) ORDER BY id"
            rows = self._state.execute(waiting, (self._at(), again)).fetchall()
            self._state.executemany("UPDATE pushes SET sent = 1 WHERE id = ?", [(row["id"],) for row in rows])
        return [self.signed(row["body"], self._clock.now()) for row in rows for _ in range(copies)]

    def signed(self, raw: bytes, at: dt.datetime) -> Push:
        """Any bytes as a push of this carrier, signed at `at`."""
        stamp = str(int(at.timestamp()))
        headers = {"content-type": "application/json", "carrier-timestamp": stamp}
        return Push(raw, {**headers, "carrier-signature": self._signature(stamp, raw)})

    def arrange(self, call: str, *faults: Fault) -> None:
        """The next calls of a method of `Carrier` go wrong like this, in turn."""
        with self._turn:
            self._faults.setdefault(call, deque()).extend(faults)

    def bound(self) -> list[str]:
        """The numbers that are charged for: bound, and not voided."""
        with self._turn:
            rows = self._state.execute("SELECT number FROM waybills WHERE state IN ('bound', 'voiding') ORDER BY number")
            return [row["number"] for row in rows.fetchall()]

    def _answer(self, key: UUID) -> CarrierAnswer:
        row = self._row("SELECT * FROM waybills WHERE key = ?", str(key))
        if row is None:
            return CarrierAnswer(Standing.NOT_KNOWN)
        if row["state"] == "refused":
            return CarrierAnswer(Standing.REFUSED, error=row["error"])
        content = _zpl(row["number"])
        label = Label(row["number"], LabelFormat.ZPL, content, Money(row["minor"], "CNY"), tuple(json.loads(row["children"])))
        return CarrierAnswer(Standing.DONE, label)

    def _void_answer(self, key: UUID) -> VoidAnswer:
        row = self._row("SELECT * FROM waybills WHERE key = ?", str(key))
        if row is None or (row["state"] == "bound" and not row["error"]):
            return VoidAnswer(Standing.NOT_KNOWN)
        standings = {"voided": Standing.DONE, "voiding": Standing.PENDING}
        return VoidAnswer(standings.get(row["state"], Standing.REFUSED), row["error"])

    def _next_number(self) -> str:
        row = self._row("SELECT last FROM serial")
        last = 1 if row is None else row["last"] + 1
        change = "INSERT INTO serial VALUES (?)" if row is None else "UPDATE serial SET last = ?"
        self._state.execute(change, (last,))
        return f"HT{last:012d}"

    def _fault(self, call: str) -> Fault | None:
        """The next arranged fault; those that do nothing go wrong at once."""
        with self._turn:
            waiting = self._faults.get(call)
            fault = waiting.popleft() if waiting else None
        if fault is Fault.UNREACHABLE:
            raise CarrierAway("connection refused on demand")
        if fault is Fault.LOSE_REQUEST:
            raise CarrierSilent("no answer, on demand")
        return fault

    def _lose(self, fault: Fault | None) -> None:
        if fault is Fault.LOSE_ANSWER:
            raise CarrierSilent("no answer, on demand")

    def _signature(self, stamp: str, raw: bytes) -> str:
        signed = hmac.new(self._secret, f"{stamp}.".encode() + raw, hashlib.sha256).digest()
        return "v1," + base64.b64encode(signed).decode()

    def _row(self, statement: str, *values: Any) -> Any:
        return self._state.execute(statement, values).fetchone()

    def _at(self) -> str:
        return self._clock.now().isoformat()


def _complaint(shipment: Shipment) -> str:
    """Why a real carrier would not take it; empty where it would."""
    for end, contact in (("sender", shipment.sender), ("receiver", shipment.receiver)):
        if not contact.region or sum(sign.isdecimal() for sign in contact.phone) < 7:
            return f"the {end}'s region or phone is not good enough"
    return "over 50 kg" if shipment.weight_g > 50_000 else ""


def _charge_minor(shipment: Shipment) -> int:
    steps = -(-max(0, shipment.weight_g - FIRST_G) // FIRST_G)
    return FIRST_MINOR + steps * STEP_MINOR


def _zpl(number: str) -> bytes:
    return f"^XA^FO60,60^BY3^BCN,160,Y,N,N^FD{number}^FS^XZ".encode()


def _event(told: Mapping[str, Any]) -> TrackEvent:
    at = dt.datetime.fromisoformat(told["at"])
    return TrackEvent(told["number"], TrackState(told["state"]), at, told["text"], told["place"], told["state"])
