"""`houtai release`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from houtai.entrypoints.cli.house import act_of_shell, open_house
from houtai.entrypoints.cli.options import as_json, database, say

if TYPE_CHECKING:
    from houtai.application.office import Office
    from houtai.domain.act import Act

MOST: Final = 1_000_000


@click.group("release")
def command() -> None:
    """Hand confirmed orders over to their warehouses."""


@command.command("all")
@click.option("--limit", type=click.IntRange(1, MOST), default=MOST, show_default=True, help="So many at most.")
@click.option("--sending", is_flag=True, help="Only those of warehouses that have said how they send, as the timer does.")
@database
@as_json
def release_all(db: str, limit: int, sending: bool, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Release everything that is confirmed, each order by itself. One that cannot go yet stays, and is named with the reason."""
    with open_house(db) as container:
        office = container.office()
        released, stayed = _release(office, act_of_shell(office), limit, sending=sending)
    names = "".join(f"\n  {one['number']}: {one['reason']}" for one in stayed)
    say({"released": released, "stayed": stayed}, f"{released} released, {len(stayed)} stay{names}", json_out=json_out)


def _release(office: Office, act: Act, limit: int, *, sending: bool) -> tuple[int, list[dict[str, Any]]]:
    """How many went to a warehouse, and why the others did not."""
    from houtai.application.orders.queries import show_order
    from houtai.application.orders.release import ConfirmedOrders, ReleaseOrder, confirmed_orders, release_order
    from houtai.application.paging import MAX_LIMIT, Page
    from houtai.domain.refusal import Refusal

    released, stayed, page = 0, list[dict[str, Any]](), Page(limit=MAX_LIMIT, newest_first=False)
    while released < limit:
        waiting = office.ask(confirmed_orders, ConfirmedOrders(page, sending), act)
        for order_id in waiting.orders[: limit - released]:
            try:
                office.perform(release_order, ReleaseOrder(order_id), act)
                released += 1
            except Refusal as refusal:
                number = office.ask(show_order, order_id, act).row.number
                stayed.append({"order": str(order_id), "number": number, "code": refusal.code, "reason": str(refusal)})
        if not waiting.cursor:
            break
        page = Page(limit=MAX_LIMIT, cursor=waiting.cursor, newest_first=False)
    return released, stayed
