"""The carriers that a process talks to: those of the file that HOUTAI_CARRIERS names, and in development the embedded one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from houtai.adapters.carriers.easypost import Easypost, EasypostAccount
from houtai.adapters.carriers.embedded import EmbeddedCarrier
from houtai.adapters.carriers.kuaidi100 import Kuaidi100, Kuaidi100Account
from houtai.adapters.carriers.sf_express import SfAccount, SfExpress
from houtai.application.ports import Clock
from houtai.application.shipping.ports import Carrier, Carriers
from houtai.entrypoints.account_files import account_of, kind_of, read_tables
from houtai.entrypoints.settings import DEVELOPMENT, Settings

SQLITE: Final = "sqlite:///"
FIELD: Final = "HOUTAI_CARRIERS"
_KINDS: Final[Mapping[str, tuple[type[Any], Callable[[Any, Clock, str], Carrier]]]] = {
    "kuaidi100": (Kuaidi100Account, lambda account, clock, name: Kuaidi100(account, clock, name=name)),
    "sf": (SfAccount, lambda account, clock, name: SfExpress(account, clock, name=name)),
    "easypost": (EasypostAccount, lambda account, _, name: Easypost(account, name=name)),
}


def carriers_of(settings: Settings, clock: Clock) -> Carriers:
    """The carriers by name. Raises InvalidValue for a file that cannot be used; it never shows what stands in it.

    What the embedded one knows lies in a file beside an SQLite database, so that it outlives the process as a carrier does.
    """
    found: dict[str, Carrier] = {}
    if settings.env == DEVELOPMENT:
        lies_in = settings.db.removeprefix(SQLITE).partition("?")[0]
        beside = lies_in + "-carrier" if settings.db.startswith(SQLITE) and lies_in else ":memory:"
        embedded = EmbeddedCarrier(clock, secret=secrets.token_bytes(32), path=beside)
        found[embedded.name] = embedded
    if settings.carriers:
        found |= {name: _carrier(name, table, clock) for name, table in read_tables(settings.carriers, FIELD).items()}
    return found


def _carrier(name: str, table: Any, clock: Clock) -> Carrier:
    account, made = _KINDS[kind_of(table, _KINDS, f"{FIELD}: {name}")]
    return made(account_of(account, table, f"{FIELD}: {name}"), clock, name)
