"""The API describes itself, from files of this package alone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are a package of their own

from houtai.application.office import Office
from houtai.entrypoints.http.openapi import build_document
from houtai.entrypoints.http.schema_pages import FILES, FOLDER, PAGE
from tests.http import jars
from tests.http_client import Caller, calling


def document() -> Any:
    return build_document((jars.ROUTES,))


def test_json_and_yaml_say_the_same(jar_client: Caller) -> None:
    as_json = jar_client.client.get("/schema/openapi.json").json()
    assert as_json == yaml.safe_load(jar_client.client.get("/schema/openapi.yaml").content)
    assert as_json["openapi"] == "3.1.0"


def test_the_same_routes_give_the_same_document() -> None:
    assert json.dumps(document()) == json.dumps(document())


def test_the_page_asks_no_other_machine(jar_client: Caller) -> None:
    page = jar_client.client.get("/schema").text
    assert page == PAGE
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == [
        "/schema/files/favicon-32x32.png",
        "/schema/files/swagger-ui.css",
        "/schema/files/swagger-ui-bundle.js",
        "/schema/files/start.js",
    ]
    assert "//" not in page.replace("<!DOCTYPE html>", "")
    assert re.findall(r"https?://", (FOLDER / "start.js").read_text()) == []


def test_the_style_loads_nothing() -> None:
    style = (FOLDER / "swagger-ui.css").read_text()
    assert "@import" not in style
    assert {found.split(":", 1)[0] for found in re.findall(r"url\(['\"]?([^)'\"]+)", style)} <= {"data"}


def test_the_browser_is_told_to_load_nothing_else(jar_client: Caller) -> None:
    policy = jar_client.client.get("/schema").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "http" not in policy


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_page_is_there(jar_client: Caller, name: str) -> None:
    response = jar_client.client.get(f"/schema/files/{name}")
    assert (response.status_code, response.content) == (200, (FOLDER / name).read_bytes())


@pytest.mark.parametrize("path", ["/schema/files/../app.py", "/schema/files/README.md", "/schema/files/%2e%2e%2fapp.py"])
def test_no_other_file_is(jar_client: Caller, path: str) -> None:
    assert jar_client.client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/schema", "/schema/openapi.json", "/schema/openapi.yaml", "/schema/files/start.js", "/docs"])
def test_production_does_not_describe_itself(memory_office: Office, path: str) -> None:
    with calling(memory_office, (jars.ROUTES,), with_schema=False) as caller:
        assert caller.client.get(path).status_code == 404


def test_a_route_names_its_verb_its_headers_and_its_refusals() -> None:
    operation = document()["paths"]["/v1/jars/{jar_id}"]["patch"]
    assert operation["x-houtai-verb"] == "jars.fill"
    assert [(part["name"], part["in"], part["required"]) for part in operation["parameters"]] == [
        ("jar_id", "path", True),
        ("If-Match", "header", True),
    ]
    reference = operation["responses"]["409"]["$ref"].rpartition("/")[2]
    problem = document()["components"]["responses"][reference]
    assert problem["content"]["application/problem+json"]["schema"]["properties"]["code"]["enum"] == [
        "already-exists",
        "jars.full",
    ]


def test_a_body_documents_the_limits_that_it_enforces() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["Filling"] == {
        "title": "Filling",
        "description": "Beans to add.",
        "type": "object",
        "properties": {
            "beans_qty": {
                "type": "integer",
                "minimum": 1,
                "maximum": 2**31 - 1,
                "description": "A count of pieces, at least one.",
            }
        },
        "required": ["beans_qty"],
        "additionalProperties": False,
    }


def test_a_public_route_asks_for_no_login() -> None:
    operation = document()["paths"]["/v1/jar-sums"]["post"]
    assert operation["security"] == []
    assert not {"401", "403"} & operation["responses"].keys()


def test_two_routes_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two routes are called post_jar"):
        build_document((jars.ROUTES, jars.ROUTES))
