"""Personal data as a list may show it: one character of the name, at most five digits of the phone, no street."""

from __future__ import annotations

from typing import Final

from houtai.domain.customers.customer import Address

HIDDEN = "*"


PERSONAL: Final = frozenset({"name", "phone", "address"})
"""The masks that hide who somebody is."""


def masked_name(name: str) -> str:
    """王小明 becomes 王**; a name of one character is hidden whole."""
    return name[:1] + HIDDEN * (len(name) - 1) if len(name) > 1 else HIDDEN * len(name)


def masked_phone(phone: str) -> str:
    """13812345678 becomes 138******78: six digits or more are hidden, all of a number with fewer than nine."""
    digits = [place for place, sign in enumerate(phone) if sign.isdecimal()]
    shown = set(digits[:3] + digits[-2:]) if len(digits) >= 11 else set(digits[:1] + digits[-1:]) if len(digits) > 8 else set()
    return "".join(HIDDEN if place in digits and place not in shown else sign for place, sign in enumerate(phone))


def masked_address(address: Address) -> str:
    """Country, region, city and district; street, house and room stay hidden."""
    parts = [part for part in (address.region, address.city, address.district) if part]
    return " ".join([*parts, HIDDEN * 3]) if address.street else " ".join(parts)
