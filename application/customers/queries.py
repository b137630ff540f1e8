"""Reading customers: always masked; the full record needs `reveal_customer` with a reason."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.application.customers.ports import BY_LEVEL, BY_PHONE, CustomersViews
from houtai.application.masking import MASK_KEY
from houtai.application.paging import Page, Slice
from houtai.application.permission import needs
from houtai.application.plain import SECRET
from houtai.domain.act import Act
from houtai.domain.customers.customer import Customer, CustomerState
from houtai.domain.customers.mask import masked_address, masked_name, masked_phone
from houtai.domain.ids import CustomerId


@attrs.frozen
class CustomerView:
    """A customer as lists show it. Grants may hide what is left of name, phone and address as well."""

    id: CustomerId
    name: str = attrs.field(metadata={MASK_KEY: "name"})
    phone: str = attrs.field(metadata={MASK_KEY: "phone"})
    address: str = attrs.field(metadata={MASK_KEY: "address"})
    member_level: str
    state: CustomerState
    version: int

    @classmethod
    def of(cls, customer: Customer) -> CustomerView:
        """Masked: a character of the name, at most five digits of the phone, no street."""
        return cls(
            id=customer.id,
            name=masked_name(customer.name),
            phone=masked_phone(customer.phone),
            address=masked_address(customer.address),
            member_level=customer.member_level,
            state=customer.state,
            version=customer.version,
        )


@attrs.frozen
class GetCustomer:
    """One customer, masked."""

    customer: CustomerId


@attrs.frozen
class ListCustomers:
    """A page of customers, newest first; narrowed to a whole phone number or a member level if given."""

    page: Page = Page()  # noqa: RUF009  # frozen
    phone: str = attrs.field(default="", metadata={SECRET: True})  # a refused question is logged too
    member_level: str | None = None


@needs("customers.read")
def get_customer(views: CustomersViews, query: GetCustomer, _: Act) -> CustomerView:
    """The masked view. NotFound."""
    return CustomerView.of(views.customers.get(query.customer))


@needs("customers.read")
def list_customers(views: CustomersViews, query: ListCustomers, _: Act) -> Slice[CustomerView]:
    """Masked views."""
    where: dict[Any, Any] = {}
    if query.phone:
        where[BY_PHONE] = query.phone
    if query.member_level is not None:
        where[BY_LEVEL] = query.member_level
    found = views.customers.page(query.page, where)
    return Slice(tuple(CustomerView.of(customer) for customer in found.items), found.next_cursor)
