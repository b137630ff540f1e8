"""Customers: kept whole, shown masked, shown in full for a reason, erased for good."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.application.customers.keep import (
    EditCustomer,
    EraseCustomer,
    RegisterCustomer,
    RevealCustomer,
    edit_customer,
    erase_customer,
    register_customer,
    reveal_customer,
)
from houtai.application.customers.queries import GetCustomer, ListCustomers, get_customer, list_customers
from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Grant
from houtai.domain.customers.customer import ERASED_NAME, Address, Customer, CustomerState
from houtai.domain.customers.mask import masked_address, masked_name, masked_phone
from houtai.domain.ids import CustomerId, new_id
from houtai.domain.refusal import AlreadyExists, Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict

HOME = Address("王小明", "13812345678", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号 2 单元 301", "310012")


def registered(office: Office, act: Act, **fields: Any) -> Customer:
    given = {"name": "王小明", "phone": "13812345678", "addresses": (HOME, Address(street="公司"))}
    return office.perform(register_customer, RegisterCustomer(CustomerId(new_id()), **{**given, **fields}), act)


def test_a_customer_is_kept_whole_and_shown_masked(office: Office, system: Act) -> None:
    customer = registered(office, system, member_level="gold")
    view = office.ask(get_customer, GetCustomer(customer.id), system)
    assert (view.name, view.phone, view.address, view.member_level) == ("王**", "138******78", "浙江省 杭州市 西湖区 ***", "gold")
    assert office.perform(reveal_customer, RevealCustomer(customer.id, "核对收货地址"), system) == customer


def test_a_look_at_the_whole_stands_in_the_log_and_needs_a_reason_and_the_right(office: Office, system: Act, store: Any) -> None:
    customer = registered(office, system)
    office.perform(reveal_customer, RevealCustomer(customer.id, "核对收货地址"), system)
    with store.snapshot() as views:
        last = views.audit_chain()[-1].entry
    assert (last.deed, last.command["reason"]) == ("reveal_customer", "核对收货地址")
    with pytest.raises(InvalidValue):
        RevealCustomer(customer.id, "")
    support = attrs.evolve(system, actor=UUID(int=5), authority=Authority(UUID(int=5), (Grant("customers.read"),)))
    with pytest.raises(Forbidden):
        office.perform(reveal_customer, RevealCustomer(customer.id, "好奇一下"), support)


@pytest.mark.parametrize("hidden", ["name", "phone", "address"])
def test_whoever_may_not_see_a_part_is_not_shown_the_whole(memory_office: Office, system: Act, hidden: str) -> None:
    customer = registered(memory_office, system)
    support = UUID(int=5)

    def act(*fields: str) -> Act:
        grant = Grant("customers.reveal", hidden=frozenset(fields))
        return attrs.evolve(system, actor=support, authority=Authority(support, (grant,)))

    with pytest.raises(Forbidden, match=f"hides {hidden}"):
        memory_office.perform(reveal_customer, RevealCustomer(customer.id, "核对收货地址"), act(hidden))
    assert memory_office.perform(reveal_customer, RevealCustomer(customer.id, "核对收货地址"), act("cost")) == customer


def test_no_personal_word_reaches_the_log(office: Office, system: Act, store: Any) -> None:
    customer = registered(office, system)
    office.perform(edit_customer, EditCustomer(customer.id, 1, "李四", "13900000000", "gold", (HOME,)), system)
    with store.snapshot() as views:
        written = str([(entry.entry.command, entry.entry.changes) for entry in views.audit_chain()])
    assert not [word for word in ("王小明", "13812345678", "文三路", "李四", "13900000000") if word in written]
    assert "gold" in written


def test_an_edit_rests_on_a_version_and_each_version_has_its_line(office: Office, system: Act, store: Any) -> None:
    customer = registered(office, system)
    edited = office.perform(edit_customer, EditCustomer(customer.id, 1, "王大明", addresses=(HOME,)), system)
    assert (edited.name, edited.addresses, edited.version) == ("王大明", (HOME,), 2)
    with pytest.raises(VersionConflict):
        office.perform(edit_customer, EditCustomer(customer.id, 1, "王"), system)
    with store.snapshot() as views:
        assert views.customers.get(customer.id) == edited
        assert [line.event for line in views.timeline.by(OF_DOCUMENT, customer.id)] == ["registered", "edited"]


def test_an_erased_customer_is_gone_and_the_record_stays(office: Office, system: Act, store: Any) -> None:
    customer = registered(office, system)
    erased = office.perform(erase_customer, EraseCustomer(customer.id, 1), system)
    assert (erased.name, erased.phone, erased.addresses, erased.state) == (ERASED_NAME, "", (), CustomerState.ERASED)
    with store.snapshot() as views:
        assert views.customers.get(customer.id) == erased
    with pytest.raises(IllegalMove):
        office.perform(edit_customer, EditCustomer(customer.id, 2, "回来"), system)
    with pytest.raises(IllegalMove):
        office.perform(erase_customer, EraseCustomer(customer.id, 2), system)


def test_customers_are_listed_newest_first_and_found_by_phone_or_level(office: Office, system: Act) -> None:
    first = registered(office, system, phone="13800000001", member_level="gold")
    second = registered(office, system, phone="")

    def found(**where: Any) -> set[CustomerId]:
        return {view.id for view in office.ask(list_customers, ListCustomers(**where), system).items}

    assert (found(), found(phone="13800000001"), found(member_level="gold"), found(phone="138")) == (
        {first.id, second.id},
        {first.id},
        {first.id},
        set(),
    )
    with pytest.raises(NotFound):
        office.ask(get_customer, GetCustomer(CustomerId(new_id())), system)
    with pytest.raises(AlreadyExists):
        office.perform(register_customer, RegisterCustomer(first.id, "王"), system)


def test_a_grant_may_hide_what_the_mask_leaves(office: Office, system: Act) -> None:
    customer = registered(office, system)
    hidden = frozenset({"name", "phone", "address"})
    reader = attrs.evolve(system, authority=Authority(system.actor, (Grant("customers.read", hidden=hidden),)))
    view = office.ask(get_customer, GetCustomer(customer.id), reader)
    assert {view.name, view.phone, view.address} == {"•••"}


@pytest.mark.parametrize("phone", ["12", "电话", "=1+1", "1" * 30, "138\n12345678"])
def test_what_nobody_can_dial_is_no_phone(phone: str) -> None:
    with pytest.raises(InvalidValue):
        Customer(CustomerId(new_id()), "王", phone)
    with pytest.raises(InvalidValue):
        Address(phone=phone)


@given(st.from_regex(r"\+?[0-9][0-9 -]{3,22}[0-9]", fullmatch=True))
def test_of_any_phone_at_least_six_digits_are_hidden_or_all(phone: str) -> None:
    shown = masked_phone(phone)
    digits, left = sum(sign.isdecimal() for sign in phone), sum(sign.isdecimal() for sign in shown)
    assert digits - left >= min(6, digits)
    assert len(shown) == len(phone)


@given(st.text(min_size=1, max_size=20))
def test_of_any_name_a_character_is_hidden(name: str) -> None:
    assert masked_name(name).endswith("*")
    assert len(masked_name(name)) == len(name)


def test_street_and_house_never_show() -> None:
    assert masked_address(HOME) == "浙江省 杭州市 西湖区 ***"
    assert masked_address(Address(city="杭州市")) == "杭州市"
    assert masked_address(Address()) == ""


def test_the_first_address_is_the_usual_one() -> None:
    customer = Customer(CustomerId(new_id()), "王", addresses=(HOME, Address()))
    assert (customer.address, attrs.evolve(customer, addresses=()).address) == (HOME, Address())
