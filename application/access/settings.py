"""How long logins last and whom to believe about addresses."""

from __future__ import annotations

import datetime as dt

import attrs


@attrs.frozen
class AccessSettings:
    """The house's choices; the values here are the ones a small company should start with."""

    session_life: dt.timedelta = dt.timedelta(hours=12)
    idle: dt.timedelta = dt.timedelta(hours=2)
    note_seen_after: dt.timedelta = dt.timedelta(minutes=1)  # so that not every request writes
    one_time_life: dt.timedelta = dt.timedelta(days=3)
    one_time_grace: dt.timedelta = dt.timedelta(hours=1)  # after the first login with it, to choose another
    trusted_proxies: tuple[str, ...] = ()
