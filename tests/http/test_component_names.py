"""What the types are called in the API's description: short, one name each, nothing of Python's modules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from houtai.entrypoints.http.app import MODULES
from houtai.entrypoints.http.component_names import REF, renamed, short_names
from houtai.entrypoints.http.openapi import build_document


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from [value] if key == "$ref" else references(value)
    elif isinstance(node, list):
        for member in node:
            yield from references(member)


def test_no_component_shows_a_module_or_an_underscore() -> None:
    names = build_document(MODULES)["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []
    assert {"Product", "ProductBody", "ProductList", "ProductMade", "Order", "PriceQuoteBody"} <= names.keys()


def test_every_reference_leads_to_a_component_and_titles_say_the_name() -> None:
    document = build_document(MODULES)
    schemas = document["components"]["schemas"]
    wanted = {target.removeprefix(REF) for target in references(document) if target.startswith(REF)}
    assert wanted - schemas.keys() == set()
    assert {name: schema["title"] for name, schema in schemas.items() if schema.get("title", name) != name} == {}


def test_each_type_keeps_a_name_of_its_own() -> None:
    names = ["a.sku.Policy", "a.sales.Policy", "Listed_ProductOut_", "ProductOut", "Tender", "TenderOut", "a.holds_wire.HoldIn"]
    assert short_names(names) == {
        "a.sku.Policy": "SkuPolicy",
        "a.sales.Policy": "SalesPolicy",
        "Listed_ProductOut_": "ProductList",
        "ProductOut": "Product",
        "Tender": "Tender",
        "TenderOut": "TenderOut",
        "a.holds_wire.HoldIn": "HoldsHoldBody",
    }


@pytest.mark.parametrize(
    "names", [["a.sku.Policy", "b.sku.Policy"], ["Problem"], ["a.sku.Policy", "SkuPolicy"], ["Listed_SkuOut_", "SkuList"]]
)
def test_two_types_that_would_share_a_name_are_told_when_the_document_is_made(names: list[str]) -> None:
    with pytest.raises(ValueError, match="would be called"):
        short_names(names, taken=("Problem",))


def test_references_follow_at_any_depth() -> None:
    schema = {"anyOf": [{"$ref": f"{REF}SkuOut"}, {"type": "null"}], "items": {"$ref": "#/elsewhere"}}
    assert renamed(schema, {"SkuOut": "Sku"}) == {
        "anyOf": [{"$ref": f"{REF}Sku"}, {"type": "null"}],
        "items": {"$ref": "#/elsewhere"},
    }
