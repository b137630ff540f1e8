"""What time does to points: they end."""

from __future__ import annotations

from houtai.application.office import Office
from houtai.application.points.expire import AT_ONCE, ended_points, expire_points
from houtai.domain.act import Act, Entry


def run_points_timer(office: Office) -> int:
    """Expire what is due, account by account; how many lots."""
    act = Act.of_system(office.clock.now(), Entry.TIMER)
    accounts = office.ask(ended_points, AT_ONCE, act)
    return sum(office.perform(expire_points, account, act) for account in accounts)
