"""Stock on and off a channel with the listing that shows it: told when it comes onto the shelf, zero when it leaves."""

from __future__ import annotations

from houtai.application.inventory.ports import InventoryTx
from houtai.application.inventory.publish import republish
from houtai.application.inventory.sold_out import look_at_listing
from houtai.domain.act import Act
from houtai.domain.catalog.events import ListingArchived, ListingPaused, ListingWentLive
from houtai.domain.inventory.publishing import PolicyState, policy_id


def publish_live(tx: InventoryTx, event: ListingWentLive, act: Act) -> None:
    """The reaction to a listing on the shelf: its stock is told again.

    A channel with a general policy that is ON is told of these SKUs from now on; any other only of what was published there.
    """
    policy = tx.publish_policies.find(policy_id(event.channel_id, None))
    is_told = policy is not None and policy.state is PolicyState.ON
    republish(tx, event.sku_ids, act, first_for=event.channel_id if is_told else None)
    look_at_listing(tx, tx.listings.get(event.listing_id), act)


def publish_gone(tx: InventoryTx, event: ListingPaused | ListingArchived, act: Act) -> None:
    """The reaction to SKUs off the shelf: zero is told of them there."""
    republish(tx, event.sku_ids, act)
