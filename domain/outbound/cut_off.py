"""Cut-offs (截单): until when of a day parcels have to be ready for a carrier's van."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, Final

import attrs

from houtai.domain import limits
from houtai.domain.refusal import InvalidValue

MAX_CUT_OFFS: Final = 50
_TIME: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def _time(_: Any, attribute: attrs.Attribute[Any], value: str) -> None:
    if not _TIME.fullmatch(value):
        raise InvalidValue(field=attribute.name, rule="must be a time of day as HH:MM, from 00:00 to 23:59")


@attrs.frozen
class CutOff:
    """A time of every day, HH:MM on the house's clock, and the carrier whose van leaves then; '' for those without their own."""

    time: str = attrs.field(validator=_time)
    carrier: str = attrs.field(default="", validator=limits.text(0, 64))


def check_cut_offs(cut_offs: Iterable[CutOff], carriers: Iterable[str]) -> None:
    """Refuse with InvalidValue one that is there twice, and one of a carrier that does not send from here."""
    seen = list(cut_offs)
    if len(set(seen)) != len(seen):
        raise InvalidValue(field="cut_offs", rule="must name each time of a carrier once")
    if not {one.carrier for one in seen} <= {"", *carriers}:
        raise InvalidValue(field="cut_offs", rule="must be of carriers that send from here")


def next_cut_off(cut_offs: Iterable[CutOff], carrier: str, at: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
    """The first cut-off after `at`, in UTC: the carrier's own, else the default; None where there is neither.

    A parcel that is ordered at the very moment of the cut-off goes with the next one.
    """
    known = list(cut_offs)
    mine = [one for one in known if one.carrier == carrier] or [one for one in known if not one.carrier]
    today = at.astimezone(zone).date()
    days = [today + dt.timedelta(days=ahead) for ahead in range(2)]
    times = [dt.time.fromisoformat(one.time) for one in mine]
    ahead = [dt.datetime.combine(day, time, zone).astimezone(dt.UTC) for day in days for time in times]
    return min((one for one in ahead if one > at), default=None)
