"""Where a parcel is, in our words: the carriers' many codes as eight states, and the events that say so."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib

import attrs

from houtai.domain import limits


class TrackState(enum.Enum):
    """What an event says of a parcel."""

    ACCEPTED = "accepted"  # the carrier knows of it and has not got it
    PICKED_UP = "picked-up"
    IN_TRANSIT = "in-transit"
    OUT_FOR_DELIVERY = "out-for-delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"


class Outcome(enum.Enum):
    """What became of an event."""

    MOVED = "moved"
    NOTED = "noted"  # it says nothing new of where the parcel is
    OUTDATED = "outdated"  # overtaken by later news
    CONTRADICTS = "contradicts"  # the document cannot go there: kept for a person
    PARKED = "parked"  # of a number that is none of ours


def _readable(text: str, most: int) -> str:
    """A carrier's words, without what a screen or a log might take for a command."""
    return "".join(sign for sign in text if sign.isprintable())[:most]


def _sentence(text: str) -> str:
    return _readable(text, 500)


def _phrase(text: str) -> str:
    return _readable(text, 200)


def _word(text: str) -> str:
    return _readable(text, 64)


@attrs.frozen
class TrackEvent:
    """One event of one waybill number, at the carrier's time. `code` is the carrier's own word for it."""

    number: str = attrs.field(validator=limits.text(1, 64))
    state: TrackState
    at: dt.datetime = attrs.field(validator=limits.aware)
    text: str = attrs.field(default="", converter=_sentence)
    place: str = attrs.field(default="", converter=_phrase)
    code: str = attrs.field(default="", converter=_word)
    known_as: str = attrs.field(default="", validator=limits.text(0, 100))  # the carrier's id of the event, where it has one

    @property
    def key(self) -> str:
        """The same for the same news, however often and by whichever way it comes."""
        told = (self.number, self.known_as) if self.known_as else (self.number, self.state.value, self.at.isoformat(), self.text)
        return hashlib.blake2b("\x1f".join(told).encode(), digest_size=16).hexdigest()
