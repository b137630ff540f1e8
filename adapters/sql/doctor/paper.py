"""Checks on print jobs: every reprint is counted at the label that it repeats, in the order in which they were asked for."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, or_, select

from houtai.adapters.sql.doctor.check import rows
from houtai.adapters.sql.printing import print_jobs

_COPIES: Final = (
    select(print_jobs.c.reprint_of, func.count().label("found"), func.max(print_jobs.c.reprint_no).label("last"))
    .where(print_jobs.c.reprint_of.is_not(None))
    .group_by(print_jobs.c.reprint_of)
    .subquery()
)
_MISCOUNTED: Final = (
    select(print_jobs.c.id, print_jobs.c.subject, print_jobs.c.reprints, _COPIES.c.found)
    .outerjoin(_COPIES, _COPIES.c.reprint_of == print_jobs.c.id)
    .where(
        or_(
            print_jobs.c.reprints != func.coalesce(_COPIES.c.found, 0),
            print_jobs.c.reprints != func.coalesce(_COPIES.c.last, 0),
        )
    )
)

CHECKS: Final = (rows("D8-reprints", "every reprint is counted at the label that it repeats", _MISCOUNTED),)
