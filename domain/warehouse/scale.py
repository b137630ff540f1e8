"""What a scale sends: a reading as a line of text, the way bench scales print it, with whether it stands still."""

from __future__ import annotations

import re
from typing import Final

import attrs

from houtai.domain.money import half_up
from houtai.domain.refusal import InvalidValue, Refusal

_READING: Final = re.compile(
    r"(?:(?P<head>ST|US|OL|QT),(?:(?:GS|NT|TR),)?)?\s*(?P<sign>[+-]?)\s*(?P<whole>\d{1,7})(?:\.(?P<part>\d{1,6}))?\s*(?P<unit>kg|g)",
    re.IGNORECASE,
)


@attrs.define(eq=False, slots=False)
class UnsteadyScale(Refusal):
    """The scale has not come to rest, or carries more than it can weigh: nothing was taken of it."""

    code = "scale.unsteady"
    text = "the scale says {said}: wait until it stands still"

    said: str


def reading_g(text: str) -> int | None:
    """The grams of a reading such as ``ST,GS,+001.234kg`` or ``815 g``, rounded half up; None for what is no reading.

    Raises UnsteadyScale while it moves or is overloaded, InvalidValue for nothing or less than nothing on it.
    """
    found = _READING.fullmatch(text)
    if found is None:
        return None
    if (found["head"] or "").upper() in ("US", "OL"):
        raise UnsteadyScale(said=text)
    part = found["part"] or ""
    number, digits = int(found["whole"] + part), 10 ** len(part)
    grams = half_up(number * (1_000 if found["unit"].lower() == "kg" else 1), digits)
    if grams < 1 or found["sign"] == "-":
        raise InvalidValue(field="weight_g", rule="must be something on the scale")
    return grams
