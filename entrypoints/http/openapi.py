"""The OpenAPI 3.1 document, made from the declared routes: the types that decode are the types that are described."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from houtai.application.permission import VERBS
from houtai.domain.refusal import Refusal
from houtai.entrypoints.http import problems, wire
from houtai.entrypoints.http.component_names import REF, renamed, short_names
from houtai.entrypoints.http.headers import IDEMPOTENCY_KEY_PATTERN, IF_MATCH_PATTERN
from houtai.entrypoints.http.health import house_version
from houtai.entrypoints.http.routes import Route, Routes, is_file

Json = dict[str, Any]

_INTRODUCTION: Final = """\
The back office over HTTP. All bodies are strict JSON: unknown fields, duplicate keys and converted types are refused.
Amounts are integers of the currency's smallest unit, ids are texts, moments RFC 3339 in UTC. Every POST that does
something carries an `Idempotency-Key`: the same key with the same body gets the first answer, with another body 422.
Edits carry `If-Match` with the record's `ETag` (412 when stale, 428 when missing). Lists come in pages: `limit` 1 to 100,
and `cursor` from the page before. Every error is an `application/problem+json` document with a stable `code`.
"""
_TEXT: Final[Json] = {"type": "string"}


def build_document(modules: Sequence[Routes]) -> Json:
    """The whole document, the same for the same routes."""
    routes = [route for module in modules for route in module.all]
    schemas, components = _schemas(routes)
    shared = _Shared()
    paths: dict[str, Json] = {}
    seen: set[str] = set()
    for route in routes:
        if route.name in seen:
            message = f"two routes are called {route.name}; the name is the operation's id"
            raise ValueError(message)
        seen.add(route.name)
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas, shared)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Houtai",
            "version": house_version(),
            "description": _INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": module.tag, "description": module.description} for module in modules],
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": _PROBLEM},
            "responses": shared.responses,
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "description": "The token that logging in gives."},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            },
        },
        "security": [{"session": []}, {"apiKey": []}],
    }


_PROBLEM: Final[Json] = {
    "type": "object",
    "description": "RFC 9457. Further members hold the refusal's facts.",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:houtai:problem:"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "code": {"type": "string", "description": "Stable; programs decide by it."},
        "instance": {"type": "string", "description": "The request's id, also in the log and in X-Request-Id."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "rule"],
                "properties": {"field": _TEXT, "rule": _TEXT},
            },
        },
    },
}


def _schemas(routes: Iterable[Route]) -> tuple[dict[Any, Json], Json]:
    """The schema of every type that travels, by type, and the named ones among them."""
    kinds: dict[Any, None] = {}
    for route in routes:
        for kind in (route.body, route.query, None if is_file(route.answer) else route.answer, *route.parts.values()):
            if kind is not None:
                kinds[kind] = None
    found, components = msgspec.json.schema_components(list(kinds), ref_template=REF + "{name}")
    names = short_names(components, taken=("Problem",))
    named = {names[name]: renamed(schema, names) for name, schema in components.items()}
    for name, schema in named.items():
        if "title" in schema:
            schema["title"] = name
    return dict(zip(kinds, (renamed(schema, names) for schema in found), strict=True)), dict(sorted(named.items()))


class _Shared:
    """Answers that several routes give, each written down once."""

    def __init__(self) -> None:
        self.responses: dict[str, Json] = {}
        self._names: dict[tuple[int, tuple[str, ...]], str] = {}

    def problem(self, status: int, codes: Mapping[str, str]) -> Json:
        """A reference to the problem answer with these codes."""
        key = (status, tuple(codes))
        if key not in self._names:
            same = sum(1 for known, _ in self._names if known == status)
            self._names[key] = f"Problem{status}" + (f"-{same + 1}" if same else "")
            self.responses[self._names[key]] = _problem(status, codes)
        return {"$ref": f"#/components/responses/{self._names[key]}"}


def _operation(route: Route, schemas: Mapping[Any, Json], shared: _Shared) -> Json:
    summary, rest = route.description
    paragraphs = [rest] if rest else []
    if route.verb is not None:
        paragraphs.append(f"Needs `{route.verb}` ({VERBS[route.verb].rstrip('.')}).")
    operation: Json = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": summary,
        "description": "\n\n".join(paragraphs),
        "parameters": [*_parts(route, schemas), *_query(route), *_headers(route)],
        "responses": {**_successes(route, schemas), **_problems(route, shared)},
    }
    if route.verb is not None:
        operation["x-houtai-verb"] = route.verb
    if route.public:
        operation["security"] = []
    if content := _content(route, schemas):
        operation["requestBody"] = {"required": _needs_body(route), "content": content}
    return operation


def _needs_body(route: Route) -> bool:
    return route.takes != "notice" and not (route.decoder is not None and route.decoder.may_be_absent)


def _parts(route: Route, schemas: Mapping[Any, Json]) -> list[Json]:
    return [{"name": name, "in": "path", "required": True, "schema": schemas[kind]} for name, kind in route.parts.items()]


def _query(route: Route) -> list[Json]:
    parameters = []
    hints = typing.get_type_hints(route.query, include_extras=True)
    for field in msgspec.structs.fields(route.query):
        schema = dict(msgspec.json.schema(hints[field.name]))
        definitions = schema.pop("$defs", {})
        if "$ref" in schema:
            schema = dict(definitions[schema["$ref"].rpartition("/")[2]])
        if not field.required and field.default not in (None, "", msgspec.NODEFAULT):
            schema["default"] = problems.plain(field.default)
        parameter: Json = {"name": field.encode_name, "in": "query", "required": field.required, "schema": schema}
        if description := schema.pop("description", ""):
            parameter["description"] = description
        parameters.append(parameter)
    return parameters


def _headers(route: Route) -> list[Json]:
    found: list[Json] = []
    if route.keyed:
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": IDEMPOTENCY_KEY_PATTERN}
        text = "Names this wish: a repetition with the same body gets the first answer."
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema, "description": text})
    if route.match != "none":
        schema = {"type": "string", "pattern": IF_MATCH_PATTERN}
        text = "The ETag of the version that this rests on."
        required = route.match == "required"
        found.append({"name": "If-Match", "in": "header", "required": required, "schema": schema, "description": text})
    return found


def _content(route: Route, schemas: Mapping[Any, Json]) -> Json:
    if route.body is not None:
        media: Json = {"schema": schemas[route.body]}
        if route.example is not None:
            media["example"] = route.example
        return {"application/json": media}
    if route.takes == "file":
        return {media: {"schema": {"type": "string", "format": "binary"}} for media in route.accepts}
    if route.takes == "notice":
        return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {}


def _successes(route: Route, schemas: Mapping[Any, Json]) -> Json:
    headers: Json = {"X-Request-Id": {"schema": _TEXT}}
    if isinstance(route.answer, type) and issubclass(route.answer, wire.Versioned):
        headers["ETag"] = {"schema": {"type": "string", "pattern": IF_MATCH_PATTERN}}
    if route.location:
        headers["Location"] = {"schema": _TEXT}
    found: Json = {}
    for status in (route.status, *route.statuses):
        answer: Json = {"description": HTTPStatus(status).phrase, "headers": headers}
        if is_file(route.answer):
            answer["content"] = {media: {"schema": {"type": "string", "format": "binary"}} for media in route.produces}
        elif route.answer is not None:
            answer["content"] = {"application/json": {"schema": schemas[route.answer]}}
        found[str(status)] = answer
    return found


def _problems(route: Route, shared: _Shared) -> Json:
    """Every no that the route knows, by status, its codes named."""
    by_status: dict[int, dict[str, str]] = {}
    for code in _edge_codes(route):
        status, sentence = problems.EDGE[code]
        by_status.setdefault(status, {})[code] = sentence
    for refusal in route.may_refuse:
        by_status.setdefault(int(problems.STATUS[refusal.kind]), {})[refusal.code] = _promise(refusal)
    return {str(status): shared.problem(status, by_status[status]) for status in sorted(by_status)}


def _edge_codes(route: Route) -> list[str]:
    codes = ["unknown-parameter", "repeated-parameter", "invalid-parameter", "invalid-header", "invalid-encoding"]
    codes += ["invalid-request", "invalid-body", "method-not-allowed", "too-large", "internal", "unavailable"]
    codes.append("too-many-requests")
    if route.body is not None:
        codes += ["unknown-field", "duplicate-key", "too-deep", "out-of-range"]
    if route.body is not None or route.takes == "file":
        codes.append("unsupported-media-type")
    if route.keyed:
        codes += ["idempotency-key-required", "idempotency-key-invalid"]
    if route.match != "none":
        codes.append("precondition-required")
    return codes


def _promise(refusal: type[Refusal]) -> str:
    return (refusal.__doc__ or "").split("\n", 1)[0].strip()


def _problem(status: int, codes: Mapping[str, str]) -> Json:
    lines = [f"- `{code}`: {sentence}" for code, sentence in codes.items()]
    schema = {
        "allOf": [{"$ref": f"{REF}Problem"}],
        "properties": {"code": {"enum": list(codes)}, "status": {"const": status}},
    }
    answer: Json = {"description": "\n".join(lines), "content": {problems.MEDIA_TYPE: {"schema": schema}}}
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return answer
