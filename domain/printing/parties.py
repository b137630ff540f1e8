"""Who sends and who receives, as a label may show it: the express waybill standard hides what nobody needs to read."""

from __future__ import annotations

import re
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.customers.mask import HIDDEN, masked_name, masked_phone

_ROOM: Final = re.compile(
    r"[0-9A-Za-z]+(?=\s*(?:单元|室|户|房|层|楼|栋|幢|座|号楼))"  # 3 幢, 2 单元, 501 室
    r"|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)+$"  # 3-2-501 at the end
    r"|(?<=[号弄路街楼区园苑幢栋座层元]) *[0-9]+$"  # a bare number behind the house's or the building's
)
MOST_SHOWN_DIGITS: Final = 6


def name_on_label(name: str) -> str:
    """王小明 becomes 王**; one that is hidden already stays as it is."""
    return name if HIDDEN in name else masked_name(name)


def phone_on_label(phone: str) -> str:
    """13812345678 becomes 138******78; one that shows at most six digits stays as it is."""
    shown = sum(sign.isdecimal() for sign in phone)
    return phone if HIDDEN in phone and shown <= MOST_SHOWN_DIGITS else masked_phone(phone)


def address_on_label(address: str) -> str:
    """Street and house stay; building, unit, floor and room become stars: 文三路 100 号 3 幢 501 室 → 文三路 100 号 * 幢 * 室."""
    return _ROOM.sub(HIDDEN, address)


@attrs.frozen
class Party:
    """One end of a parcel. A person's name, phone and room are hidden on the way in; a `company` is shown whole."""

    name: str = attrs.field(converter=name_on_label, validator=limits.text(0, 60))
    phone: str = attrs.field(converter=phone_on_label, validator=limits.text(0, 40))
    address: str = attrs.field(converter=address_on_label, validator=limits.text(0, 300))
    company: str = attrs.field(default="", validator=limits.text(0, 100))
