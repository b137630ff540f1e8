"""What docs/webhooks.md tells receivers is true of what they are sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from houtai.domain.webhooks.event_type import TEST_TYPE, EventType
from houtai.domain.webhooks.schedule import DELAYS_S
from tests.webhooks.hooks import Hooks

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def receivers_own() -> Callable[..., bool]:
    """The page's example, as a receiver would paste it."""
    (program,) = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)  # our own page
    found: Callable[..., bool] = names["is_genuine"]
    return found


def test_the_pages_receiver_believes_what_is_sent_and_nothing_else(memory_hooks: Hooks) -> None:
    is_genuine = receivers_own()
    old = memory_hooks.endpoint()
    new = memory_hooks.secrets.rotate(old.endpoint.id, memory_hooks.act)
    memory_hooks.shop.place(CUP=1)
    memory_hooks.deliver()
    (sent,) = memory_hooks.line.sent
    now = memory_hooks.clock.now().timestamp()
    assert is_genuine(old.secret, sent.headers, sent.body, now)
    assert is_genuine(new.secret, sent.headers, sent.body, now + 299)
    assert not is_genuine(new.secret, sent.headers, sent.body, now + 301)
    assert not is_genuine(new.secret, sent.headers, sent.body, now - 301)
    assert not is_genuine(new.secret, sent.headers, sent.body + b" ", now)
    assert not is_genuine(new.secret, {**sent.headers, "webhook-id": "msg_2"}, sent.body, now)
    assert not is_genuine("whsec_" + "A" * 44, sent.headers, sent.body, now)


def test_the_page_names_every_type_and_no_other() -> None:
    told = {name for line in PAGE.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+\.\w+)`", line)}
    assert told == {kind.value for kind in EventType} | {TEST_TYPE}


def test_the_page_tells_the_schedule() -> None:
    units = {"s": 1, "min": 60, "h": 3_600}
    (row,) = re.findall(r"^\| after the one before \| \|(.+)\|$", PAGE, re.MULTILINE)
    pauses = [int(number) * units[unit] for number, unit in re.findall(r"(\d+) (\w+)", row)]
    assert (0, *pauses) == DELAYS_S
