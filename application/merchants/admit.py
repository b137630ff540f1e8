"""Merchants come in and are let sell: register, edit, activate, suspend."""

from __future__ import annotations

import attrs

from houtai.application.merchants.ports import BY_CODE, MerchantsTx
from houtai.application.permission import MERCHANT, needs
from houtai.application.reach import demand_within
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import MerchantId
from houtai.domain.merchants.events import MerchantMoved
from houtai.domain.merchants.merchant import Merchant, MerchantState, move
from houtai.domain.refusal import AlreadyExists, VersionConflict


@attrs.frozen
class RegisterMerchant:
    """A new merchant, who does not sell yet."""

    merchant: MerchantId
    code: str
    name: str
    city: str = ""
    region: str = ""


@attrs.frozen
class EditMerchant:
    """The merchant's new particulars."""

    merchant: MerchantId
    expected_version: int
    name: str
    city: str = ""
    region: str = ""


@attrs.frozen
class MoveMerchant:
    """Let it sell, or suspend it: its goods cannot be bought from then on."""

    merchant: MerchantId
    expected_version: int
    to: MerchantState
    reason: str = attrs.field(default="", validator=limits.text(0, 500))


@needs("merchants.register")
def register_merchant(tx: MerchantsTx, cmd: RegisterMerchant, act: Act) -> Merchant:
    """A new merchant in PENDING. AlreadyExists for a taken code."""
    if tx.merchants.first(BY_CODE, cmd.code) is not None:
        raise AlreadyExists(what="merchant", key=cmd.code)
    merchant = Merchant(cmd.merchant, cmd.code, cmd.name, cmd.city, cmd.region)
    tx.merchants.add(merchant)
    write_line(tx, act, "merchant", merchant, "registered", before=None)
    return merchant


@needs("merchants.edit", along=(MERCHANT,))
def edit_merchant(tx: MerchantsTx, cmd: EditMerchant, act: Act) -> Merchant:
    """New particulars."""
    old = locked_merchant(tx, act, "merchants.edit", cmd.merchant, cmd.expected_version)
    new = attrs.evolve(old, name=cmd.name, city=cmd.city, region=cmd.region, version=old.version + 1)
    tx.merchants.save(new)
    write_line(tx, act, "merchant", new, "edited", before=old.state)
    return new


@needs("merchants.admit")
def move_merchant(tx: MerchantsTx, cmd: MoveMerchant, act: Act) -> Merchant:
    """Activate or suspend; it takes effect on the next order.

    A suspended merchant's goods are taken off the channels' shelves and their stock is told as zero; what was ordered still
    ships. Both are taken back when it is activated again.
    """
    old = locked_merchant(tx, act, "merchants.admit", cmd.merchant, cmd.expected_version)
    new = move(old, cmd.to)
    tx.merchants.save(new)
    event = "activated" if cmd.to is MerchantState.ACTIVE else "suspended"
    write_line(tx, act, "merchant", new, event, before=old.state, reason=cmd.reason)
    tx.emit(MerchantMoved(new.id, new.state, new.version))
    return new


def locked_merchant(tx: MerchantsTx, act: Act, verb: str, merchant_id: MerchantId, expected_version: int) -> Merchant:
    """The merchant for an edit. Raises NotFound, also out of reach, and VersionConflict."""
    merchant = tx.merchants.lock_one(merchant_id)
    demand_within(act, verb, "merchant", merchant_id, merchant=merchant_id)
    if merchant.version != expected_version:
        raise VersionConflict(
            what="merchant", key=merchant.code, expected_version=expected_version, current_version=merchant.version
        )
    return merchant
