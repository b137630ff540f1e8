"""The wide transaction and the wide read side: every module's view of them in one name, for the office and the adapters."""

from __future__ import annotations

from typing import Any, Final, Protocol
from uuid import UUID

from houtai.application import house
from houtai.application.access import ports as access
from houtai.application.aftersales import ports as aftersales
from houtai.application.catalog import ports as catalog
from houtai.application.customers import ports as customers
from houtai.application.disclosures import Disclosure
from houtai.application.inventory import ports as inventory
from houtai.application.ledger import ports as ledger
from houtai.application.merchants import ports as merchants
from houtai.application.orders import ports as orders
from houtai.application.outbound import ports as outbound
from houtai.application.outbox import Message
from houtai.application.payments import ports as payments
from houtai.application.points import ports as points
from houtai.application.ports import OpenTx, Reading, Records
from houtai.application.pricing import ports as pricing
from houtai.application.printing import ports as printing
from houtai.application.rewards import ports as rewards
from houtai.application.shipping import ports as shipping
from houtai.application.tickets import ports as tickets
from houtai.application.timeline import TimelineEntry, TimelineKey
from houtai.application.warehouse import bin_ports as bins, ports as warehouse
from houtai.application.webhooks import ports as webhooks

RECORDS: Final[tuple[Records[Any, Any], ...]] = (
    *house.RECORDS,
    *access.RECORDS,
    *catalog.RECORDS,
    *customers.RECORDS,
    *merchants.RECORDS,
    *ledger.RECORDS,
    *inventory.RECORDS,
    *points.RECORDS,
    *payments.RECORDS,
    *pricing.RECORDS,
    *shipping.RECORDS,
    *printing.RECORDS,
    *warehouse.RECORDS,
    *bins.RECORDS,
    *outbound.RECORDS,
    *orders.RECORDS,
    *rewards.RECORDS,
    *aftersales.RECORDS,
    *webhooks.RECORDS,
    *tickets.RECORDS,
)
"""Every kind of record of every module; the adapters hold exactly these."""

SUMS: Final[tuple[str, ...]] = (*ledger.SUMS,)
"""Every running total of every module by name."""


class Tx(
    webhooks.WebhooksTx,
    aftersales.AftersalesTx,
    tickets.TicketsTx,
    rewards.RewardsTx,
    orders.OrdersTx,
    pricing.PricingTx,
    outbound.OutboundTx,
    shipping.ShippingTx,
    printing.PrintingTx,
    bins.BinsTx,
    warehouse.WarehouseTx,
    payments.PaymentsTx,
    inventory.InventoryTx,
    points.PointsTx,
    ledger.LedgerTx,
    catalog.CatalogTx,
    access.AccessTx,
    customers.CustomersTx,
    merchants.MerchantsTx,
    OpenTx,
    Protocol,
):
    """Everything that some module may write. Use cases ask for less: their own module's Tx."""


class HouseViews(Protocol):
    """What every module may read of the house's own records."""

    @property
    def timeline(self) -> Reading[TimelineKey, TimelineEntry]:
        """The edges and notes of every document."""

    @property
    def outbox(self) -> Reading[UUID, Message]:
        """Messages to the outside, delivered ones included."""

    @property
    def disclosures(self) -> Reading[UUID, Disclosure]:
        """Who saw a person in full or took data away."""


class Views(
    webhooks.WebhooksViews,
    aftersales.AftersalesViews,
    tickets.TicketsViews,
    rewards.RewardsViews,
    orders.OrdersViews,
    pricing.PricingViews,
    outbound.OutboundViews,
    shipping.ShippingViews,
    printing.PrintingViews,
    bins.BinsViews,
    warehouse.WarehouseViews,
    payments.PaymentsViews,
    inventory.InventoryViews,
    ledger.LedgerViews,
    catalog.CatalogViews,
    access.AccessViews,
    points.PointsViews,
    customers.CustomersViews,
    merchants.MerchantsViews,
    HouseViews,
    Protocol,
):
    """Everything that some module may read outside of a transaction."""
