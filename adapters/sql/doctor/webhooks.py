"""Checks on webhooks: deliveries stand where their attempts say, endpoints sign, people know of those given up (N1 … N3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, and_, exists, or_, select

from houtai.adapters.sql.doctor.check import Check, rows
from houtai.adapters.sql.house import timeline
from houtai.adapters.sql.payments import cases
from houtai.adapters.sql.webhooks import webhook_deliveries, webhook_endpoints, webhook_health
from houtai.application.webhooks.endpoints import DOCUMENT
from houtai.domain.payments.case import CaseKind
from houtai.domain.webhooks.delivery import DeliveryState

TOGETHER: Final = 2_000

_ASTRAY = select(webhook_deliveries.c.id, webhook_deliveries.c.state, webhook_deliveries.c.due_at).where(
    or_(
        and_(webhook_deliveries.c.state == DeliveryState.PENDING.value, webhook_deliveries.c.due_at.is_(None)),
        and_(webhook_deliveries.c.state != DeliveryState.PENDING.value, webhook_deliveries.c.due_at.is_not(None)),
    )
)
_UNWATCHED = (
    select(webhook_endpoints.c.id)
    .join_from(webhook_endpoints, webhook_health, webhook_health.c.endpoint_id == webhook_endpoints.c.id, isouter=True)
    .where(webhook_health.c.endpoint_id.is_(None))
)
_UNTOLD = select(timeline.c.document_id, timeline.c.version).where(
    timeline.c.document == DOCUMENT,
    timeline.c.event == "given-up",
    ~exists().where(cases.c.subject_id == timeline.c.document_id, cases.c.kind == CaseKind.WEBHOOK_DISABLED.value),
)


def _unproved(connection: Connection) -> Iterator[str]:
    """Read in pieces: there may be a month of them."""
    columns = (webhook_deliveries.c.id, webhook_deliveries.c.state, webhook_deliveries.c.attempted, webhook_deliveries.c.attempts)
    for row in connection.execute(select(*columns).execution_options(yield_per=TOGETHER)):
        taken = any(one["status"] is not None and 200 <= one["status"] < 300 for one in row.attempts)
        whole = row.attempted == len(row.attempts)  # of a delivery that was tried very often only the latest are kept
        if row.attempted < len(row.attempts) or (row.state == DeliveryState.DELIVERED.value and whole and not taken):
            yield f"delivery {row.id} is {row.state} after {row.attempted} attempts, of which {len(row.attempts)} are kept"


def _unsigned(connection: Connection) -> Iterator[str]:
    for endpoint_id, secrets in connection.execute(select(webhook_endpoints.c.id, webhook_endpoints.c.secrets)):
        in_force = [one for one in secrets if one["ends_at"] is None]
        if len(in_force) != 1 or not all(one["sealed"] for one in secrets):
            yield f"endpoint {endpoint_id} has {len(in_force)} secrets in force"


CHECKS: Final = (
    rows("N1", "every delivery of a webhook waits with a due time, or stands without one", _ASTRAY),
    Check("N1-taken", "what counts as delivered was taken by an attempt, and attempts are counted", _unproved),
    Check("N2", "every webhook endpoint signs under one secret in force, and all its secrets are sealed", _unsigned),
    rows("N2-health", "of every webhook endpoint it is kept how it has been doing", _UNWATCHED),
    rows("N3", "for every webhook endpoint that the house gave up somebody has a case", _UNTOLD),
)
