"""What else must happen: every event of the house and the deeds that follow from it in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from houtai.application.inventory.publish import republish_touched
from houtai.domain.catalog.events import ListingArchived, ListingPaused, ListingPushed, ListingWentLive
from houtai.domain.event import Event
from houtai.domain.inventory.events import AvailabilityChanged, OversellRecorded, OversellSettled, StockAdjusted, StockOpened
from houtai.domain.payments.events import ExcessCaptured, PaymentCaptured, PaymentFailed, RefundFailed, RefundSucceeded

Reaction = Callable[[Any, Any, Any], None]

REACTIONS: Final[Mapping[type[Event], tuple[Reaction, ...]]] = {
    PaymentCaptured: (),
    ExcessCaptured: (),
    PaymentFailed: (),
    RefundSucceeded: (),
    RefundFailed: (),
    ListingPushed: (),
    ListingWentLive: (),
    ListingPaused: (),
    ListingArchived: (),
    StockOpened: (),
    StockAdjusted: (),
    AvailabilityChanged: (republish_touched,),
    OversellRecorded: (),
    OversellSettled: (),
}
