"""What a carrier answers when it is told or asked something."""

from __future__ import annotations

import enum

import attrs

from houtai.domain.shipping.parcel import Label


class Standing(enum.Enum):
    """How a wish stands with the carrier."""

    DONE = "done"
    PENDING = "pending"  # taken in, decided later
    REFUSED = "refused"  # definitely not
    NOT_KNOWN = "not-known"  # the carrier has never heard of it: telling it cannot double it
    NO_ANSWER = "no-answer"  # the answer was lost, cannot be read, or the carrier cannot be asked this


@attrs.frozen
class CarrierAnswer:
    """One answer to a request for a number; `label` where it is DONE."""

    standing: Standing
    label: Label | None = None
    error: str = ""


@attrs.frozen
class VoidAnswer:
    """One answer to a wish to void."""

    standing: Standing
    error: str = ""
