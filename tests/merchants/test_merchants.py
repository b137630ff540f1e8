"""Merchants: registered, let sell, suspended, each within its own walls."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.house import OF_DOCUMENT
from houtai.application.merchants.admit import (
    EditMerchant,
    MoveMerchant,
    RegisterMerchant,
    edit_merchant,
    move_merchant,
    register_merchant,
)
from houtai.application.merchants.queries import (
    GetMerchant,
    ListMerchants,
    MerchantsByCode,
    get_merchant,
    list_merchants,
    merchants_by_code,
)
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.ids import MerchantId, new_id
from houtai.domain.merchants.merchant import Merchant, MerchantState
from houtai.domain.refusal import AlreadyExists, IllegalMove, NotFound, VersionConflict
from tests.catalog.arrange import limited


def registered(office: Office, act: Act, code: str = "M1") -> Merchant:
    return office.perform(register_merchant, RegisterMerchant(MerchantId(new_id()), code, "山茶铺", "杭州", "浙江"), act)


def test_a_merchant_is_registered_activated_suspended_and_activated_again(office: Office, system: Act, store: Any) -> None:
    merchant = registered(office, system)
    for version, wanted in enumerate((MerchantState.ACTIVE, MerchantState.SUSPENDED, MerchantState.ACTIVE), start=1):
        merchant = office.perform(move_merchant, MoveMerchant(merchant.id, version, wanted, "合同"), system)
    assert office.ask(get_merchant, GetMerchant(merchant.id), system) == merchant
    with store.snapshot() as views:
        lines = [(line.event, line.after) for line in views.timeline.by(OF_DOCUMENT, merchant.id)]
    assert lines == [("registered", "pending"), ("activated", "active"), ("suspended", "suspended"), ("activated", "active")]


def test_a_pending_merchant_cannot_be_suspended(office: Office, system: Act) -> None:
    merchant = registered(office, system)
    with pytest.raises(IllegalMove) as refused:
        office.perform(move_merchant, MoveMerchant(merchant.id, 1, MerchantState.SUSPENDED), system)
    assert refused.value.legal == ("active",)


def test_codes_are_taken_once_and_edits_rest_on_a_version(office: Office, system: Act) -> None:
    merchant = registered(office, system)
    with pytest.raises(AlreadyExists):
        registered(office, system)
    edited = office.perform(edit_merchant, EditMerchant(merchant.id, 1, "老山茶铺"), system)
    assert (edited.name, edited.city, edited.version) == ("老山茶铺", "", 2)
    with pytest.raises(VersionConflict):
        office.perform(edit_merchant, EditMerchant(merchant.id, 1, "x"), system)


def test_a_merchants_clerk_sees_and_edits_its_own_alone(office: Office, system: Act) -> None:
    mine, other = registered(office, system, "MINE"), registered(office, system, "OTHER")
    clerk = limited(system, "merchants.read", "merchants.edit", merchant=mine.id)
    assert office.ask(list_merchants, ListMerchants(), clerk).items == (mine,)
    assert office.ask(merchants_by_code, MerchantsByCode(("MINE", "OTHER", "NONE")), clerk) == {"MINE": mine.id}
    assert office.perform(edit_merchant, EditMerchant(mine.id, 1, "新名"), clerk).name == "新名"
    with pytest.raises(NotFound) as hidden:
        office.ask(get_merchant, GetMerchant(other.id), clerk)
    with pytest.raises(NotFound) as missing:
        office.ask(get_merchant, GetMerchant(MerchantId(new_id())), system)
    assert hidden.value.what == missing.value.what
    with pytest.raises(NotFound):
        office.perform(edit_merchant, EditMerchant(other.id, 1, "x"), clerk)


def test_merchants_are_listed_by_state(office: Office, system: Act) -> None:
    first, second = registered(office, system, "A"), registered(office, system, "B")
    active = office.perform(move_merchant, MoveMerchant(second.id, 1, MerchantState.ACTIVE), system)
    assert office.ask(list_merchants, ListMerchants(state=MerchantState.ACTIVE), system).items == (active,)
    assert office.ask(list_merchants, ListMerchants(state=MerchantState.PENDING), system).items == (first,)
    assert office.ask(merchants_by_code, MerchantsByCode(()), system) == {}
