"""Pages of what may be seen are whole, whatever lies between, and go on behind their last record."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from houtai.application.paging import MOST_ROUNDS, Page, Slice, seen_page


def numbers(count: int, page: Page) -> Slice[int]:
    """The numbers below `count` from the cursor on."""
    start = int(page.cursor or 0)
    part = tuple(range(start, min(start + page.limit, count)))
    end = start + len(part)
    return Slice(part, str(end) if end < count else "")


@given(st.integers(0, 60), st.sets(st.integers(0, 59)), st.integers(1, 7))
def test_all_pages_together_show_each_record_that_may_be_seen_once(count: int, hidden: set[int], limit: int) -> None:
    shown, page = list[int](), Page(limit=limit)
    while True:
        part = seen_page(lambda wanted: numbers(count, wanted), page, lambda one: one not in hidden)
        shown += part.items
        if not part.next_cursor:
            break
        page = Page(limit=limit, cursor=part.next_cursor)
    assert shown == [one for one in range(count) if one not in hidden]


def test_a_page_is_whole_although_others_lie_between() -> None:
    part = seen_page(lambda wanted: numbers(100, wanted), Page(limit=4), lambda one: one % 5 == 0)
    assert part.items == (0, 5, 10, 15)


@pytest.mark.parametrize("limit", [1, 10])
def test_where_nothing_may_be_seen_the_search_ends_and_can_be_gone_on_with(limit: int) -> None:
    part = seen_page(lambda wanted: numbers(10_000, wanted), Page(limit=limit), lambda _: False)
    assert (part.items, part.next_cursor) == ((), str(MOST_ROUNDS * limit))
