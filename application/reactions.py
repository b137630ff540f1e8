"""What else must happen: every event of the house and the deeds that follow from it in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from houtai.application.aftersales.cancelled import on_order_cancelled
from houtai.application.aftersales.forget import on_claim_ended, on_customer_erased, on_label_over, on_order_ended
from houtai.application.aftersales.label import (
    on_claim_over,
    on_return_label_bound,
    on_return_label_refused,
    on_return_label_voided,
)
from houtai.application.aftersales.money import on_claim_refunded, on_claim_unrefunded
from houtai.application.aftersales.reship import on_replacement_shipped, on_replacement_stopped
from houtai.application.aftersales.thread import on_claim_moved
from houtai.application.inventory.follow import merchant_moved
from houtai.application.inventory.listed import publish_gone, publish_live
from houtai.application.inventory.publish import republish_touched
from houtai.application.orders.ahead import ahead_of_money
from houtai.application.orders.hold import on_oversell_settled
from houtai.application.orders.pay import (
    on_excess_captured,
    on_payment_captured,
    on_payment_failed,
    on_refund_failed,
    on_refund_succeeded,
)
from houtai.application.orders.ship import (
    on_manifest_closed,
    on_outbound_cancelled,
    on_outbound_delivered,
    on_outbound_shipped,
)
from houtai.application.orders.short import on_outbound_short, on_short_over
from houtai.application.orders.stuck import on_numbers_came, on_numbers_refused, on_print_seen_to, on_print_stuck
from houtai.application.orders.unlist import refuse_while_open
from houtai.application.orders.waybills import on_waybill_known, on_waybill_overdue
from houtai.application.outbound.deliver import on_parcel_delivered, on_parcel_returning
from houtai.application.outbound.goods_issues import on_issue_shipped, on_issue_stopped, on_issues_closed
from houtai.application.outbound.labels import on_waybill_bound, on_waybill_refused
from houtai.application.outbound.short import on_count_wanted
from houtai.application.outbound.transfers import on_transfer_shipped, on_transfer_stopped, on_transfers_closed
from houtai.application.outbound.voided import on_waybill_voided
from houtai.application.payments.notices import receive_notice
from houtai.application.points.expire import on_customer_erased as end_points
from houtai.application.pricing.tell import check_live, price_pushed
from houtai.application.rewards.give import on_order_completed as give_rewards, on_order_paid as promise_rewards
from houtai.application.rewards.withdraw import on_order_cancelled as withdraw_rewards
from houtai.application.tickets.forget import on_customer_erased as forget_tickets
from houtai.application.warehouse.unplaced import on_stock_adjusted, on_stock_opened
from houtai.application.webhooks.announce import notify
from houtai.domain.aftersales.events import ClaimMoved
from houtai.domain.catalog.events import ListingArchived, ListingPaused, ListingPushed, ListingWentLive
from houtai.domain.customers.events import CustomerErased
from houtai.domain.event import Event
from houtai.domain.inventory.events import AvailabilityChanged, OversellRecorded, OversellSettled, StockAdjusted, StockOpened
from houtai.domain.merchants.events import MerchantMoved
from houtai.domain.orders.events import (
    GiftOwed,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
    OrderStopped,
)
from houtai.domain.outbound.events import (
    CountWanted,
    ManifestClosed,
    OutboundCancelled,
    OutboundDelivered,
    OutboundIntercepted,
    OutboundReturning,
    OutboundShipped,
    OutboundShort,
    ShortSettled,
)
from houtai.domain.payments.events import ExcessCaptured, PaymentCaptured, PaymentFailed, RefundFailed, RefundSucceeded
from houtai.domain.printing.events import PrintSeenTo, PrintStuck
from houtai.domain.shipping.events import (
    ParcelDelivered,
    ParcelReturning,
    PoolFilled,
    PoolRefused,
    PoolRunsLow,
    WaybillBound,
    WaybillOverdue,
    WaybillRefused,
    WaybillVoided,
)

Reaction = Callable[[Any, Any, Any], None]

AHEAD: Final[Mapping[Callable[..., Any], Callable[[Any, Sequence[Any]], None]]] = {receive_notice: ahead_of_money}
"""What the reactions to a use case's events will need, for use cases that run in groups: see `group.grouped`."""

REACTIONS: Final[Mapping[type[Event], tuple[Reaction, ...]]] = {
    PaymentCaptured: (on_payment_captured,),
    ExcessCaptured: (on_excess_captured,),
    PaymentFailed: (on_payment_failed,),
    RefundSucceeded: (on_refund_succeeded, on_claim_refunded, notify),
    RefundFailed: (on_refund_failed, on_claim_unrefunded, notify),
    CustomerErased: (on_customer_erased, end_points, forget_tickets),
    ListingPushed: (price_pushed,),
    ListingWentLive: (check_live, publish_live),
    ListingPaused: (publish_gone,),
    ListingArchived: (refuse_while_open, publish_gone),
    MerchantMoved: (merchant_moved,),
    StockOpened: (on_stock_opened,),
    StockAdjusted: (on_stock_adjusted,),
    AvailabilityChanged: (republish_touched, notify),
    OversellRecorded: (),
    OversellSettled: (on_oversell_settled,),
    WaybillBound: (on_waybill_bound, on_return_label_bound, on_waybill_known),
    WaybillRefused: (on_waybill_refused, on_return_label_refused, on_label_over, on_waybill_known),
    WaybillVoided: (on_waybill_voided, on_return_label_voided, on_label_over, on_waybill_known),
    WaybillOverdue: (on_waybill_overdue,),
    ParcelDelivered: (on_parcel_delivered, on_label_over),
    ParcelReturning: (on_parcel_returning,),
    PoolRunsLow: (),
    PoolRefused: (on_numbers_refused,),
    PoolFilled: (on_numbers_came,),
    PrintStuck: (on_print_stuck,),
    PrintSeenTo: (on_print_seen_to,),
    ManifestClosed: (on_manifest_closed, on_transfers_closed, on_issues_closed),
    OutboundShipped: (on_outbound_shipped, on_transfer_shipped, on_issue_shipped, on_replacement_shipped),
    OutboundIntercepted: (on_short_over,),
    OutboundCancelled: (on_outbound_cancelled, on_transfer_stopped, on_issue_stopped, on_replacement_stopped, on_short_over),
    OutboundDelivered: (on_outbound_delivered, notify),
    OutboundReturning: (),
    OutboundShort: (on_outbound_short,),
    ShortSettled: (on_short_over,),
    CountWanted: (on_count_wanted,),
    OrderPlaced: (notify,),
    OrderPaid: (promise_rewards, notify),
    OrderConfirmed: (notify,),
    OrderStopped: (),
    OrderCancelled: (on_order_cancelled, withdraw_rewards, on_order_ended, notify),
    OrderExpired: (on_order_ended, notify),
    OrderShipped: (notify,),
    OrderCompleted: (give_rewards, on_order_ended, notify),
    OrderRefunded: (on_order_ended, notify),
    ClaimMoved: (on_claim_moved, on_claim_over, on_claim_ended, notify),
    GiftOwed: (),
}
