"""Which documents have a state machine, where they lie, and in which states they are born."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table

from houtai.adapters.sql.access import accounts, api_keys, roles
from houtai.adapters.sql.aftersales import aftersales_policies, claims, return_parcels
from houtai.adapters.sql.catalog import listings, products, skus
from houtai.adapters.sql.catalog_settings import brands, categories, channels
from houtai.adapters.sql.customers import customers
from houtai.adapters.sql.doctor.documents import DocumentTable, checks_of, numbers
from houtai.adapters.sql.goods_issues import goods_issues
from houtai.adapters.sql.inventory_tables import (
    adjustments,
    channel_warehouses,
    opening_receipts,
    oversells,
    publish_policies,
    warehouses,
)
from houtai.adapters.sql.ledger import periods
from houtai.adapters.sql.merchants import merchants
from houtai.adapters.sql.orders_tables import audit_policies, orders
from houtai.adapters.sql.outbound_tables import (
    dispatch_settings,
    manifests,
    outbound_orders,
    pack_boxes,
    transfers,
    wave_templates,
    waves,
)
from houtai.adapters.sql.payments import cases, payments, refunds
from houtai.adapters.sql.points import points_adjustments, points_policies
from houtai.adapters.sql.pricing import campaigns, coupon_templates, coupons, price_sheets, promotions
from houtai.adapters.sql.printing import print_jobs, print_templates, printers
from houtai.adapters.sql.rewards import grants, reward_rules
from houtai.adapters.sql.shipping import freight_rules, waybill_pools, waybills
from houtai.adapters.sql.tickets import tickets
from houtai.adapters.sql.warehouse_bins import lots, wanted_counts
from houtai.adapters.sql.warehouse_tables import handling_units, locations, staff, stations
from houtai.adapters.sql.webhooks import webhook_endpoints
from houtai.domain.access import account, api_key, role
from houtai.domain.aftersales.policy import PolicyState as AftersalesPolicyState
from houtai.domain.aftersales.return_parcel import PARCEL_MOVES, ParcelState
from houtai.domain.aftersales.state import MOVES as CLAIM_MOVES, ClaimState
from houtai.domain.catalog import listing, standing
from houtai.domain.customers import customer
from houtai.domain.inventory.adjustment import ADJUSTMENT_MOVES, AdjustmentState
from houtai.domain.inventory.oversell import OVERSELL_MOVES, OversellState
from houtai.domain.inventory.publishing import POLICY_MOVES, PolicyState
from houtai.domain.inventory.warehouse import (
    POOL_MOVES as POOL_OF_CHANNEL_MOVES,
    WAREHOUSE_MOVES,
    PoolState as ChannelPoolState,
    WarehouseState,
    pool_id,
)
from houtai.domain.ledger import period
from houtai.domain.merchants import merchant
from houtai.domain.moves import Moves
from houtai.domain.orders.policy import PolicyState as AuditPolicyState
from houtai.domain.orders.state import BORN, MOVES as ORDER_MOVES
from houtai.domain.outbound.goods_issue import ISSUE_MOVES, IssueState
from houtai.domain.outbound.manifest import MANIFEST_MOVES, ManifestState
from houtai.domain.outbound.state import MOVES as OUTBOUND_MOVES, OutboundState
from houtai.domain.outbound.transfer import TRANSFER_MOVES, TransferState
from houtai.domain.outbound.wave import WAVE_MOVES, WaveState
from houtai.domain.payments import case, payment, refund
from houtai.domain.points.adjustment import MOVES as POINTS_ADJUSTMENT_MOVES, PointsAdjustmentState
from houtai.domain.points.policy import PolicyState as PointsPolicyState
from houtai.domain.pricing.coupons import COUPON_MOVES, TEMPLATE_MOVES, CouponState, TemplateState
from houtai.domain.pricing.prices import SheetState
from houtai.domain.pricing.promotions import RUN_MOVES, RunState
from houtai.domain.printing.job import JOB_MOVES, JobState
from houtai.domain.printing.layout import TEMPLATE_MOVES as PRINT_TEMPLATE_MOVES, TemplateState as PrintTemplateState
from houtai.domain.printing.printer import PRINTER_MOVES, PrinterState
from houtai.domain.rewards.grant import MOVES as GRANT_MOVES, GrantState
from houtai.domain.rewards.rule import MOVES as REWARD_RULE_MOVES, RewardRuleState
from houtai.domain.shipping import waybill
from houtai.domain.shipping.freight import FREIGHT_MOVES, FreightState
from houtai.domain.shipping.pool import POOL_MOVES, PoolState
from houtai.domain.tickets.state import MOVES as TICKET_MOVES, TicketState
from houtai.domain.warehouse.handling_unit import UNIT_MOVES, UnitState
from houtai.domain.warehouse.lots import LOT_MOVES, LotState
from houtai.domain.warehouse.wanted_count import WANTED_MOVES, WantedState
from houtai.domain.webhooks.endpoint import ENDPOINT_MOVES, EndpointState


def _kind(
    name: str,
    table: Table,
    moves: Moves[Any],
    *born: enum.Enum,
    number: str = "",
    key: str = "id",
    identity: Callable[[Any], UUID] | None = None,
) -> DocumentTable:
    return DocumentTable(name, table, moves, frozenset(born), number, key, identity)


DOCUMENTS: Final = (
    _kind("account", accounts, account.MOVES, account.AccountState.ACTIVE),
    _kind("role", roles, role.MOVES, role.RoleState.ACTIVE),
    _kind("api key", api_keys, api_key.MOVES, api_key.ApiKeyState.ACTIVE),
    _kind("channel", channels, standing.MOVES, standing.Standing.ACTIVE),
    _kind("brand", brands, standing.MOVES, standing.Standing.ACTIVE),
    _kind("category", categories, standing.MOVES, standing.Standing.ACTIVE),
    _kind("product", products, standing.MOVES, standing.Standing.ACTIVE),
    _kind("sku", skus, standing.MOVES, standing.Standing.ACTIVE),
    _kind("listing", listings, listing.MOVES, listing.ListingState.DRAFT),
    _kind("customer", customers, customer.MOVES, customer.CustomerState.ACTIVE),
    _kind("merchant", merchants, merchant.MOVES, merchant.MerchantState.PENDING),
    _kind("warehouse", warehouses, WAREHOUSE_MOVES, WarehouseState.ACTIVE),
    _kind("channel pool", channel_warehouses, POOL_OF_CHANNEL_MOVES, *ChannelPoolState, key="channel_id", identity=pool_id),
    _kind("publish policy", publish_policies, POLICY_MOVES, *PolicyState),
    _kind("adjustment", adjustments, ADJUSTMENT_MOVES, AdjustmentState.REQUESTED, number="number"),
    _kind("oversell", oversells, OVERSELL_MOVES, OversellState.OPEN),
    _kind("campaign", campaigns, RUN_MOVES, RunState.DRAFT),
    _kind("promotion", promotions, RUN_MOVES, RunState.DRAFT),
    _kind("coupon-template", coupon_templates, TEMPLATE_MOVES, TemplateState.DRAFT),
    _kind("coupon", coupons, COUPON_MOVES, CouponState.ISSUED),
    _kind("price-sheet", price_sheets, {SheetState.IN_FORCE: set()}, SheetState.IN_FORCE),
    _kind("location", locations, standing.MOVES, standing.Standing.ACTIVE),
    _kind("handling unit", handling_units, UNIT_MOVES, UnitState.OPEN),
    _kind("station", stations, standing.MOVES, standing.Standing.ACTIVE),
    _kind("staff", staff, standing.MOVES, standing.Standing.ACTIVE),
    _kind("lot", lots, LOT_MOVES, LotState.APPROVED),
    _kind("wanted-count", wanted_counts, WANTED_MOVES, WantedState.OPEN),
    _kind("printer", printers, PRINTER_MOVES, PrinterState.ACTIVE),
    _kind("print-template", print_templates, PRINT_TEMPLATE_MOVES, PrintTemplateState.ACTIVE),
    _kind("print-job", print_jobs, JOB_MOVES, JobState.QUEUED),
    _kind("freight-rule", freight_rules, FREIGHT_MOVES, FreightState.ACTIVE),
    _kind("waybill", waybills, waybill.MOVES, waybill.WaybillState.REQUESTED),
    _kind("waybill-pool", waybill_pools, POOL_MOVES, PoolState.ACTIVE),
    _kind("payment", payments, payment.MOVES, payment.PaymentState.PENDING, payment.PaymentState.CAPTURED),
    _kind("refund", refunds, refund.MOVES, refund.RefundState.CREATED),
    _kind("case", cases, case.MOVES, case.CaseState.OPEN),
    _kind("period", periods, period.MOVES, period.PeriodState.CLOSED, key="name", identity=lambda name: period.Period(name).id),
    _kind("claim", claims, CLAIM_MOVES, ClaimState.APPLIED, number="number"),
    _kind("return-parcel", return_parcels, PARCEL_MOVES, ParcelState.UNKNOWN, number="number"),
    _kind("aftersales-policy", aftersales_policies, {AftersalesPolicyState.IN_FORCE: set()}, AftersalesPolicyState.IN_FORCE),
    _kind("points-policy", points_policies, {PointsPolicyState.IN_FORCE: set()}, PointsPolicyState.IN_FORCE),
    _kind("points-adjustment", points_adjustments, POINTS_ADJUSTMENT_MOVES, PointsAdjustmentState.REQUESTED),
    _kind("reward-rule", reward_rules, REWARD_RULE_MOVES, RewardRuleState.ACTIVE),
    _kind("grant", grants, GRANT_MOVES, GrantState.PENDING),
    _kind("order", orders, ORDER_MOVES, *BORN, number="number"),
    _kind("ticket", tickets, TICKET_MOVES, TicketState.NEW, number="number"),
    _kind("audit-policy", audit_policies, {AuditPolicyState.IN_FORCE: set()}, AuditPolicyState.IN_FORCE),
    _kind("outbound-order", outbound_orders, OUTBOUND_MOVES, OutboundState.NEW, OutboundState.INTERCEPTED, number="number"),
    _kind("wave", waves, WAVE_MOVES, WaveState.RELEASED, number="number"),
    _kind("manifest", manifests, MANIFEST_MOVES, ManifestState.OPEN, number="number"),
    _kind("transfer", transfers, TRANSFER_MOVES, TransferState.DRAFT, number="number"),
    _kind("webhook-endpoint", webhook_endpoints, ENDPOINT_MOVES, EndpointState.ACTIVE),
    _kind("goods-issue", goods_issues, ISSUE_MOVES, IssueState.REQUESTED, number="number"),
    _kind("wave-template", wave_templates, standing.MOVES, standing.Standing.ACTIVE),
    _kind("pack-box", pack_boxes, standing.MOVES, standing.Standing.ACTIVE),
    _kind("dispatch-settings", dispatch_settings, standing.MOVES, standing.Standing.ACTIVE, key="warehouse_id"),
)

CHECKS: Final = (*checks_of(DOCUMENTS), numbers("opening-receipt", opening_receipts.c.number))
