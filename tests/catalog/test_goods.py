"""Rules of the catalogue that no store can change: barcodes, trees, options, bundles, words."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import assume, given, strategies as st

from houtai.domain.catalog.barcode import Barcode, BarcodeKind, check_digit, is_gtin
from houtai.domain.catalog.category import (
    MAX_DEPTH,
    Attribute,
    AttributeKind,
    Category,
    attributes_of,
    check_values,
    missing,
    path_to,
)
from houtai.domain.catalog.channel import Channel, ChannelRules
from houtai.domain.catalog.product import Option, Product, Source, check_combination, matrix
from houtai.domain.catalog.readiness import findings
from houtai.domain.catalog.refusals import AttributeClash, BadBundle, CategoryCycle, CategoryTooDeep
from houtai.domain.catalog.sku import Component, Sku, check_components
from houtai.domain.catalog.standing import Standing
from houtai.domain.catalog.words import Words, indexed, tokens
from houtai.domain.ids import CategoryId, ChannelId, MerchantId, ProductId, SkuId, new_id
from houtai.domain.refusal import InvalidValue

BODIES = st.sampled_from([7, 11, 12, 13]).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size))


def product(**fields: object) -> Product:
    return Product(**{"id": ProductId(new_id()), "code": "P", "title": "杯", "category_id": CategoryId(new_id()), **fields})  # type: ignore[arg-type]


def sku(**fields: object) -> Sku:
    return Sku(**{"id": SkuId(new_id()), "product_id": ProductId(new_id()), "code": "S", "title": "杯", **fields})  # type: ignore[arg-type]


@given(BODIES)
def test_a_gtin_with_its_check_digit_is_a_barcode(body: str) -> None:
    assert is_gtin(Barcode(body + check_digit(body)).code)


@given(BODIES, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body: str, place: int, shift: int) -> None:
    code = body + check_digit(body)
    place %= len(code)
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    with pytest.raises(InvalidValue, match="check digit"):
        Barcode(wrong)


def test_known_gtins_are_taken() -> None:
    assert [Barcode(code).kind for code in ("4006381333931", "96385074", "036000291452", "10614141543219", "SHELF-7/A")] == [
        BarcodeKind.EAN,
        BarcodeKind.EAN,
        BarcodeKind.UPC,
        BarcodeKind.CASE,
        BarcodeKind.HOUSE,
    ]


def test_a_house_code_may_have_a_gtins_length_if_it_says_so() -> None:
    assert Barcode("1234567890123", kind=BarcodeKind.HOUSE).kind is BarcodeKind.HOUSE
    with pytest.raises(InvalidValue):
        Barcode("1234567890123")


@pytest.mark.parametrize(
    ("code", "kind"), [("", None), ("a b", None), ("条码", None), ("ABC", BarcodeKind.EAN), ("１２３４５６７８", None)]
)
def test_what_no_scanner_reads_is_no_barcode(code: str, kind: BarcodeKind | None) -> None:
    with pytest.raises(InvalidValue):
        Barcode(code) if kind is None else Barcode(code, kind=kind)


@given(st.lists(st.lists(st.text("红蓝绿大小", min_size=1, max_size=3), min_size=1, max_size=4, unique=True), max_size=3))
def test_the_matrix_has_every_combination_once_and_each_is_valid(values: list[list[str]]) -> None:
    options = tuple(Option(f"规格{place}", tuple(found)) for place, found in enumerate(values))
    made = matrix(options)
    assert len(made) == len(set(made)) == len(list(itertools.product(*values)))
    for combination in made:
        check_combination(product(options=options), combination)


@pytest.mark.parametrize("values", [(), ("红", "大"), ("绿",)])
def test_a_combination_outside_the_matrix_is_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValue):
        check_combination(product(options=(Option("颜色", ("红", "蓝")),)), values)


def test_options_are_bounded_named_apart_and_not_empty() -> None:
    illegal: tuple[Callable[[], tuple[Option, ...]], ...] = (
        lambda: (Option("颜色", ("红",)), Option("颜色", ("蓝",))),
        lambda: (Option("颜色", ()),),
        lambda: (Option("颜色", ("红", "红")),),
        lambda: tuple(Option(f"o{n}", tuple(map(str, range(10)))) for n in range(3)),
        lambda: tuple(Option(f"o{n}", ("x",)) for n in range(4)),
    )
    for options in illegal:
        with pytest.raises(InvalidValue):
            product(options=options())


def test_goods_of_a_merchant_name_the_merchant_and_own_goods_none() -> None:
    for fields in ({"source": Source.MERCHANT}, {"merchant_id": MerchantId(new_id())}):
        with pytest.raises(InvalidValue):
            product(**fields)


PARENTS = st.lists(st.integers(-1, 9), min_size=10, max_size=10)


@given(PARENTS)
def test_a_path_ends_at_a_root_or_is_refused(parents: list[int]) -> None:
    ids = [CategoryId(new_id()) for _ in parents]
    tree = {
        ids[place]: Category(ids[place], f"C{place}", "类", None if parent < 0 else ids[parent])
        for place, parent in enumerate(parents)
    }
    for category in tree.values():
        try:
            path = path_to(category, tree)
        except (CategoryCycle, CategoryTooDeep):
            seen = set()
            node: Category | None = category
            while node is not None and node.id not in seen:
                seen.add(node.id)
                node = tree[node.parent_id] if node.parent_id else None
            assert node is not None or len(seen) > MAX_DEPTH
        else:
            assert path[0].parent_id is None
            assert path[-1] == category
            assert all(below.parent_id == above.id for above, below in itertools.pairwise(path))


def test_attributes_are_inherited_and_defined_once_on_a_path() -> None:
    root = Category(CategoryId(new_id()), "ROOT", "根", attributes=(Attribute("brand_line", "系列", required=True),))
    leaf = Category(CategoryId(new_id()), "LEAF", "叶", root.id, (Attribute("size", "尺寸"),))
    assert list(attributes_of((root, leaf))) == ["brand_line", "size"]
    assert missing(attributes_of((root, leaf)), {"size": "1"}, ["colour"]) == ("brand_line", "colour")
    with pytest.raises(AttributeClash):
        attributes_of((root, attrs.evolve(leaf, attributes=root.attributes)))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (AttributeKind.INTEGER, ["0", "-12", "5"], ["", "1.0", "007", "1e3", "-0", "１"]),
        (AttributeKind.DECIMAL, ["0.5", "-12", "12.50"], ["", ".5", "1,5", "NaN", "1e3"]),
        (AttributeKind.YES_NO, ["yes", "no"], ["", "true", "是"]),
        (AttributeKind.DATE, ["2026-11-22"], ["", "2026-02-30", "20261122", "22.11.2026"]),
        (AttributeKind.CHOICE, ["红"], ["", "绿"]),
        (AttributeKind.TEXT, ["304 不锈钢"], ["", " x", "y" * 2001]),
    ],
)
def test_each_kind_of_attribute_takes_its_values_alone(kind: AttributeKind, good: list[str], bad: list[str]) -> None:
    attribute = Attribute("a", "属性", kind, choices=("红", "蓝") if kind is AttributeKind.CHOICE else ())
    for value in good:
        check_values({"a": attribute}, {"a": value})
    for value in bad:
        with pytest.raises(InvalidValue):
            check_values({"a": attribute}, {"a": value})


def test_unknown_attributes_and_ill_made_ones_are_refused() -> None:
    with pytest.raises(InvalidValue):
        check_values({}, {"colour": "红"})
    illegal: tuple[Callable[[], Attribute], ...] = (
        lambda: Attribute("a", "x", AttributeKind.CHOICE),
        lambda: Attribute("a", "x", AttributeKind.TEXT, choices=("x",)),
        lambda: Attribute("a", "x", AttributeKind.CHOICE, choices=("x", "x")),
        lambda: Attribute("a=b", "x"),
    )
    for ill in illegal:
        with pytest.raises(InvalidValue):
            ill()


def test_a_bundle_holds_others_once_each_and_not_itself() -> None:
    own = SkuId(new_id())
    for components in ((Component(own, 1),), (Component(SkuId(UUID_A), 1), Component(SkuId(UUID_A), 2))):
        with pytest.raises(BadBundle):
            sku(id=own, components=components)
    with pytest.raises(InvalidValue):
        Component(own, 0)


UUID_A = new_id()


@pytest.mark.parametrize(
    "wrong",
    [
        {"components": (Component(SkuId(new_id()), 1),)},
        {"state": Standing.RETIRED},
        {"merchant_id": MerchantId(new_id())},
        None,
    ],
)
def test_components_are_known_active_plain_goods_of_the_same_owner(wrong: dict[str, Any] | None) -> None:
    part = sku()
    bundle = sku(components=(Component(part.id, 2),))
    check_components(bundle, {part.id: part})
    with pytest.raises(BadBundle):
        check_components(bundle, {} if wrong is None else {part.id: attrs.evolve(part, **wrong)})


@pytest.mark.parametrize("bad", ["", "a b", "a;b", "a*b", "x" * 65, "a\u200bb", "a\tb"])
def test_a_code_is_visible_and_without_separators(bad: str) -> None:
    with pytest.raises(InvalidValue):
        sku(code=bad)


def test_a_product_is_ready_when_category_and_channel_miss_nothing() -> None:
    made = product(attributes={"material": "304"})
    needed = {"material": Attribute("material", "材质", required=True), "origin": Attribute("origin", "产地")}
    offered = sku(product_id=made.id, weight_g=5, barcodes=(Barcode("X1"),))
    strict = ChannelRules(title_limit=2, needs_barcode=True, needs_weight=True, required_attributes=("origin",))
    channel = Channel(ChannelId(new_id()), "C", "渠道", "CNY")
    assert findings(made, [offered], needed, channel, "保温杯") == ()
    bare = attrs.evolve(offered, weight_g=0, barcodes=(), gift_only=True, state=Standing.RETIRED, product_id=ProductId(new_id()))
    retired = attrs.evolve(channel, rules=strict, state=Standing.RETIRED)
    found = findings(attrs.evolve(made, attributes={}, state=Standing.RETIRED), [bare], needed, retired, "保温杯")
    assert [finding.partition(":")[0] for finding in found] == [
        "attributes.material",
        "attributes.origin",
        "product",
        "channel",
        "title",
        *["skus.S"] * 3,
        "skus.S.barcodes",
        "skus.S.weight_g",
    ]


TEXTS = st.text("保温杯茶abc12 -", max_size=12)


@given(TEXTS, st.text("保温杯茶", min_size=1, max_size=4))
def test_any_piece_of_chinese_finds_the_text_that_holds_it(text: str, piece: str) -> None:
    assert Words.of(piece).match(tokens(text)) == any(piece in run for run in text.split())


@given(TEXTS, TEXTS)
def test_words_are_found_in_any_order_and_all_must_be_there(first: str, second: str) -> None:
    assume(tokens(first) and tokens(second))
    stored = indexed([first, second]).split(" ")
    assert Words.of(f"{second.replace(' ', '')} {first.replace(' ', '')}").match(
        indexed([first.replace(" ", ""), second.replace(" ", "")]).split()
    )
    assert not Words.of(f"{first} 龘").match(stored)


def test_case_width_and_beginnings_do_not_matter() -> None:
    stored = indexed(["SKU-001-A", "ｉＰｈｏｎｅ15 手机壳", "6901234567892"]).split(" ")
    for text in ("iphone", "IPHONE15", "iPhone 15", "机壳", "壳", "手", "sku-001", "001-a", "69012", "ip 手机", "15手"):
        assert Words.of(text).match(stored), text
    for text in ("phone", "手壳", "壳机", "901", "-", "!?", ""):
        assert not Words.of(text).match(stored), text
