"""Where customers are kept. Their personal fields never reach the operation log."""

from __future__ import annotations

from typing import Any, Final, Protocol

from houtai.application.ports import HouseTx, Index, Reading, Records, Rows
from houtai.domain.customers.customer import Customer
from houtai.domain.ids import CustomerId

BY_PHONE: Index[Customer, str] = Index("phone", lambda customer: customer.phone or None)
BY_LEVEL: Index[Customer, str] = Index("member_level", lambda customer: customer.member_level)
CUSTOMERS: Records[CustomerId, Customer] = Records(
    "customers",
    Customer,
    lambda customer: customer.id,
    (BY_PHONE, BY_LEVEL),
    secret=frozenset({"name", "phone", "addresses"}),
)
RECORDS: Final[tuple[Records[Any, Any], ...]] = (CUSTOMERS,)


class CustomersTx(HouseTx, Protocol):
    """What keeping customers writes."""

    @property
    def customers(self) -> Rows[CustomerId, Customer]:
        """All buyers."""


class CustomersViews(Protocol):
    """What queries about customers read."""

    @property
    def customers(self) -> Reading[CustomerId, Customer]:
        """All buyers."""
