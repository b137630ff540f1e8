"""What people see of grants: those of an order, and those of a customer."""

from __future__ import annotations

from houtai.application.orders.reach import demand_order
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.rewards.ports import GRANTS_OF_ORDER, RewardsViews
from houtai.domain.act import Act
from houtai.domain.ids import OrderId
from houtai.domain.rewards.grant import OrderGrant

READ = "rewards.read"


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def grants_of_order(views: RewardsViews, query: OrderId, act: Act) -> tuple[OrderGrant, ...]:
    """What the order granted, as it stands now. Raises NotFound."""
    demand_order(act, READ, views.orders.get(query))
    return tuple(sorted(views.grants.by(GRANTS_OF_ORDER, query), key=lambda grant: grant.id))
