"""The carriers that a process talks to: those of the file that HOUTAI_CARRIERS names, and in development the embedded one."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from houtai.adapters.carriers.easypost import Easypost, EasypostAccount
from houtai.adapters.carriers.embedded import EmbeddedCarrier
from houtai.adapters.carriers.kuaidi100 import Kuaidi100, Kuaidi100Account
from houtai.adapters.carriers.sf_express import SfAccount, SfExpress
from houtai.application.ports import Clock
from houtai.application.shipping.ports import Carrier, Carriers
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.settings import DEVELOPMENT, Settings

SQLITE: Final = "sqlite:///"
FIELD: Final = "HOUTAI_CARRIERS"
_IN_A_FILE: Final = "_file"
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
        found |= {name: _carrier(name, told, clock) for name, told in _read(Path(settings.carriers)).items()}
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidValue(field=FIELD, rule=f"must name a TOML file that can be read ({type(error).__name__})") from error


def _carrier(name: str, told: Any, clock: Clock) -> Carrier:
    """One table of the file: its `kind`, and the account's fields; ``secret_file`` names a file that holds ``secret``."""
    if not isinstance(told, dict) or told.get("kind") not in _KINDS:
        raise InvalidValue(field=f"{FIELD}: {name}", rule=f"must have a kind of {', '.join(sorted(_KINDS))}")
    account, made = _KINDS[told["kind"]]
    given = {field: _value(name, field, value) for field, value in told.items() if field != "kind"}
    given = {field.removesuffix(_IN_A_FILE): value for field, value in given.items()}
    known = {field.name: field for field in attrs.fields(account)}
    strange = sorted(set(given) - set(known))
    missing = sorted(field.name for field in known.values() if field.default is attrs.NOTHING and field.name not in given)
    if strange or missing:
        rule = "; ".join(part for part in (_say("does not know", strange), _say("lacks", missing)) if part)
        raise InvalidValue(field=f"{FIELD}: {name}", rule=rule)
    return made(account(**given), clock, name)


def _value(name: str, field: str, value: Any) -> Any:
    if not field.endswith(_IN_A_FILE):
        return value
    try:
        return Path(str(value)).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise InvalidValue(field=f"{FIELD}: {name}.{field}", rule="must name a file that can be read") from error


def _say(words: str, names: list[str]) -> str:
    return f"{words} {', '.join(names)}" if names else ""
