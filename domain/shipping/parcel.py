"""What is sent: from whom, to whom, which parcels with what in them, and who pays the carrier."""

from __future__ import annotations

import enum

import attrs

from houtai.domain import limits
from houtai.domain.money import Money
from houtai.domain.shipping.label_mask import Masked, mask

MAX_PARCELS = 50
_side_mm = limits.between(0, 100_000)


class PaidBy(enum.Enum):
    """Who pays the carrier."""

    SENDER = "sender"
    RECEIVER = "receiver"
    ACCOUNT = "account"  # monthly, by the sender's account with the carrier


@attrs.frozen
class Contact:
    """One end of a shipment. `address` is what follows the district; `region` is the province or state."""

    name: str = attrs.field(validator=limits.text(1, 100))
    phone: str = attrs.field(validator=limits.text(1, 32))
    region: str = attrs.field(validator=limits.text(0, 60))
    city: str = attrs.field(validator=limits.text(1, 60))
    district: str = attrs.field(validator=limits.text(0, 60))
    address: str = attrs.field(validator=limits.text(1, 300))
    country: str = attrs.field(default="CN", validator=limits.text(2, 2))
    postcode: str = attrs.field(default="", validator=limits.text(0, 20))
    company: str = attrs.field(default="", validator=limits.text(0, 100))

    @property
    def whole_address(self) -> str:
        """From region to door in one line, as Chinese carriers take it."""
        return f"{self.region}{self.city}{self.district}{self.address}"

    def masked(self) -> Masked:
        """As a label may show them; region, city and district stay, for the parcel is sorted by them."""
        shown = mask(self.name, self.phone, self.address)
        return attrs.evolve(shown, address=f"{self.region}{self.city}{self.district}{shown.address}")

    def without_person(self) -> Contact:
        """What may be kept once the person is forgotten: where the parcel went, roughly."""
        return attrs.evolve(self, name="-", phone="-", address="-", postcode="", company="")


@attrs.frozen
class Parcel:
    """One box: its weight, and its sides where they are known (0: not)."""

    weight_g: int = attrs.field(validator=limits.between(1, limits.MAX_WEIGHT_G))
    length_mm: int = attrs.field(default=0, validator=_side_mm)
    width_mm: int = attrs.field(default=0, validator=_side_mm)
    height_mm: int = attrs.field(default=0, validator=_side_mm)


@attrs.frozen
class Shipment:
    """What a carrier is asked to bring. `service` is the carrier's own word for how fast, empty for its usual one."""

    sender: Contact
    receiver: Contact
    parcels: tuple[Parcel, ...] = attrs.field(validator=limits.at_most(MAX_PARCELS, 1))
    goods: tuple[str, ...] = attrs.field(validator=limits.at_most(100, 1))
    paid_by: PaidBy = PaidBy.ACCOUNT
    service: str = attrs.field(default="", validator=limits.text(0, 64))
    remark: str = attrs.field(default="", validator=limits.text(0, 200))

    @property
    def weight_g(self) -> int:
        """Of all parcels."""
        return sum(parcel.weight_g for parcel in self.parcels)

    def without_sender(self) -> Shipment:
        """With the sender forgotten: a buyer, where goods come back."""
        return attrs.evolve(self, sender=self.sender.without_person(), remark="")

    def without_person(self) -> Shipment:
        """With the receiver forgotten."""
        return attrs.evolve(self, receiver=self.receiver.without_person(), remark="")


@attrs.frozen
class Quote:
    """What a carrier would take for a shipment; `days` 0 where it does not say how long."""

    carrier: str
    service: str
    charge: Money
    days: int = 0


class LabelFormat(enum.Enum):
    """What the bytes of a label are."""

    PDF = "pdf"
    ZPL = "zpl"
    PNG = "png"
    OPAQUE = "opaque"  # a document that only the carrier's print client, or a template for its data, can show


@attrs.frozen
class Label:
    """What a carrier gave for a shipment: its waybill number, what is stuck on the parcel, and what it charges."""

    number: str = attrs.field(validator=limits.text(1, 64))
    format: LabelFormat
    content: bytes = attrs.field(repr=False)
    charge: Money | None = None
    children: tuple[str, ...] = ()  # the numbers of the second and further parcels
