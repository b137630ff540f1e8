"""What time does to goods on their way out: SHORT orders are looked for again, one in a transaction."""

from __future__ import annotations

from typing import Final

from houtai.application.office import Office
from houtai.application.outbound.settle import LookAgain, look_again, short_orders
from houtai.application.paging import Page
from houtai.domain.act import Act, Entry
from houtai.domain.outbound.state import OutboundState
from houtai.domain.refusal import Refusal

PAGE: Final = 100


def look_again_for_all(office: Office, limit: int = 1_000) -> int:
    """Look for what SHORT orders lack, up to `limit` of them, each in a transaction of its own; how many are picked again."""
    act = Act.of_system(office.clock.now(), Entry.TIMER)
    looked, going, cursor = 0, 0, ""
    while looked < limit:
        page = office.ask(short_orders, Page(limit=min(PAGE, limit - looked), cursor=cursor, newest_first=False), act)
        for outbound_id in page.items:
            looked += 1
            try:
                going += office.perform(look_again, LookAgain(outbound_id), act).state is OutboundState.PICKING
            except Refusal:
                continue  # stopped or settled meanwhile
        cursor = page.next_cursor
        if not cursor:
            break
    return going
