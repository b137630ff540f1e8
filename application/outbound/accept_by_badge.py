"""A supervisor accepts a weight at somebody else's station, by their badge."""

from __future__ import annotations

import attrs

from houtai.application.outbound.ports import OutboundTx
from houtai.application.outbound.steps import demand_for
from houtai.application.outbound.weigh import ACCEPT, WEIGH, AcceptWeight, accept_weight
from houtai.application.permission import MERCHANT, WAREHOUSE, before, needs
from houtai.domain import limits
from houtai.domain.access.account import authority_of
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Authority, Scope
from houtai.domain.ids import ParcelId, StaffId
from houtai.domain.outbound.parcel import Parcel


@attrs.frozen
class AcceptByBadge:
    """Let a parcel go on with the weight that was noted, by the word of whoever has this badge."""

    parcel: ParcelId
    staff: StaffId
    reason: str = attrs.field(validator=limits.text(1, 200))


@needs(WEIGH, along=(WAREHOUSE, MERCHANT))
def accept_by_badge(tx: OutboundTx, cmd: AcceptByBadge, act: Act) -> Parcel:
    """WEIGHED by the word of the badge's owner, under their name and with their rights, not with those of who stands here.

    Raises Forbidden where they do not work in this warehouse now, may not accept weights, or weighed the parcel themselves, and
    what `accept_weight` raises.
    """
    order = tx.outbound_orders.get(tx.parcels.get(cmd.parcel).outbound_id)
    demand_for(act, WEIGH, order)
    person = tx.staff.get(cmd.staff)
    account = tx.accounts.get(person.account_id)
    roles = tx.roles.many(assignment.role_id for assignment in account.roles)
    here = person.valid_at(act.at) and order.warehouse_id in person.warehouses
    authority = authority_of(account, roles) if here else Authority(account.id)
    theirs = before(accept_weight, attrs.evolve(act, actor=account.id, authority=authority, name=account.name))
    theirs.demand(ACCEPT, Scope(warehouse=order.warehouse_id, merchant=order.merchant_id or HOUSE))
    return accept_weight(tx, AcceptWeight(cmd.parcel, f"{cmd.reason} (by badge, with {act.name})"), theirs)
