"""What an express label may show of a person: GB/T 41833-2022 hides part of the name, six digits and the door."""

from __future__ import annotations

import re
from typing import Final

import attrs

STAR: Final = "*"
HIDDEN_DIGITS: Final = 6  # "联系电话应隐藏6位以上"
_OPEN_HEAD: Final = 3
_OPEN_TAIL: Final = 2

_COUNT: Final = r"[0-9０-９A-Za-z零〇一二三四五六七八九十百甲乙丙丁戊东西南北中]"
# From the first of these on, an address names the unit, floor, household or room: 单元户室号.
_DOORS: Final = (
    rf"{_COUNT}+\s*(?:单元|單元|楼层|层|層|楼(?![\w]*路)|户(?!外)|戶|室|房(?!屋)|门(?!口|诊|店))",
    rf"(?<=[栋幢座楼])\s*{_COUNT}+",
    r"(?<=[栋幢座])\s*[-—–]",
    r"[0-9０-９]+\s*(?:[-—–－/]\s*[0-9０-９A-Za-z]+)+",  # 3-2-501
    r"[#＃]\s*[0-9０-９A-Za-z]+",
    r"\b(?:apt|apartment|suite|ste|unit|room|rm|floor|fl|flat)\b\.?\s*[0-9A-Za-z]+",
    r"(?<![0-9０-９])[A-Za-z]?[0-9０-９]{1,5}[A-Za-z]?\s*$",  # a bare number at the end: 幸福小区501
)
_DOOR: Final = re.compile("|".join(_DOORS), re.IGNORECASE)
_HOUSE_NUMBER: Final = re.compile(r"^\s*[0-9]{1,5}[A-Za-z]?\s+[A-Za-z]")  # "123 Main St": a house, not a door


@attrs.frozen
class Masked:
    """A person as a label shows them."""

    name: str
    phone: str
    address: str


def mask_name(name: str) -> str:
    """The first sign, all others hidden; a name of one sign is hidden whole."""
    stripped = name.strip()
    if len(stripped) <= 1:
        return STAR * len(stripped)
    return stripped[0] + STAR * (len(stripped) - 1)


def mask_phone(phone: str) -> str:
    """At least six digits hidden, so that at most three in front and two at the end are left; an extension is hidden whole.

    A number of six digits or fewer is hidden whole. Other signs stay, so that the form can be read.
    """
    main, sign, extension = _split_extension(phone)
    places = [place for place, one in enumerate(main) if one.isdecimal()]
    left = max(0, len(places) - HIDDEN_DIGITS)
    tail = min(_OPEN_TAIL, left)
    head = min(_OPEN_HEAD, left - tail)
    hidden = set(places[head : len(places) - tail])
    shown = "".join(STAR if place in hidden else one for place, one in enumerate(main))
    return shown + sign + re.sub(r"\d", STAR, extension)


def mask_address(address: str) -> str:
    """The address up to the door: unit, floor, household and room are hidden with all that stands behind them."""
    start = 0
    if house := _HOUSE_NUMBER.match(address):
        start = house.end()
    found = _DOOR.search(address, start)
    return address if found is None else address[: found.start()].rstrip(" ,，#＃-") + STAR * 3


def mask(name: str, phone: str, address: str) -> Masked:
    """All three."""
    return Masked(mask_name(name), mask_phone(phone), mask_address(address))


def _split_extension(phone: str) -> tuple[str, str, str]:
    """What stands before an extension, the sign between, and the extension; only behind a whole mobile number."""
    found = re.match(r"^(\+?[\d ]{11,16})(\s*(?:转|轉|ext\.?|x|,|-|－|#)\s*)(\d{1,6})$", phone.strip(), re.IGNORECASE)
    return (found[1], found[2], found[3]) if found else (phone, "", "")
