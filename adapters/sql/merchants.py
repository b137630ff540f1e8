"""The tables of merchants, and of owners: every merchant and the house itself."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Table, event

from houtai.adapters.sql.columns import METADATA, ddl, id_column, one_of, version, words
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.merchants import ports
from houtai.domain.authority import HOUSE
from houtai.domain.merchants.merchant import Merchant, MerchantState

merchants: Final = Table(
    "merchants",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    words("name", 100),
    words("city", 60),
    words("region", 60),
    one_of("state", MerchantState, index=True),
    version(),
)

# What every owner column refers to: the house has no row among the merchants, but one here.
owners: Final = Table(
    "owners",
    METADATA,
    id_column("id", primary_key=True),
    id_column("merchant_id", ForeignKey("merchants.id"), nullable=True, unique=True),
    CheckConstraint(f"(id = '{HOUSE.hex}') = (merchant_id IS NULL)", name="house_is_no_merchant"),
    CheckConstraint("merchant_id IS NULL OR merchant_id = id", name="id_is_the_merchant"),
)
_OF_THE_HOUSE: Final = f"INSERT INTO owners (id) VALUES ('{HOUSE.hex}')"  # noqa: S608  # our own constant
event.listen(owners, "after_create", ddl(_OF_THE_HOUSE))


def _dump(merchant: Merchant) -> Row:
    return {
        "id": merchant.id,
        "code": merchant.code,
        "name": merchant.name,
        "city": merchant.city,
        "region": merchant.region,
        "state": merchant.state.value,
        "version": merchant.version,
    }


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        ports.MERCHANTS,
        merchants,
        dump=_dump,
        load=lambda row, _: Merchant(**{**row, "state": MerchantState(row["state"])}),
        found_by={ports.BY_CODE: ("code",), ports.BY_STATE: ("state",), ports.BY_ID: ("id",)},
        children=(Child(owners, ("merchant_id",), lambda merchant: [{"id": merchant.id, "merchant_id": merchant.id}], ("id",)),),
    ),
)
