"""The merchants' table."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Table

from houtai.adapters.sql.columns import METADATA, id_column, one_of, version, words
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application.merchants import ports
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
    ),
)
