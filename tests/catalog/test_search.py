"""Search finds the same on every adapter: two Chinese characters, codes, barcodes, beginnings of words."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from houtai.application.catalog.describe import EditProduct, edit_product
from houtai.application.catalog.ports import searched_sku
from houtai.application.catalog.search import (
    FilterProducts,
    SearchProducts,
    SearchSkus,
    filter_products,
    search_products,
    search_skus,
)
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.domain.act import Act
from houtai.domain.catalog.barcode import Barcode
from houtai.domain.catalog.category import Attribute, AttributeKind
from houtai.domain.catalog.product import Source
from houtai.domain.catalog.words import Words
from houtai.domain.ids import CategoryId, new_id
from houtai.domain.refusal import InvalidValue
from tests.catalog.arrange import limited, new_sku, some_category, some_merchant, some_product

TITLES = ("不锈钢保温杯 500ml", "陶瓷马克杯", "龙井绿茶 2026 新茶", "iPhone15 手机壳", "café 咖啡豆", "温水壶")


@pytest.fixture
def shop(office: Office, system: Act) -> Office:
    category = some_category(office, system)
    for number, title in enumerate(TITLES):
        barcodes = (Barcode("6901234567892"), Barcode("SHELF-7")) if number == 0 else ()
        some_product(office, system, category, new_sku(f"SKU-{number:03d}", barcodes=barcodes), code=f"P{number}", title=title)
    return office


def found(office: Office, act: Act, text: str, **page: Any) -> list[str]:
    return [sku.title for sku in office.ask(search_skus, SearchSkus(text, Page(**{"newest_first": False, **page})), act).items]


FINDS: tuple[tuple[str, list[int]], ...] = (
    ("保温", [0]),
    ("杯", [0, 1]),
    ("绿茶 龙井", [2]),
    ("茶", [2]),
    ("手机壳", [3]),
    ("IPHONE", [3]),
    ("iphone 15", [3]),
    ("caf", [4]),
    ("ＣＡＦÉ", [4]),
    ("500", [0]),
    ("温杯", [0]),
    ("温", [0, 5]),
    ("SKU-003", [3]),
    ("sku-00", [0, 1, 2, 3, 4, 5]),
    ("6901234567892", [0]),
    ("shelf", [0]),
    ("保温壶", []),
    ("没有", []),
    ("!?", []),
    ("' OR 1=1 --", []),
    ('"保温" NOT', []),
    ("保温*", [0]),
)


def test_words_find_their_goods(shop: Office, system: Act) -> None:
    hits = {text: sorted(found(shop, system, text)) for text, _ in FINDS}
    assert hits == {text: sorted(TITLES[place] for place in places) for text, places in FINDS}


def test_an_exact_code_or_barcode_finds_its_sku_alone(shop: Office, system: Act) -> None:
    some_product(shop, system, some_category(shop, system, "X"), new_sku("SKU-0031"), code="P9")
    assert found(shop, system, "SKU-003") == [TITLES[3]]
    assert found(shop, system, " SHELF-7 ") == [TITLES[0]]


def test_products_are_found_by_words_by_code_and_by_their_skus(shop: Office, system: Act) -> None:
    def codes(text: str) -> list[str]:
        return sorted(product.code for product in shop.ask(search_products, SearchProducts(text), system).items)

    assert [codes(text) for text in ("马克", "P2", "SKU-004", "6901234567892", "杯")] == [
        ["P1"],
        ["P2"],
        ["P4"],
        ["P0"],
        ["P0", "P1"],
    ]


def test_a_renamed_product_is_found_under_its_new_name_alone(shop: Office, system: Act, store: Any) -> None:
    product = shop.ask(search_products, SearchProducts("P1"), system).items[0]
    shop.perform(edit_product, EditProduct(product.id, 1, "搪瓷缸", product.category_id), system)
    assert (found(shop, system, "搪瓷"), found(shop, system, "马克")) == (["搪瓷缸"], [])
    assert [item.code for item in shop.ask(search_products, SearchProducts("瓷缸"), system).items] == ["P1"]


def test_what_is_found_comes_in_pages(shop: Office, system: Act) -> None:
    seen = []
    page = Page(limit=2)
    while True:
        part = shop.ask(search_skus, SearchSkus("sku", page), system)
        seen += list(part.items)
        if not part.has_more:
            break
        page = attrs.evolve(page, cursor=part.next_cursor)
    assert [sku.id for sku in seen] == sorted((sku.id for sku in seen), reverse=True)
    assert sorted(sku.code for sku in seen) == [f"SKU-{number:03d}" for number in range(6)]


@pytest.mark.parametrize("stretch", [1, 4, 1_000])
def test_what_many_have_comes_in_the_same_pages_whether_read_along_or_gathered(
    shop: Office, system: Act, monkeypatch: pytest.MonkeyPatch, stretch: int
) -> None:
    asked = [(text, newest) for text in ("sku", "SKU-00", "SKU-003", "保温") for newest in (True, False)]
    before = [_pages(shop, system, text, newest) for text, newest in asked]
    monkeypatch.setattr("houtai.adapters.sql.search_index.COMMON", 0)
    monkeypatch.setattr("houtai.adapters.sql.catalog_search.STRETCH", stretch)
    assert [_pages(shop, system, text, newest) for text, newest in asked] == before


def _pages(shop: Office, system: Act, text: str, newest: bool) -> list[tuple[str, ...]]:
    pages, page = [], Page(limit=2, newest_first=newest)
    while True:
        part = shop.ask(search_skus, SearchSkus(text, page), system)
        pages.append(tuple(sku.code for sku in part.items))
        if not part.has_more:
            return pages
        page = attrs.evolve(page, cursor=part.next_cursor)


def test_another_merchants_goods_are_not_found(shop: Office, system: Act) -> None:
    mine, other = some_merchant(shop, system, "MINE"), some_merchant(shop, system, "OTHER")
    category = some_category(shop, system, "X")
    for merchant, code in ((mine, "MY"), (other, "THEIR")):
        fields = {"source": Source.MERCHANT, "merchant": merchant, "title": "商家保温杯"}
        some_product(shop, system, category, new_sku(f"{code}-1"), code=code, **fields)
    clerk = limited(system, "catalog.read", merchant=mine)
    assert [sku.code for sku in shop.ask(search_skus, SearchSkus("保温"), clerk).items] == ["MY-1"]
    assert [product.code for product in shop.ask(search_products, SearchProducts("保温"), clerk).items] == ["MY"]
    for text in ("THEIR-1", "THEIR", "SKU-003", "6901234567892"):
        assert shop.ask(search_skus, SearchSkus(text), clerk).items == ()
        assert shop.ask(search_products, SearchProducts(text), clerk).items == ()


def test_products_are_filtered_by_the_attributes_of_their_category(office: Office, system: Act) -> None:
    material = Attribute("material", "材质", filterable=True)
    top = some_category(office, system, "TOP", attributes=(material, Attribute("note", "备注")))
    below = some_category(
        office, system, "BELOW", parent=top, attributes=(Attribute("size", "尺寸", AttributeKind.INTEGER, filterable=True),)
    )
    some_product(office, system, top, code="A", attributes={"material": "304", "note": "x"})
    some_product(office, system, below, code="B", attributes={"material": "304", "size": "5"})
    some_product(office, system, below, code="C", attributes={"material": "玻璃'\"; --"})
    some_product(office, system, some_category(office, system, "ELSE"), code="D")

    def codes(category: CategoryId, **attributes: str) -> list[str]:
        found = office.ask(filter_products, FilterProducts(category, attributes), system).items
        return sorted(product.code for product in found)

    assert [
        codes(top),
        codes(top, material="304"),
        codes(below, material="304", size="5"),
        codes(top, material="玻璃'\"; --"),
    ] == [
        ["A", "B", "C"],
        ["A", "B"],
        ["B"],
        ["C"],
    ]
    for category, attributes in ((top, {"note": "x"}), (top, {"size": "5"}), (below, {"size": "five"})):
        with pytest.raises(InvalidValue):
            codes(category, **attributes)
    clerk = limited(system, "catalog.read", merchant=new_id())
    assert office.ask(filter_products, FilterProducts(top), clerk).items == ()
    first = office.ask(filter_products, FilterProducts(top, page=Page(limit=2)), system)
    rest = office.ask(filter_products, FilterProducts(top, page=Page(limit=2, cursor=first.next_cursor)), system)
    assert sorted(product.code for product in (*first.items, *rest.items)) == ["A", "B", "C"]


ALPHABET = "保温杯茶ab1 -é"


@pytest.mark.breaks("A3-versions", "D3-category", "D5-category", "D3-product", "D5-product")
@settings(max_examples=25)
@given(
    titles=st.lists(st.text(ALPHABET, min_size=1, max_size=8).filter(str.strip), min_size=1, max_size=6),
    text=st.text(ALPHABET, min_size=1, max_size=5),
)
def test_every_index_gives_what_the_words_mean(sql_store: Any, titles: list[str], text: str) -> None:
    from sqlalchemy import bindparam, delete, insert, select

    from houtai.adapters.sql.catalog import products
    from houtai.adapters.sql.catalog_settings import categories
    from houtai.adapters.sql.search_index import matches
    from houtai.domain.catalog.words import indexed

    words = Words.of(text)
    if not words.phrases:
        return
    category = new_id()
    rows = [
        {"id": new_id(), "code": f"C{place}", "title": title, "search_text": indexed([title])}
        for place, title in enumerate(titles)
    ]
    plain = {"options": [], "attributes": {}, "state": "active", "version": 1}
    same = {"category_id": category, "source": "own", "merchant_id": None, **plain}
    with sql_store.engine.begin() as connection:
        connection.execute(delete(products))
        connection.execute(
            insert(categories),
            {"id": category, "code": str(category), "name": "类", "attributes": [], "state": "active", "version": 1},
        )
        connection.execute(insert(products), [{**row, **same} for row in rows])
        condition = matches(products, words, connection.dialect.name)
        hits = set(
            connection.execute(
                select(products.c.title).where(condition, products.c.category_id == bindparam("of")), {"of": category}
            ).scalars()
        )
    assert hits == {title for title in titles if words.match(indexed([title]).split(" "))}


def test_the_searched_words_of_a_sku_are_code_title_options_and_barcodes(office: Office, system: Act) -> None:
    sku = new_sku("A-1", barcodes=(Barcode("H9"),), title="茶")
    product = some_product(office, system, some_category(office, system), sku)
    kept = office.ask(search_skus, SearchSkus("A-1"), system).items[0]
    assert (kept.product_id, searched_sku(kept)) == (product, "a 1 茶 h 9")


def test_the_search_goes_through_the_index(sql_store: Any) -> None:
    from sqlalchemy import select, text

    from houtai.adapters.sql.catalog import skus
    from houtai.adapters.sql.search_index import matches

    with sql_store.engine.begin() as connection:
        dialect = connection.dialect.name
        if dialect == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        query = select(skus.c.id).where(matches(skus, Words.of("保温"), dialect))
        compiled = query.compile(connection, compile_kwargs={"literal_binds": True, "render_postcompile": True})
        explain = "EXPLAIN" if dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {compiled}"))
    assert ("ix_skus_search_text" if dialect == "postgresql" else "VIRTUAL TABLE INDEX") in plan
