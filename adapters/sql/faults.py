"""What went wrong in the database, told in the words of the ports: try again, unavailable, or unknown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, TimeoutError as PoolTimeout

from houtai.application.ports import CommitUnknown, StoreUnavailable, TryAgain

UNIQUE_TAKEN: Final = "23505"
IN_THE_WAY: Final = frozenset({"40001", "40P01", "55P03"})  # serialisation, deadlock, lock not available
NO_ROOM: Final = frozenset({"53100", "53200", "53300"})
CANCELLED: Final = "57014"  # statement timeout
SQLITE_FAULTS: Final = ("no such ", "syntax error", "has no column")  # ours, though SQLite calls them operational
SQLITE_UNIQUE: Final = "UNIQUE constraint failed: "


@contextmanager
def translated(*, committing: bool = False) -> Iterator[None]:
    """Turn the driver's errors into TryAgain, StoreUnavailable or, while committing, CommitUnknown; others are faults of ours."""
    try:
        yield
    except IntegrityError as error:
        constraint = _taken(error)
        if constraint is None:
            raise
        raise TryAgain("a unique value is taken", constraint=constraint) from error
    except PoolTimeout as error:
        raise StoreUnavailable("no free connection in time") from error
    except (OperationalError, InterfaceError) as error:
        if any(sign in str(error.orig) for sign in SQLITE_FAULTS):
            raise
        raise _kind(error, committing=committing) from error


def _taken(error: IntegrityError) -> str | None:
    """The unique key that was taken, or None where another constraint broke."""
    if getattr(error.orig, "sqlstate", None) == UNIQUE_TAKEN:
        diagnosis = getattr(error.orig, "diag", None)
        return str(getattr(diagnosis, "constraint_name", "") or "unique")
    text = str(error.orig)
    return text.removeprefix(SQLITE_UNIQUE) if text.startswith(SQLITE_UNIQUE) else None


def _kind(error: DBAPIError, *, committing: bool) -> Exception:
    state = getattr(error.orig, "sqlstate", None)
    text = str(error.orig)
    if state in IN_THE_WAY or "database is locked" in text:
        return TryAgain(text)
    if state in NO_ROOM or state == CANCELLED or "disk" in text:
        return StoreUnavailable(text)
    return CommitUnknown(text) if committing else StoreUnavailable(text)
