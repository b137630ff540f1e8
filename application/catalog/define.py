"""Master data: channels, brands and the category tree."""

from __future__ import annotations

from typing import TypeVar

import attrs

from houtai.application.catalog.ports import BRAND_BY_CODE, CATEGORY_BY_CODE, CATEGORY_BY_PARENT, CHANNEL_BY_CODE, CatalogTx
from houtai.application.permission import CHANNEL, needs
from houtai.application.reach import demand_within
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.catalog.brand import Brand
from houtai.domain.catalog.category import MAX_DEPTH, Attribute, Category, attributes_of, path_to
from houtai.domain.catalog.channel import Channel, ChannelKind, ChannelRules
from houtai.domain.catalog.refusals import CategoryCycle, CategoryTooDeep, StillInUse
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BrandId, CategoryId, ChannelId
from houtai.domain.refusal import AlreadyExists, VersionConflict

Master = TypeVar("Master", Channel, Brand, Category)


@attrs.frozen
class DefineChannel:
    """A new sales channel."""

    channel: ChannelId
    code: str
    name: str
    currency: str
    kind: ChannelKind = ChannelKind.OWN_SHOP
    rules: ChannelRules = attrs.field(factory=ChannelRules)


@attrs.frozen
class EditChannel:
    """The channel's new form; its code and currency stay."""

    channel: ChannelId
    expected_version: int
    name: str
    rules: ChannelRules = attrs.field(factory=ChannelRules)
    state: Standing = Standing.ACTIVE


@attrs.frozen
class DefineBrand:
    """A new brand."""

    brand: BrandId
    code: str
    name: str


@attrs.frozen
class EditBrand:
    """The brand's new form."""

    brand: BrandId
    expected_version: int
    name: str
    state: Standing = Standing.ACTIVE


@attrs.frozen
class DefineCategory:
    """A new node of the tree."""

    category: CategoryId
    code: str
    name: str
    parent: CategoryId | None = None
    attributes: tuple[Attribute, ...] = ()


@attrs.frozen
class EditCategory:
    """The category's new form and place in the tree."""

    category: CategoryId
    expected_version: int
    name: str
    parent: CategoryId | None = None
    attributes: tuple[Attribute, ...] = ()
    state: Standing = Standing.ACTIVE


@needs("catalog.settings")
def define_channel(tx: CatalogTx, cmd: DefineChannel, act: Act) -> Channel:
    """A new channel. AlreadyExists for a taken code."""
    if tx.channels.first(CHANNEL_BY_CODE, cmd.code) is not None:
        raise AlreadyExists(what="channel", key=cmd.code)
    channel = Channel(cmd.channel, cmd.code, cmd.name, cmd.currency, cmd.kind, cmd.rules)
    tx.channels.add(channel)
    write_line(tx, act, "channel", channel, "defined", before=None)
    return channel


@needs("catalog.settings", along=(CHANNEL,))
def edit_channel(tx: CatalogTx, cmd: EditChannel, act: Act) -> Channel:
    """The new form. What the channel asks holds for listings submitted from now on."""
    old = tx.channels.lock_one(cmd.channel)
    demand_within(act, "catalog.settings", "channel", cmd.channel, channel=cmd.channel)
    _check_version("channel", old, cmd.expected_version)
    new = attrs.evolve(old, name=cmd.name, rules=cmd.rules, state=cmd.state, version=old.version + 1)
    tx.channels.save(new)
    write_line(tx, act, "channel", new, "edited", before=old.state)
    return new


@needs("catalog.settings")
def define_brand(tx: CatalogTx, cmd: DefineBrand, act: Act) -> Brand:
    """A new brand. AlreadyExists for a taken code."""
    if tx.brands.first(BRAND_BY_CODE, cmd.code) is not None:
        raise AlreadyExists(what="brand", key=cmd.code)
    brand = Brand(cmd.brand, cmd.code, cmd.name)
    tx.brands.add(brand)
    write_line(tx, act, "brand", brand, "defined", before=None)
    return brand


@needs("catalog.settings")
def edit_brand(tx: CatalogTx, cmd: EditBrand, act: Act) -> Brand:
    """The new form."""
    old = tx.brands.lock_one(cmd.brand)
    _check_version("brand", old, cmd.expected_version)
    new = attrs.evolve(old, name=cmd.name, state=cmd.state, version=old.version + 1)
    tx.brands.save(new)
    write_line(tx, act, "brand", new, "edited", before=old.state)
    return new


@needs("catalog.settings")
def define_category(tx: CatalogTx, cmd: DefineCategory, act: Act) -> Category:
    """A new category below its parent. Refuses attributes that it inherits already, and a tree that gets too deep."""
    if tx.categories.first(CATEGORY_BY_CODE, cmd.code) is not None:
        raise AlreadyExists(what="category", key=cmd.code)
    category = Category(cmd.category, cmd.code, cmd.name, cmd.parent, cmd.attributes)
    attributes_of(_locked_path(tx, category))
    tx.categories.add(category)
    write_line(tx, act, "category", category, "defined", before=None)
    return category


@needs("catalog.settings")
def edit_category(tx: CatalogTx, cmd: EditCategory, act: Act) -> Category:
    """The new form and place. Refuses a cycle, attributes that meet above or below, and retiring what has active children.

    Products keep the values they have; the new attribute set holds from their next edit or submission.
    """
    old = tx.categories.lock_one(cmd.category)
    _check_version("category", old, cmd.expected_version)
    new = attrs.evolve(
        old, name=cmd.name, parent_id=cmd.parent, attributes=cmd.attributes, state=cmd.state, version=old.version + 1
    )
    path = _locked_path(tx, new)
    _check_below(tx, path)
    tx.categories.save(new)
    write_line(tx, act, "category", new, "edited", before=old.state)
    return new


def _locked_path(tx: CatalogTx, category: Category) -> tuple[Category, ...]:
    """From the root to the category; every ancestor is locked on the way, so that two moves cannot make a cycle together."""
    tree = {category.id: category}
    parent_id = category.parent_id
    while parent_id is not None and parent_id not in tree and len(tree) <= MAX_DEPTH:
        parent = tx.categories.lock_one(parent_id)
        if parent.state is not Standing.ACTIVE and category.state is Standing.ACTIVE:
            raise StillInUse(what="retired category", key=parent.code, by="nobody: bring it back first")
        tree[parent_id] = parent
        parent_id = parent.parent_id
    if parent_id == category.id:
        raise CategoryCycle(category=category.code)
    return path_to(category, tree)


def _check_below(tx: CatalogTx, path: tuple[Category, ...]) -> None:
    """Walk down level by level: attributes must not meet, the tree must end, a retired node has no active children."""
    level = [path]
    while level:
        by_id = {branch[-1].id: branch for branch in level}
        children = tx.categories.by(CATEGORY_BY_PARENT, *sorted(by_id))
        level = []
        for child in children:
            if child.parent_id is None or child.parent_id not in by_id:
                continue
            branch = (*by_id[child.parent_id], child)
            if path[-1].state is Standing.RETIRED and child.state is Standing.ACTIVE:
                raise StillInUse(what="category", key=path[-1].code, by=f"category {child.code}")
            if len(branch) > MAX_DEPTH:
                raise CategoryTooDeep(limit=MAX_DEPTH)
            attributes_of(branch)
            level.append(branch)


def _check_version(what: str, record: Master, expected: int) -> None:
    if record.version != expected:
        raise VersionConflict(what=what, key=record.code, expected_version=expected, current_version=record.version)
