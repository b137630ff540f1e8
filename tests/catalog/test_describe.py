"""Describing goods, on every adapter: codes, barcodes, combinations, trees, versions, scopes."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.application.catalog import queries
from houtai.application.catalog.define import (
    DefineBrand,
    DefineCategory,
    DefineChannel,
    EditBrand,
    EditCategory,
    EditChannel,
    define_brand,
    define_category,
    define_channel,
    edit_brand,
    edit_category,
    edit_channel,
)
from houtai.application.catalog.describe import (
    AddSkus,
    EditProduct,
    EditSku,
    MoveProduct,
    MoveSku,
    add_skus,
    edit_product,
    edit_sku,
    move_product,
    move_sku,
)
from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.catalog.barcode import Barcode
from houtai.domain.catalog.category import MAX_DEPTH, Attribute
from houtai.domain.catalog.product import Option, Source
from houtai.domain.catalog.refusals import (
    AttributeClash,
    BadBundle,
    BarcodeTaken,
    CategoryCycle,
    CategoryTooDeep,
    StillInUse,
    VariantTaken,
)
from houtai.domain.catalog.sku import Component
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BrandId, CategoryId, ChannelId, MerchantId, ProductId, new_id
from houtai.domain.refusal import AlreadyExists, InvalidValue, NotFound, VersionConflict
from tests.catalog.arrange import (
    drafted,
    limited,
    live,
    new_sku,
    some_category,
    some_channel,
    some_merchant,
    some_product,
)

COLOURS = (Option("颜色", ("红", "蓝")),)


def edit_of(office: Office, act: Act, product: ProductId, **fields: Any) -> EditProduct:
    held = office.ask(queries.get_product, queries.GetProduct(product), act).product
    same = {"title": held.title, "category": held.category_id, "options": held.options, "attributes": held.attributes}
    return EditProduct(product, held.version, **{**same, **fields})


def test_a_product_is_kept_whole_and_read_back_as_written(office: Office, system: Act) -> None:
    category = some_category(office, system, attributes=(Attribute("material", "材质"),))
    brand = office.perform(define_brand, DefineBrand(BrandId(new_id()), "TIGER", "虎牌"), system).id
    red = new_sku(
        "CUP-RED", option_values=("红",), barcodes=(Barcode("4006381333931"), Barcode("14006381333938", 12)), weight_g=350
    )
    blue = new_sku("CUP-BLUE", option_values=("蓝",), title="特别的蓝杯", length_mm=70, width_mm=71, height_mm=220)
    product = some_product(office, system, category, red, blue, options=COLOURS, brand=brand, attributes={"material": "304"})
    view = office.ask(queries.get_product, queries.GetProduct(product), system)
    assert (view.product.brand_id, view.product.attributes, view.product.options) == (brand, {"material": "304"}, COLOURS)
    assert [(sku.code, sku.title, sku.barcodes) for sku in sorted(view.skus, key=lambda sku: sku.code, reverse=True)] == [
        ("CUP-RED", "保温杯 红", red.barcodes),
        ("CUP-BLUE", "特别的蓝杯", ()),
    ]


@pytest.mark.parametrize(
    ("clash", "refusal"),
    [
        ({"code": "P1"}, AlreadyExists),
        ({"sku": {"code": "P1-1"}}, AlreadyExists),
        ({"sku": {"code": "X", "barcodes": (Barcode("SHELF-1"),)}}, BarcodeTaken),
        ({"attributes": {"colour": "红"}}, InvalidValue),
        ({"brand": BrandId(new_id())}, NotFound),
        ({"category": CategoryId(new_id())}, NotFound),
        ({"source": Source.MERCHANT, "merchant": MerchantId(new_id())}, NotFound),
        ({"sku": {"code": "X", "option_values": ("红",)}}, InvalidValue),
    ],
)
def test_what_clashes_with_the_catalogue_is_refused_and_leaves_no_trace(
    memory_office: Office, system: Act, clash: dict[str, Any], refusal: type[Exception]
) -> None:
    office = memory_office
    category = some_category(office, system)
    some_product(office, system, category, new_sku("P1-1", barcodes=(Barcode("SHELF-1"),)))
    fields = {"code": "NEW", "category": category, "sku": {"code": "NEW-1"}, **clash}
    sku, chosen = new_sku(**fields.pop("sku")), fields.pop("category")
    with pytest.raises(refusal):
        some_product(office, system, chosen, sku, **fields)
    found = office.ask(queries.list_products, queries.ListProducts(), system)
    assert [product.code for product in found.items] == ["P1"]


def test_each_combination_stands_once_among_the_active_skus(office: Office, system: Act) -> None:
    red = new_sku("RED", option_values=("红",))
    product = some_product(office, system, some_category(office, system), red, options=COLOURS)
    twin = new_sku("RED-2", option_values=("红",))
    with pytest.raises(VariantTaken):
        office.perform(add_skus, AddSkus(product, (twin,)), system)
    office.perform(move_sku, MoveSku(red.id, 1, Standing.RETIRED), system)
    office.perform(add_skus, AddSkus(product, (twin,)), system)
    with pytest.raises(VariantTaken):
        office.perform(move_sku, MoveSku(red.id, 2, Standing.ACTIVE), system)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"code": "B", "option_values": ("绿",)}, AlreadyExists),
        ({"code": "C", "option_values": ("绿",), "barcodes": (Barcode("H1"),)}, BarcodeTaken),
        ({"code": "C", "option_values": ("蓝",)}, VariantTaken),
    ],
)
def test_two_skus_of_one_command_cannot_share_code_barcode_or_combination(
    memory_office: Office, system: Act, fields: dict[str, Any], refusal: type[Exception]
) -> None:
    office = memory_office
    options = (Option("颜色", ("红", "蓝", "绿")),)
    product = some_product(office, system, some_category(office, system), new_sku("A", option_values=("红",)), options=options)
    first = new_sku("B", option_values=("蓝",), barcodes=(Barcode("H1"),))
    with pytest.raises(refusal):
        office.perform(add_skus, AddSkus(product, (first, new_sku(**fields))), system)
    assert len(office.ask(queries.get_product, queries.GetProduct(product), system).skus) == 1


def test_a_barcode_given_back_serves_another_sku(office: Office, system: Act) -> None:
    category, first, second = some_category(office, system), new_sku("A", barcodes=(Barcode("H1"),)), new_sku("B")
    some_product(office, system, category, first, code="PA")
    some_product(office, system, category, second, code="PB")
    take = EditSku(second.id, 1, barcodes=(Barcode("H1", 6),))
    with pytest.raises(BarcodeTaken) as refused:
        office.perform(edit_sku, take, system)
    assert refused.value.sku == "A"
    office.perform(edit_sku, EditSku(first.id, 1), system)
    assert office.perform(edit_sku, take, system).barcodes == (Barcode("H1", 6),)
    with pytest.raises(BarcodeTaken):
        office.perform(edit_sku, EditSku(first.id, 2, barcodes=(Barcode("H1"),)), system)


def test_a_bundle_holds_plain_goods_and_a_sku_stays_what_it_is(office: Office, system: Act) -> None:
    category, tea, cup = some_category(office, system), new_sku("TEA"), new_sku("CUP")
    some_product(office, system, category, tea, code="PT")
    some_product(office, system, category, cup, code="PC")
    bundle = new_sku("SET", components=(Component(tea.id, 1), Component(cup.id, 2)))
    some_product(office, system, category, bundle, code="PS")
    assert office.ask(queries.get_sku, queries.GetSku(bundle.id), system).components == bundle.components
    for wrong in (
        lambda: some_product(office, system, category, new_sku("NEST", components=(Component(bundle.id, 1),)), code="PN"),
        lambda: office.perform(edit_sku, EditSku(tea.id, 1, components=(Component(cup.id, 1),)), system),
        lambda: office.perform(edit_sku, EditSku(bundle.id, 1), system),
    ):
        with pytest.raises(BadBundle):
            wrong()
    edited = office.perform(edit_sku, EditSku(bundle.id, 1, components=(Component(cup.id, 3),)), system)
    assert office.ask(queries.get_sku, queries.GetSku(bundle.id), system) == edited


def test_a_renamed_product_renames_the_skus_that_are_called_after_it(office: Office, system: Act) -> None:
    red, blue = new_sku("RED", option_values=("红",)), new_sku("BLUE", option_values=("蓝",), title="自己的名字")
    product = some_product(office, system, some_category(office, system), red, blue, options=COLOURS)
    office.perform(edit_product, edit_of(office, system, product, title="双层杯"), system)
    skus = {sku.code: sku for sku in office.ask(queries.get_product, queries.GetProduct(product), system).skus}
    assert (skus["RED"].title, skus["RED"].version) == ("双层杯 红", 2)
    assert (skus["BLUE"].title, skus["BLUE"].version) == ("自己的名字", 1)


def test_an_option_value_in_use_cannot_go(office: Office, system: Act) -> None:
    red = new_sku("RED", option_values=("红",))
    product = some_product(office, system, some_category(office, system), red, options=COLOURS)
    with pytest.raises(StillInUse):
        office.perform(edit_product, edit_of(office, system, product, options=(Option("颜色", ("蓝",)),)), system)
    wider = (Option("颜色", ("红", "蓝", "绿")),)
    assert office.perform(edit_product, edit_of(office, system, product, options=wider), system).options == wider


def test_an_edit_on_an_old_version_is_a_conflict(office: Office, system: Act) -> None:
    category, sku = some_category(office, system), new_sku("A")
    product = some_product(office, system, category, sku)
    channel = some_channel(office, system)
    brand = office.perform(define_brand, DefineBrand(BrandId(new_id()), "T", "虎"), system).id
    for use_case, cmd in (
        (edit_product, EditProduct(product, 7, "新", category)),
        (move_product, MoveProduct(product, 7, Standing.RETIRED)),
        (edit_sku, EditSku(sku.id, 7)),
        (move_sku, MoveSku(sku.id, 7, Standing.RETIRED)),
        (edit_channel, EditChannel(channel, 7, "新")),
        (edit_brand, EditBrand(brand, 7, "新")),
        (edit_category, EditCategory(category, 7, "新")),
    ):
        with pytest.raises(VersionConflict) as refused:
            office.perform(use_case, cmd, system)  # type: ignore[arg-type]  # each with its own command
        assert (refused.value.expected_version, refused.value.current_version) == (7, 1)


def test_a_listed_product_stays_and_a_retired_one_takes_its_skus_along(office: Office, system: Act, store: Any) -> None:
    sku = new_sku("A", barcodes=(Barcode("H1"),))
    product = some_product(office, system, some_category(office, system), sku)
    listing = live(office, system, product, some_channel(office, system))
    for use_case, cmd in (
        (move_product, MoveProduct(product, 1, Standing.RETIRED)),
        (move_sku, MoveSku(sku.id, 1, Standing.RETIRED)),
    ):
        with pytest.raises(StillInUse):
            office.perform(use_case, cmd, system)  # type: ignore[arg-type]  # each with its own command
    from houtai.application.catalog.publish import ArchiveListing, archive_listing

    office.perform(archive_listing, ArchiveListing(listing.id, listing.version), system)
    office.perform(move_product, MoveProduct(product, 1, Standing.RETIRED), system)
    with store.snapshot() as views:
        assert views.skus.get(sku.id).state is Standing.RETIRED
        assert views.barcodes.get("H1").sku_id is None
    with pytest.raises(StillInUse):
        office.perform(move_sku, MoveSku(sku.id, 2, Standing.ACTIVE), system)
    office.perform(move_product, MoveProduct(product, 2, Standing.ACTIVE), system)
    office.perform(move_sku, MoveSku(sku.id, 2, Standing.ACTIVE), system)


def test_every_version_has_its_line(office: Office, system: Act, store: Any) -> None:
    sku = new_sku("A")
    product = some_product(office, system, some_category(office, system), sku)
    office.perform(edit_product, edit_of(office, system, product, title="新杯"), system)
    office.perform(move_product, MoveProduct(product, 2, Standing.RETIRED), system)
    with store.snapshot() as views:
        lines = [(line.version, line.event, line.before, line.after) for line in views.timeline.by(OF_DOCUMENT, product)]
        own = [(line.version, line.event) for line in views.timeline.by(OF_DOCUMENT, sku.id)]
    assert lines == [(1, "created", "", "active"), (2, "edited", "active", "active"), (3, "retired", "active", "retired")]
    assert own == [(1, "created"), (2, "renamed"), (3, "retired")]


def test_the_category_tree_keeps_its_shape(office: Office, system: Act) -> None:
    top = some_category(office, system, "TOP", attributes=(Attribute("material", "材质"),))
    middle = some_category(office, system, "MIDDLE", parent=top)
    leaf = some_category(office, system, "LEAF", parent=middle, attributes=(Attribute("size", "尺寸"),))
    view = office.ask(queries.get_category, queries.GetCategory(leaf), system)
    assert (view.path, [attribute.code for attribute in view.attributes]) == (("TOP", "MIDDLE", "LEAF"), ["material", "size"])
    with pytest.raises(CategoryCycle):
        office.perform(edit_category, EditCategory(top, 1, "顶", leaf), system)
    with pytest.raises(AttributeClash):
        office.perform(edit_category, EditCategory(top, 1, "顶", attributes=(Attribute("size", "尺寸"),)), system)
    with pytest.raises(AttributeClash):
        some_category(office, system, "OTHER", parent=middle, attributes=(Attribute("material", "材质"),))
    with pytest.raises(StillInUse):
        office.perform(edit_category, EditCategory(middle, 1, "中", top, state=Standing.RETIRED), system)
    with pytest.raises(AlreadyExists):
        some_category(office, system, "LEAF")
    with pytest.raises(NotFound):
        some_category(office, system, "ORPHAN", parent=CategoryId(new_id()))
    assert office.perform(edit_category, EditCategory(middle, 1, "中"), system).parent_id is None


def test_the_tree_has_a_deepest_level(office: Office, system: Act) -> None:
    levels = [some_category(office, system, "L0")]
    for level in range(1, MAX_DEPTH):
        levels.append(some_category(office, system, f"L{level}", parent=levels[-1]))
    with pytest.raises(CategoryTooDeep):
        some_category(office, system, "DEEPER", parent=levels[-1])
    side = some_category(office, system, "SIDE")
    some_category(office, system, "BELOW", parent=side)
    with pytest.raises(CategoryTooDeep):
        office.perform(edit_category, EditCategory(side, 1, "侧", levels[-2]), system)
    assert office.perform(edit_category, EditCategory(side, 1, "侧", levels[-3]), system).parent_id == levels[-3]


def test_a_retired_category_takes_no_products_and_no_children(office: Office, system: Act) -> None:
    category = some_category(office, system)
    office.perform(edit_category, EditCategory(category, 1, "旧", state=Standing.RETIRED), system)
    with pytest.raises(NotFound):
        some_product(office, system, category)
    with pytest.raises(StillInUse):
        some_category(office, system, "CHILD", parent=category)


def test_codes_of_channels_and_brands_are_taken_once(office: Office, system: Act) -> None:
    some_channel(office, system)
    office.perform(define_brand, DefineBrand(BrandId(new_id()), "T", "虎"), system)
    with pytest.raises(AlreadyExists):
        some_channel(office, system)
    with pytest.raises(AlreadyExists):
        office.perform(define_brand, DefineBrand(BrandId(new_id()), "T", "虎"), system)
    with pytest.raises(InvalidValue):
        office.perform(define_channel, DefineChannel(ChannelId(new_id()), "X", "渠道", "yuan"), system)


def test_another_merchants_goods_are_not_there(office: Office, system: Act) -> None:
    mine, other = some_merchant(office, system, "MINE"), some_merchant(office, system, "OTHER")
    category, channel = some_category(office, system), some_channel(office, system)
    sku = new_sku("THEIRS")
    theirs = some_product(office, system, category, sku, code="PT", source=Source.MERCHANT, merchant=other)
    ours = some_product(office, system, category, code="PH")
    listing = drafted(office, system, theirs, channel)
    clerk = limited(system, "catalog.*", merchant=mine)
    for use_case, cmd in (
        (edit_product, EditProduct(theirs, 1, "新", category)),
        (edit_product, EditProduct(ours, 1, "新", category)),
        (edit_sku, EditSku(sku.id, 1)),
        (add_skus, AddSkus(theirs, (new_sku("X"),))),
        (move_product, MoveProduct(theirs, 1, Standing.RETIRED)),
    ):
        with pytest.raises(NotFound) as refused:
            office.perform(use_case, cmd, clerk)  # type: ignore[arg-type]  # each with its own command
        assert refused.value.what in {"product", "sku"}
    for query, request in (
        (queries.get_product, queries.GetProduct(theirs)),
        (queries.get_sku, queries.GetSku(sku.id)),
        (queries.get_listing, queries.GetListing(listing.id)),
    ):
        with pytest.raises(NotFound):
            office.ask(query, request, clerk)  # type: ignore[arg-type]  # each with its own request
    assert office.ask(queries.list_products, queries.ListProducts(), clerk).items == ()
    assert office.ask(queries.list_products, queries.ListProducts(merchant=other), clerk).items == ()
    assert office.ask(queries.list_listings, queries.ListListings(), clerk).items == ()
    assert office.ask(queries.skus_by_code, queries.SkusByCode(("THEIRS",)), clerk) == ()
    with pytest.raises(NotFound):
        some_product(office, clerk, category, code="PX", source=Source.MERCHANT, merchant=other)
    assert some_product(office, clerk, category, code="PX", source=Source.MERCHANT, merchant=mine)


def test_lists_are_narrowed_and_master_data_is_listed(office: Office, system: Act) -> None:
    home, toys = some_category(office, system), some_category(office, system, "TOYS")
    some_product(office, system, home, code="A")
    retired = some_product(office, system, toys, code="B")
    office.perform(move_product, MoveProduct(retired, 1, Standing.RETIRED), system)
    channel = some_channel(office, system)

    def codes(**where: Any) -> list[str]:
        return sorted(product.code for product in office.ask(queries.list_products, queries.ListProducts(**where), system).items)

    assert (codes(category=home), codes(state=Standing.RETIRED), codes()) == (["A"], ["B"], ["A", "B"])
    every = queries.ListMasterData()
    assert {found.code for found in office.ask(queries.list_categories, every, system).items} == {"HOME", "TOYS"}
    assert [found.id for found in office.ask(queries.list_channels, every, system).items] == [channel]
    assert office.ask(queries.list_channels, every, limited(system, "catalog.read", channel=new_id())).items == ()
    assert office.ask(queries.list_brands, every, system).items == ()
    with pytest.raises(AlreadyExists):
        office.perform(define_category, DefineCategory(CategoryId(new_id()), "HOME", "家"), system)


def test_channels_and_brands_are_edited(office: Office, system: Act) -> None:
    channel = some_channel(office, system)
    brand = office.perform(define_brand, DefineBrand(BrandId(new_id()), "T", "虎"), system)
    assert office.perform(edit_channel, EditChannel(channel, 1, "新渠道", state=Standing.RETIRED), system).active is False
    edited = office.perform(edit_brand, EditBrand(brand.id, 1, "狮"), system)
    assert edited == attrs.evolve(brand, name="狮", version=2)
