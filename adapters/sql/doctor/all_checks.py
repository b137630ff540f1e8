"""Every check of every module in one literal: what `houtai doctor` runs."""

from __future__ import annotations

from typing import Final

from houtai.adapters.sql.doctor import (
    cards,
    claims,
    commission,
    content,
    floor,
    heads,
    house,
    issues,
    joint,
    kinds,
    money,
    outbound,
    ownership,
    paper,
    persons,
    places,
    points,
    rights,
    road,
    sales,
    sent,
    stock,
    tickets,
    trails,
    waybills,
    webhooks,
)
from houtai.adapters.sql.doctor.check import Check

CHECKS: Final[tuple[Check, ...]] = (
    *house.CHECKS,
    *trails.CHECKS,
    heads.CHECK,
    *money.CHECKS,
    *points.CHECKS,
    content.CHECK,
    *stock.CHECKS,
    *places.CHECKS,
    *floor.CHECKS,
    *waybills.CHECKS,
    *sales.CHECKS,
    commission.CHECK,
    *outbound.CHECKS,
    *sent.CHECKS,
    *joint.CHECKS,
    *road.CHECKS,
    *issues.CHECKS,
    *claims.CHECKS,
    *tickets.CHECKS,
    *paper.CHECKS,
    *webhooks.CHECKS,
    *kinds.CHECKS,
    *ownership.CHECKS,
    *rights.CHECKS,
    *cards.CHECKS,
    *persons.CHECKS,
)
