"""The tables of merchants, and of owners: every merchant and the house itself."""

from __future__ import annotations

from typing import Any, Final

import attrs
from sqlalchemy import CheckConstraint, ForeignKey, Table, event

from houtai.adapters.sql.columns import (
    METADATA,
    append_only,
    ddl,
    id_column,
    moment,
    one_of,
    owner_column,
    version,
    whole_number,
    words,
)
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.merchants import ports
from houtai.domain.authority import HOUSE
from houtai.domain.limits import MAX_QTY
from houtai.domain.merchants.commission import WHOLE, CommissionRate
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
    whole_number("commission_version", 0, MAX_QTY),
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

commission_rates: Final = append_only(
    Table(
        "commission_rates",
        METADATA,
        owner_column("merchant_id", primary_key=True),
        whole_number("version", 1, MAX_QTY, primary_key=True, autoincrement=False),
        whole_number("basis_points", 0, WHOLE),
        moment("valid_from"),
        moment("set_at"),
        id_column("category_id", ForeignKey("categories.id"), nullable=True),
        CheckConstraint("valid_from >= set_at", name="valid_from_later"),
    )
)


def _dump(merchant: Merchant) -> Row:
    return {
        "id": merchant.id,
        "code": merchant.code,
        "name": merchant.name,
        "city": merchant.city,
        "region": merchant.region,
        "state": merchant.state.value,
        "commission_version": merchant.commission_version,
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
    Mapping(
        ports.COMMISSION_RATES,
        commission_rates,
        dump=attrs.asdict,
        load=lambda row, _: CommissionRate(**row),
        found_by={ports.RATES_OF: ("merchant_id",)},
    ),
)
