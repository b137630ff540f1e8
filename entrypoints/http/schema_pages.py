"""The API's description at /schema: JSON, YAML and a page to read it, all from files of this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import yaml  # type: ignore[import-untyped]  # its stubs are a package of their own
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from houtai.entrypoints.http.headers import PAGE_POLICY

FOLDER: Final = Path(__file__).parent / "vendored"
FILES: Final[Mapping[str, str]] = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
    "start.js": "text/javascript",
}
DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""Five times as fast where the C library was there when PyYAML was built."""
PAGE: Final = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Houtai API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" type="image/png" href="/schema/files/favicon-32x32.png">
    <link rel="stylesheet" href="/schema/files/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/schema/files/swagger-ui-bundle.js"></script>
    <script src="/schema/files/start.js"></script>
  </body>
</html>
"""


def routes(document: Mapping[str, Any]) -> list[HTTPRouteHandler]:
    """The handlers for one document, each text made when it is first asked for: as YAML it takes a second or two."""

    def as_json() -> bytes:
        return msgspec.json.format(msgspec.json.encode(document), indent=2)

    def as_yaml() -> bytes:
        return cast("bytes", yaml.dump(document, Dumper=DUMPER, sort_keys=False, allow_unicode=True, encoding="utf-8"))

    return [
        _file("/schema", PAGE.encode, "text/html"),
        _file("/schema/openapi.json", as_json, "application/vnd.oai.openapi+json"),
        _file("/schema/openapi.yaml", as_yaml, "application/vnd.oai.openapi"),
        *(_file(f"/schema/files/{name}", (FOLDER / name).read_bytes, media) for name, media in FILES.items()),
    ]


def _file(path: str, content: Callable[[], bytes], media: str) -> HTTPRouteHandler:
    made_once = cache(content)

    def serve() -> ASGIResponse:
        headers = {"content-security-policy": PAGE_POLICY, "cache-control": "no-cache"}
        return ASGIResponse(body=made_once(), media_type=media, headers=headers)

    return HTTPRouteHandler(path, http_method=["GET"], include_in_schema=False, sync_to_thread=True)(serve)
