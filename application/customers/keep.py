"""Customers: register, edit, show one in full for a reason, erase the person."""

from __future__ import annotations

import attrs

from houtai.application.audit import Category
from houtai.application.customers.ports import CustomersTx
from houtai.application.disclosures import Disclosed, note_disclosure
from houtai.application.permission import logged_as, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.customers.customer import MOVES, Address, Customer, CustomerState
from houtai.domain.customers.events import CustomerErased
from houtai.domain.customers.mask import PERSONAL
from houtai.domain.ids import CustomerId
from houtai.domain.moves import check_move
from houtai.domain.refusal import AlreadyExists, VersionConflict

_PERSONAL = {SECRET: True}


@attrs.frozen
class RegisterCustomer:
    """A new buyer."""

    customer: CustomerId
    name: str = attrs.field(metadata=_PERSONAL)
    phone: str = attrs.field(default="", metadata=_PERSONAL)
    member_level: str = ""
    addresses: tuple[Address, ...] = attrs.field(default=(), metadata=_PERSONAL)


@attrs.frozen
class EditCustomer:
    """The buyer's new particulars."""

    customer: CustomerId
    expected_version: int
    name: str = attrs.field(metadata=_PERSONAL)
    phone: str = attrs.field(default="", metadata=_PERSONAL)
    member_level: str = ""
    addresses: tuple[Address, ...] = attrs.field(default=(), metadata=_PERSONAL)


@attrs.frozen
class RevealCustomer:
    """One buyer in full; the reason stands in the operation log."""

    customer: CustomerId
    reason: str = attrs.field(validator=limits.text(3, 500))


@attrs.frozen
class EraseCustomer:
    """Forget the person, keep the record that orders point to."""

    customer: CustomerId
    expected_version: int


@needs("customers.edit")
def register_customer(tx: CustomersTx, cmd: RegisterCustomer, act: Act) -> Customer:
    """A new customer. AlreadyExists for a taken id."""
    if tx.customers.find(cmd.customer) is not None:
        raise AlreadyExists(what="customer", key=str(cmd.customer))
    customer = Customer(cmd.customer, cmd.name, cmd.phone, cmd.member_level, cmd.addresses)
    tx.customers.add(customer)
    write_line(tx, act, "customer", customer, "registered", before=None)
    return customer


@needs("customers.edit")
def edit_customer(tx: CustomersTx, cmd: EditCustomer, act: Act) -> Customer:
    """New particulars. IllegalMove for an erased customer."""
    old = _locked(tx, cmd.customer, cmd.expected_version)
    if old.state is CustomerState.ERASED:
        check_move("customer", MOVES, old.state, CustomerState.ACTIVE)
    new = attrs.evolve(
        old,
        name=cmd.name,
        phone=cmd.phone,
        member_level=cmd.member_level,
        addresses=cmd.addresses,
        version=old.version + 1,
    )
    tx.customers.save(new)
    write_line(tx, act, "customer", new, "edited", before=old.state)
    return new


@logged_as(Category.DISCLOSURE)
@needs("customers.reveal")
def reveal_customer(tx: CustomersTx, cmd: RevealCustomer, act: Act) -> Customer:
    """The customer in full. It is a deed and no query, so that each look stands in the log with its reason.

    Raises NotFound, and Forbidden also where the actor's grants hide a part of it.
    """
    act.authority.decide("customers.reveal", Scope(merchant=HOUSE), at=act.at).demand_shown(PERSONAL)
    customer = tx.customers.get(cmd.customer)
    note_disclosure(tx, act, Disclosed.SHOWN, "customer", record_id=customer.id, reason=cmd.reason)
    return customer


@needs("customers.erase")
def erase_customer(tx: CustomersTx, cmd: EraseCustomer, act: Act) -> Customer:
    """Name, phone and addresses are gone for good, here and from every order that has ended; id and trade records stay.

    An order that is under way keeps its receiver until it ends, because the parcel still has to arrive, and loses it then.
    Raises NotFound, VersionConflict, IllegalMove for one that is erased already.
    """
    old = _locked(tx, cmd.customer, cmd.expected_version)
    new = old.erased()
    tx.customers.save(new)
    write_line(tx, act, "customer", new, "erased", before=old.state)
    tx.emit(CustomerErased(new.id))
    return new


def _locked(tx: CustomersTx, customer_id: CustomerId, expected_version: int) -> Customer:
    customer = tx.customers.lock_one(customer_id)
    if customer.version != expected_version:
        raise VersionConflict(
            what="customer", key=str(customer_id), expected_version=expected_version, current_version=customer.version
        )
    return customer
