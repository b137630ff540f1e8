"""Types of options: ids and moments, refused with exit code 2 where they are none."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import click


class MomentType(click.ParamType[dt.datetime]):
    """An RFC 3339 moment, or a day of the house's calendar for the moment it begins."""

    name = "MOMENT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """The moment; fails for one without a time zone."""
        from houtai.application.numbers import HOUSE_TIME

        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is neither a day such as 2026-11-22 nor a moment such as 2026-11-22T08:00:00Z", param, ctx)
        if moment.tzinfo is not None:
            return moment
        if "T" in value or " " in value:
            self.fail(f"{value} must say its time zone, such as Z or +08:00", param, ctx)
        return moment.replace(tzinfo=HOUSE_TIME)


class IdType(click.ParamType[UUID]):
    """A record's id."""

    name = "ID"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> UUID:
        """The id; fails for anything but a UUID."""
        try:
            return UUID(value)
        except ValueError:
            self.fail(f"{value} is no id", param, ctx)


MOMENT = MomentType()
ID = IdType()
