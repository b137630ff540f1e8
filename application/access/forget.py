"""Forgetting sessions that ended long ago: the operation log says from when on none is missing, and then the rows go."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.access.ports import AccessTx, AccessViews
from houtai.application.permission import needs
from houtai.domain import limits
from houtai.domain.act import Act

FORGET = "access.forget-sessions"


@needs(FORGET)
def first_session_end(views: AccessViews, _: None, act: Act) -> dt.datetime | None:
    """The earliest moment at which a session that is still kept ends, or ended, by itself; None where there is none."""
    del act
    return views.first_session_end()


@attrs.frozen
class ForgetSessions:
    """Sessions that ended by themselves before this moment are about to be deleted."""

    before: dt.datetime = attrs.field(validator=limits.aware)


@needs(FORGET)
def forget_sessions(tx: AccessTx, cmd: ForgetSessions, act: Act) -> None:
    """Say so in the operation log before the first one goes: a session that is missing without it was taken (A3-sessions)."""
    del tx, cmd, act
