"""Tables of sales channels, brands and the category tree."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from typing import Any, Final

from sqlalchemy import ForeignKey, Table

from houtai.adapters.sql.columns import METADATA, id_column, one_of, plain, version, words
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application.catalog import ports
from houtai.application.plain import from_plain, to_plain
from houtai.domain.catalog.brand import Brand
from houtai.domain.catalog.category import Attribute, Category
from houtai.domain.catalog.channel import Channel, ChannelKind, ChannelRules
from houtai.domain.catalog.standing import Standing

channels: Final = Table(
    "channels",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    words("name", 100),
    words("currency", 3),
    one_of("kind", ChannelKind),
    plain("rules"),
    one_of("state", Standing),
    version(),
)

categories: Final = Table(
    "categories",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    words("name", 100),
    id_column("parent_id", ForeignKey("categories.id"), nullable=True, index=True),
    plain("attributes"),
    one_of("state", Standing),
    version(),
)

brands: Final = Table(
    "brands",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    words("name", 100),
    one_of("state", Standing),
    version(),
)


def _dump_channel(channel: Channel) -> Row:
    return {
        "id": channel.id,
        "code": channel.code,
        "name": channel.name,
        "currency": channel.currency,
        "kind": channel.kind.value,
        "rules": to_plain(channel.rules),
        "state": channel.state.value,
        "version": channel.version,
    }


def _load_channel(row: Row, _: Lookup[str, list[Row]]) -> Channel:
    rules = from_plain(row["rules"], ChannelRules)
    return Channel(**{**row, "kind": ChannelKind(row["kind"]), "rules": rules, "state": Standing(row["state"])})


def _dump_category(category: Category) -> Row:
    return {
        "id": category.id,
        "code": category.code,
        "name": category.name,
        "parent_id": category.parent_id,
        "attributes": to_plain(category.attributes),
        "state": category.state.value,
        "version": category.version,
    }


def _load_category(row: Row, _: Lookup[str, list[Row]]) -> Category:
    attributes = from_plain(row["attributes"], tuple[Attribute, ...])
    return Category(**{**row, "attributes": attributes, "state": Standing(row["state"])})


def _dump_brand(brand: Brand) -> Row:
    return {
        "id": brand.id,
        "code": brand.code,
        "name": brand.name,
        "state": brand.state.value,
        "version": brand.version,
    }


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        ports.CHANNELS,
        channels,
        dump=_dump_channel,
        load=_load_channel,
        found_by={ports.CHANNEL_BY_CODE: ("code",), ports.CHANNEL_BY_ID: ("id",)},
    ),
    Mapping(
        ports.CATEGORIES,
        categories,
        dump=_dump_category,
        load=_load_category,
        found_by={ports.CATEGORY_BY_CODE: ("code",), ports.CATEGORY_BY_PARENT: ("parent_id",)},
    ),
    Mapping(
        ports.BRANDS,
        brands,
        dump=_dump_brand,
        load=lambda row, _: Brand(**{**row, "state": Standing(row["state"])}),
        found_by={ports.BRAND_BY_CODE: ("code",)},
    ),
)
