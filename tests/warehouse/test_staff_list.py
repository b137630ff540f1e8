"""Who is shown whom in the list of staff: filtered before it is cut into pages, on every adapter."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from houtai.application.access.open_account import OpenAccount, open_account
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.warehouse.people import Duties, EnrolStaff, StaffView, enrol_staff, list_staff, show_staff
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.ids import AccountId, MerchantId, StaffId, WarehouseId, new_id
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.station import Flow
from tests.catalog.arrange import some_merchant
from tests.inventory.arrange import some_warehouse
from tests.warehouse.test_locations import clerk


def hire(office: Office, act: Act, badge: str, *warehouses: WarehouseId, merchant: MerchantId | None = None) -> StaffId:
    """Somebody with an account of this owner who works in these warehouses."""
    account = AccountId(new_id())
    office.perform(open_account, OpenAccount(account, badge.lower(), badge, "none", merchant_id=merchant), act)
    cmd = EnrolStaff(StaffId(new_id()), account, badge, Duties(frozenset({Flow.PICK}), warehouses))
    return office.perform(enrol_staff, cmd, act).id


def pages(office: Office, act: Act, limit: int = 2) -> Iterator[tuple[StaffView, ...]]:
    page = Page(limit, newest_first=False)
    while True:
        found = office.ask(list_staff, page, act)
        yield found.items
        if not found.has_more:
            return
        page = attrs.evolve(page, cursor=found.next_cursor)


def test_every_page_is_full_of_those_within_reach(office: Office, system: Act) -> None:
    here, there = some_warehouse(office, system), some_warehouse(office, system, "BJ")
    mine = []
    for number in range(5):
        mine.append(hire(office, system, f"S-H{number}", here))
        hire(office, system, f"S-T{number}", there)
        hire(office, system, f"S-B{number}", here, there)
    shown = list(pages(office, clerk(system, here, "warehouse.staff")))
    assert [len(items) for items in shown] == [2, 2, 1]
    assert [person.id for items in shown for person in items] == mine


def test_the_owner_sees_everybody_with_all_their_warehouses_in_order(office: Office, system: Act) -> None:
    here, there = some_warehouse(office, system), some_warehouse(office, system, "BJ")
    both = hire(office, system, "S-1", there, here)
    (found,) = office.ask(list_staff, Page(), system).items
    assert (found.id, found.warehouses) == (both, (there, here))


@pytest.fixture
def tenants(office: Office, system: Act) -> tuple[Act, StaffId, dict[str, StaffId]]:
    """Somebody of a merchant with a warehouse; the merchant's own picker, and those who are not."""
    merchant = some_merchant(office, system, "A")
    theirs, houses = some_warehouse(office, system, "W-A", merchant), some_warehouse(office, system)
    actor = new_id()
    grant = Grant("warehouse.*", {Dimension.MERCHANT: frozenset({merchant})})
    visitor = attrs.evolve(system, actor=actor, authority=Authority(actor, (grant,)), name="visitor")
    own = hire(office, system, "S-OWN", theirs, merchant=merchant)
    others = {
        "the house's picker in the merchant's warehouse": hire(office, system, "S-LENT", theirs),
        "the house's picker in its own": hire(office, system, "S-HOUSE", houses),
        "the merchant's picker who works in the house's too": hire(office, system, "S-BOTH", theirs, houses, merchant=merchant),
    }
    return visitor, own, others


def test_a_merchant_sees_the_staff_that_is_theirs_and_works_for_them_alone(
    office: Office, tenants: tuple[Act, StaffId, dict[str, StaffId]]
) -> None:
    visitor, own, others = tenants
    assert [person.id for person in office.ask(list_staff, Page(), visitor).items] == [own]
    assert office.ask(show_staff, own, visitor).badge == "S-OWN"
    for staff in others.values():
        with pytest.raises(NotFound):
            office.ask(show_staff, staff, visitor)


def test_a_merchant_enrols_no_account_of_the_house(office: Office, system: Act) -> None:
    merchant = some_merchant(office, system, "A")
    theirs = some_warehouse(office, system, "W-A", merchant)
    actor = new_id()
    grant = Grant("warehouse.*", {Dimension.MERCHANT: frozenset({merchant})})
    visitor = attrs.evolve(system, actor=actor, authority=Authority(actor, (grant,)), name="visitor")
    account = AccountId(new_id())
    office.perform(open_account, OpenAccount(account, "house", "House", "none"), system)
    with pytest.raises(NotFound):
        cmd = EnrolStaff(StaffId(new_id()), account, "S-1", Duties(frozenset(), (theirs,)))
        office.perform(enrol_staff, cmd, visitor)
