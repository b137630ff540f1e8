"""A customer: who buys, on what terms, and where parcels go."""

from __future__ import annotations

import enum
import re
from typing import Any

import attrs

from houtai.domain import limits
from houtai.domain.ids import CustomerId
from houtai.domain.moves import Moves, check_move
from houtai.domain.refusal import InvalidValue

MAX_ADDRESSES = 50
ERASED_NAME = "已注销"
_PHONE = re.compile(r"\+?[0-9][0-9 -]{3,22}[0-9]")


class CustomerState(enum.Enum):
    """Known, or erased at the person's wish: the record stays for the trade, the person is gone from it."""

    ACTIVE = "active"
    ERASED = "erased"


MOVES: Moves[CustomerState] = {CustomerState.ACTIVE: {CustomerState.ERASED}, CustomerState.ERASED: set()}


def phone(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A phone number as people write it: digits, spaces and dashes, a plus in front; or nothing."""
    if not isinstance(value, str):
        message = f"{attribute.name} must be a text"
        raise TypeError(message)
    if value and _PHONE.fullmatch(value) is None:
        raise InvalidValue(field=attribute.name, rule="must be a phone number of 5 to 24 digits, spaces or dashes")


@attrs.frozen
class Address:
    """Where a parcel goes. `region` is the province or state, `country` an ISO 3166 code of two letters."""

    recipient: str = attrs.field(default="", validator=limits.text(0, 100))
    phone: str = attrs.field(default="", validator=phone)
    country: str = attrs.field(default="CN", validator=limits.text(2, 2))
    region: str = attrs.field(default="", validator=limits.text(0, 60))
    city: str = attrs.field(default="", validator=limits.text(0, 60))
    district: str = attrs.field(default="", validator=limits.text(0, 60))
    street: str = attrs.field(default="", validator=limits.text(0, 200))
    postcode: str = attrs.field(default="", validator=limits.text(0, 16))

    def without_person(self) -> Address:
        """Only where in the country the goods went: what the trade has to keep, and nobody is known by."""
        return Address(recipient=ERASED_NAME, country=self.country, region=self.region, city=self.city)


@attrs.frozen
class Customer:
    """A buyer. The first address is the usual one; `member_level` is empty for no membership."""

    id: CustomerId
    name: str = attrs.field(validator=limits.text(1, 100))
    phone: str = attrs.field(default="", validator=phone)
    member_level: str = attrs.field(default="", validator=limits.text(0, 30))
    addresses: tuple[Address, ...] = attrs.field(default=(), validator=limits.at_most(MAX_ADDRESSES))
    state: CustomerState = CustomerState.ACTIVE
    version: int = 1

    @property
    def address(self) -> Address:
        """The usual address, an empty one where none is known."""
        return self.addresses[0] if self.addresses else Address()

    def erased(self) -> Customer:
        """The record without the person. Raises IllegalMove for one that is erased already."""
        check_move("customer", MOVES, self.state, CustomerState.ERASED)
        return Customer(self.id, ERASED_NAME, state=CustomerState.ERASED, version=self.version + 1)
