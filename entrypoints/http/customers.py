"""Customers over HTTP: masked, except to whoever says why they need the whole."""

from __future__ import annotations

from typing import Annotated

import msgspec

from houtai.application.customers import keep, queries
from houtai.domain.customers.customer import MAX_ADDRESSES, Address, Customer, CustomerState
from houtai.domain.ids import CustomerId
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("customers", "Who buys. Lists and records are masked.")

Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", max_length=2, description="ISO 3166, two letters.")]
Phone = Annotated[str, msgspec.Meta(max_length=26)]
Addresses = Annotated[tuple["AddressWire", ...], msgspec.Meta(max_length=MAX_ADDRESSES)]


class AddressWire(wire.Wire):
    """Where a parcel goes."""

    recipient: wire.Line = ""
    phone: Phone = ""
    country: Country = "CN"
    region: wire.Line = ""
    city: wire.Line = ""
    district: wire.Line = ""
    street: wire.Line = ""
    postcode: wire.Line = ""

    def value(self) -> Address:
        """As the domain's address."""
        return Address(**msgspec.structs.asdict(self))

    @classmethod
    def of(cls, address: Address) -> AddressWire:
        """From the domain's address."""
        return cls(**{name: getattr(address, name) for name in cls.__struct_fields__})


class NewCustomer(wire.Wire):
    """A buyer. The first address is the usual one."""

    name: wire.Name
    phone: Phone = ""
    member_level: wire.Line = ""
    addresses: Addresses = ()
    id: wire.Id | None = None


class CustomerChange(wire.Wire):
    """A buyer's new particulars, whole."""

    name: wire.Name
    phone: Phone = ""
    member_level: wire.Line = ""
    addresses: Addresses = ()


class CustomerOut(wire.Versioned):
    """A buyer, masked."""

    id: wire.Id
    name: str
    phone: str
    address: str
    member_level: str
    state: CustomerState


class CustomerInFull(wire.Versioned):
    """A buyer in full."""

    id: wire.Id
    name: str
    phone: str
    member_level: str
    addresses: tuple[AddressWire, ...]
    state: CustomerState


class RevealReason(wire.Wire):
    """Why the whole record is needed; it stays in the operation log."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class CustomerQuery(wire.PageQuery):
    """Which buyers to list: by a whole phone number, or a member level."""

    phone: Phone = ""
    member_level: wire.Line | None = None


def customer_out(view: queries.CustomerView) -> CustomerOut:
    """As it goes out."""
    return CustomerOut(
        id=view.id,
        name=view.name,
        phone=view.phone,
        address=view.address,
        member_level=view.member_level,
        state=view.state,
        version=view.version,
    )


def _masked(customer: Customer) -> CustomerOut:
    return customer_out(queries.CustomerView.of(customer))


@ROUTES.post("/customers", keep.register_customer, status=201, location="/customers/{id}")
def post_customer(desk: Desk, body: NewCustomer) -> CustomerOut:
    """Register a customer."""
    cmd = keep.RegisterCustomer(
        customer=CustomerId(desk.new_id(body.id)),
        name=body.name,
        phone=body.phone,
        member_level=body.member_level,
        addresses=tuple(address.value() for address in body.addresses),
    )
    return _masked(desk.perform(keep.register_customer, cmd))


@ROUTES.get("/customers", queries.list_customers)
def get_customers(desk: Desk, query: CustomerQuery) -> wire.Listed[CustomerOut]:
    """List customers, newest first, masked."""
    request = queries.ListCustomers(query.page(), query.phone, query.member_level)
    return wire.listed(desk.ask(queries.list_customers, request), customer_out)


@ROUTES.get("/customers/{customer_id}", queries.get_customer)
def get_customer(desk: Desk, customer_id: wire.Id) -> CustomerOut:
    """Look at one customer, masked."""
    return customer_out(desk.ask(queries.get_customer, queries.GetCustomer(CustomerId(customer_id))))


@ROUTES.put("/customers/{customer_id}", keep.edit_customer, refuses=(IllegalMove,))
def put_customer(desk: Desk, customer_id: wire.Id, body: CustomerChange) -> CustomerOut:
    """Replace a customer's particulars."""
    cmd = keep.EditCustomer(
        customer=CustomerId(customer_id),
        expected_version=desk.expected_version,
        name=body.name,
        phone=body.phone,
        member_level=body.member_level,
        addresses=tuple(address.value() for address in body.addresses),
    )
    return _masked(desk.perform(keep.edit_customer, cmd))


@ROUTES.post("/customers/{customer_id}/reveal", keep.reveal_customer, keyed=False)
def post_customer_reveal(desk: Desk, customer_id: wire.Id, body: RevealReason) -> CustomerInFull:
    """See one customer in full, for a reason.

    Each look stands in the operation log.
    """
    customer = desk.perform(keep.reveal_customer, keep.RevealCustomer(CustomerId(customer_id), body.reason))
    return CustomerInFull(
        id=customer.id,
        name=customer.name,
        phone=customer.phone,
        member_level=customer.member_level,
        addresses=tuple(AddressWire.of(address) for address in customer.addresses),
        state=customer.state,
        version=customer.version,
    )


@ROUTES.post("/customers/{customer_id}/erase", keep.erase_customer, match="required", refuses=(IllegalMove,))
def post_customer_erase(desk: Desk, customer_id: wire.Id) -> CustomerOut:
    """Forget the person for good.

    Orders and books keep pointing to the empty record.
    """
    cmd = keep.EraseCustomer(CustomerId(customer_id), desk.expected_version)
    return _masked(desk.perform(keep.erase_customer, cmd))
