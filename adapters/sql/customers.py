"""The customers' tables."""

from __future__ import annotations

from collections.abc import Mapping as Lookup, Sequence
from typing import Any, Final

import attrs
from sqlalchemy import ForeignKey, Table

from houtai.adapters.sql.columns import METADATA, id_column, one_of, version, whole_number, words
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.customers import ports
from houtai.domain.customers.customer import MAX_ADDRESSES, Address, Customer, CustomerState

customers: Final = Table(
    "customers",
    METADATA,
    id_column("id", primary_key=True),
    words("name", 100),
    words("phone", 26, index=True),
    words("member_level", 30, index=True),
    one_of("state", CustomerState),
    version(),
)

customer_addresses: Final = Table(
    "customer_addresses",
    METADATA,
    id_column("customer_id", ForeignKey("customers.id"), primary_key=True),
    whole_number("line", 1, MAX_ADDRESSES, primary_key=True, autoincrement=False),
    words("recipient", 100),
    words("phone", 26),
    words("country", 2),
    words("region", 60),
    words("city", 60),
    words("district", 60),
    words("street", 200),
    words("postcode", 16),
)


def _dump(customer: Customer) -> Row:
    return {
        "id": customer.id,
        "name": customer.name,
        "phone": customer.phone,
        "member_level": customer.member_level,
        "state": customer.state.value,
        "version": customer.version,
    }


def _dump_addresses(customer: Customer) -> Sequence[Row]:
    return [
        {"customer_id": customer.id, "line": line, **attrs.asdict(address)}
        for line, address in enumerate(customer.addresses, start=1)
    ]


def _load(row: Row, children: Lookup[str, list[Row]]) -> Customer:
    addresses = tuple(
        Address(**{name: value for name, value in line.items() if name not in {"customer_id", "line"}})
        for line in children["customer_addresses"]
    )
    return Customer(**{**row, "state": CustomerState(row["state"]), "addresses": addresses})


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        ports.CUSTOMERS,
        customers,
        dump=_dump,
        load=_load,
        found_by={ports.BY_PHONE: ("phone",), ports.BY_LEVEL: ("member_level",)},
        children=(Child(customer_addresses, ("customer_id",), _dump_addresses, ("line",)),),
    ),
)
