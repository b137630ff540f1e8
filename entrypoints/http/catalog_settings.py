"""Channels, brands and the category tree over HTTP."""

from __future__ import annotations

from typing import Annotated

import msgspec

from houtai.application.catalog import define, queries
from houtai.application.catalog.queries import CategoryView
from houtai.domain.catalog.brand import Brand
from houtai.domain.catalog.category import MAX_ATTRIBUTES, Attribute, AttributeKind, Category
from houtai.domain.catalog.channel import Channel, ChannelKind, ChannelRules
from houtai.domain.catalog.refusals import AttributeClash, CategoryCycle, CategoryTooDeep, StillInUse
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BrandId, CategoryId, ChannelId
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("catalog settings", "Sales channels, brands, and the category tree with its attributes.")

TitleLimit = Annotated[int, msgspec.Meta(ge=1, le=200)]
TREE = (AttributeClash, CategoryCycle, CategoryTooDeep, StillInUse)


class RulesWire(wire.Wire):
    """What a channel asks of a listing."""

    title_limit: TitleLimit = 120
    needs_barcode: bool = False
    needs_weight: bool = False
    required_attributes: Annotated[tuple[wire.Code, ...], msgspec.Meta(max_length=50)] = ()

    def value(self) -> ChannelRules:
        """As the domain's rules."""
        return ChannelRules(**msgspec.structs.asdict(self))

    @classmethod
    def of(cls, rules: ChannelRules) -> RulesWire:
        """From the domain's rules."""
        return cls(rules.title_limit, rules.needs_barcode, rules.needs_weight, rules.required_attributes)


class NewChannel(wire.Wire):
    """A sales channel."""

    code: wire.Code
    name: wire.Name
    currency: wire.Currency
    kind: ChannelKind = ChannelKind.OWN_SHOP
    rules: RulesWire = RulesWire()
    id: wire.Id | None = None


class ChannelChange(wire.Wire):
    """A channel's new form; code and currency stay."""

    name: wire.Name
    rules: RulesWire = RulesWire()
    state: Standing = Standing.ACTIVE


class ChannelOut(wire.Versioned):
    """A sales channel."""

    id: wire.Id
    code: str
    name: str
    currency: str
    kind: ChannelKind
    rules: RulesWire
    state: Standing


def channel_out(channel: Channel) -> ChannelOut:
    """As it goes out."""
    return ChannelOut(
        id=channel.id,
        code=channel.code,
        name=channel.name,
        currency=channel.currency,
        kind=channel.kind,
        rules=RulesWire.of(channel.rules),
        state=channel.state,
        version=channel.version,
    )


class NewBrand(wire.Wire):
    """A brand."""

    code: wire.Code
    name: wire.Name
    id: wire.Id | None = None


class BrandChange(wire.Wire):
    """A brand's new form."""

    name: wire.Name
    state: Standing = Standing.ACTIVE


class BrandOut(wire.Versioned):
    """A brand."""

    id: wire.Id
    code: str
    name: str
    state: Standing


def brand_out(brand: Brand) -> BrandOut:
    """As it goes out."""
    return BrandOut(id=brand.id, code=brand.code, name=brand.name, state=brand.state, version=brand.version)


class AttributeWire(wire.Wire):
    """A property that products of a category have. `choices` belongs to kind `choice` alone."""

    code: wire.Code
    name: wire.Name
    kind: AttributeKind = AttributeKind.TEXT
    required: bool = False
    filterable: bool = False
    choices: Annotated[tuple[wire.Line, ...], msgspec.Meta(max_length=200)] = ()

    def value(self) -> Attribute:
        """As the domain's attribute."""
        return Attribute(self.code, self.name, self.kind, self.required, self.filterable, self.choices)

    @classmethod
    def of(cls, attribute: Attribute) -> AttributeWire:
        """From the domain's attribute."""
        return cls(attribute.code, attribute.name, attribute.kind, attribute.required, attribute.filterable, attribute.choices)


Attributes = Annotated[tuple[AttributeWire, ...], msgspec.Meta(max_length=MAX_ATTRIBUTES)]


class NewCategory(wire.Wire):
    """A category; without a parent it is a root."""

    code: wire.Code
    name: wire.Name
    parent_id: wire.Id | None = None
    attributes: Attributes = ()
    id: wire.Id | None = None


class CategoryChange(wire.Wire):
    """A category's new form and place."""

    name: wire.Name
    parent_id: wire.Id | None = None
    attributes: Attributes = ()
    state: Standing = Standing.ACTIVE


class CategoryOut(wire.Versioned):
    """A category with its own attributes."""

    id: wire.Id
    code: str
    name: str
    parent_id: wire.Id | None
    attributes: tuple[AttributeWire, ...]
    state: Standing


class CategoryInTree(wire.Versioned):
    """A category with the codes from the root down to it, and every attribute that holds there, inherited ones included."""

    id: wire.Id
    code: str
    name: str
    parent_id: wire.Id | None
    path: tuple[str, ...]
    attributes: tuple[AttributeWire, ...]
    own_attributes: tuple[AttributeWire, ...]
    state: Standing


def category_out(category: Category) -> CategoryOut:
    """As it goes out."""
    return CategoryOut(
        id=category.id,
        code=category.code,
        name=category.name,
        parent_id=category.parent_id,
        attributes=tuple(AttributeWire.of(attribute) for attribute in category.attributes),
        state=category.state,
        version=category.version,
    )


def category_in_tree(view: CategoryView) -> CategoryInTree:
    """As it goes out."""
    category = view.category
    return CategoryInTree(
        id=category.id,
        code=category.code,
        name=category.name,
        parent_id=category.parent_id,
        path=view.path,
        attributes=tuple(AttributeWire.of(attribute) for attribute in view.attributes),
        own_attributes=tuple(AttributeWire.of(attribute) for attribute in category.attributes),
        state=category.state,
        version=category.version,
    )


class MasterQuery(wire.PageQuery):
    """Which page of the list."""


@ROUTES.post("/channels", define.define_channel, status=201, location="/channels/{id}")
def post_channel(desk: Desk, body: NewChannel) -> ChannelOut:
    """Define a sales channel."""
    channel = ChannelId(desk.new_id(body.id))
    cmd = define.DefineChannel(channel, body.code, body.name, body.currency, body.kind, body.rules.value())
    return channel_out(desk.perform(define.define_channel, cmd))


@ROUTES.get("/channels", queries.list_channels)
def get_channels(desk: Desk, query: MasterQuery) -> wire.Listed[ChannelOut]:
    """List sales channels."""
    request = queries.ListMasterData(query.page(newest_first=False))
    return wire.listed(desk.ask(queries.list_channels, request), channel_out)


@ROUTES.get("/channels/{channel_id}", queries.get_channel)
def get_channel(desk: Desk, channel_id: wire.Id) -> ChannelOut:
    """Look at one sales channel."""
    return channel_out(desk.ask(queries.get_channel, queries.GetChannel(ChannelId(channel_id))))


@ROUTES.put("/channels/{channel_id}", define.edit_channel)
def put_channel(desk: Desk, channel_id: wire.Id, body: ChannelChange) -> ChannelOut:
    """Replace a channel's name, rules and standing."""
    cmd = define.EditChannel(ChannelId(channel_id), desk.expected_version, body.name, body.rules.value(), body.state)
    return channel_out(desk.perform(define.edit_channel, cmd))


@ROUTES.post("/brands", define.define_brand, status=201, location="/brands/{id}")
def post_brand(desk: Desk, body: NewBrand) -> BrandOut:
    """Define a brand."""
    return brand_out(desk.perform(define.define_brand, define.DefineBrand(BrandId(desk.new_id(body.id)), body.code, body.name)))


@ROUTES.get("/brands", queries.list_brands)
def get_brands(desk: Desk, query: MasterQuery) -> wire.Listed[BrandOut]:
    """List brands."""
    return wire.listed(desk.ask(queries.list_brands, queries.ListMasterData(query.page(newest_first=False))), brand_out)


@ROUTES.get("/brands/{brand_id}", queries.get_brand)
def get_brand(desk: Desk, brand_id: wire.Id) -> BrandOut:
    """Look at one brand."""
    return brand_out(desk.ask(queries.get_brand, queries.GetBrand(BrandId(brand_id))))


@ROUTES.put("/brands/{brand_id}", define.edit_brand)
def put_brand(desk: Desk, brand_id: wire.Id, body: BrandChange) -> BrandOut:
    """Replace a brand's name and standing."""
    cmd = define.EditBrand(BrandId(brand_id), desk.expected_version, body.name, body.state)
    return brand_out(desk.perform(define.edit_brand, cmd))


@ROUTES.post("/categories", define.define_category, status=201, location="/categories/{id}", refuses=TREE)
def post_category(desk: Desk, body: NewCategory) -> CategoryOut:
    """Define a category."""
    cmd = define.DefineCategory(
        category=CategoryId(desk.new_id(body.id)),
        code=body.code,
        name=body.name,
        parent=None if body.parent_id is None else CategoryId(body.parent_id),
        attributes=tuple(attribute.value() for attribute in body.attributes),
    )
    return category_out(desk.perform(define.define_category, cmd))


@ROUTES.get("/categories", queries.list_categories)
def get_categories(desk: Desk, query: MasterQuery) -> wire.Listed[CategoryOut]:
    """List the category tree, node by node."""
    request = queries.ListMasterData(query.page(newest_first=False))
    return wire.listed(desk.ask(queries.list_categories, request), category_out)


@ROUTES.get("/categories/{category_id}", queries.get_category, refuses=TREE)
def get_category(desk: Desk, category_id: wire.Id) -> CategoryInTree:
    """Look at a category with what it inherits."""
    return category_in_tree(desk.ask(queries.get_category, queries.GetCategory(CategoryId(category_id))))


@ROUTES.put("/categories/{category_id}", define.edit_category, refuses=TREE)
def put_category(desk: Desk, category_id: wire.Id, body: CategoryChange) -> CategoryOut:
    """Replace a category's name, place, attributes and standing.

    Products keep the values they have; the new attributes hold from their next edit or submission.
    """
    cmd = define.EditCategory(
        category=CategoryId(category_id),
        expected_version=desk.expected_version,
        name=body.name,
        parent=None if body.parent_id is None else CategoryId(body.parent_id),
        attributes=tuple(attribute.value() for attribute in body.attributes),
        state=body.state,
    )
    return category_out(desk.perform(define.edit_category, cmd))
