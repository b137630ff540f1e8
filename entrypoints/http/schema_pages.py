"""The API's description at /schema: JSON, YAML and a page to read it, all from files of this package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

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
    """The handlers for one document, rendered once."""
    as_json = msgspec.json.format(msgspec.json.encode(document), indent=2)
    as_yaml = yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode()
    found = {
        "/schema": (PAGE.encode(), "text/html"),
        "/schema/openapi.json": (as_json, "application/vnd.oai.openapi+json"),
        "/schema/openapi.yaml": (as_yaml, "application/vnd.oai.openapi"),
        **{f"/schema/files/{name}": ((FOLDER / name).read_bytes(), media) for name, media in FILES.items()},
    }
    return [_file(path, content, media) for path, (content, media) in found.items()]


def _file(path: str, content: bytes, media: str) -> HTTPRouteHandler:
    async def serve() -> ASGIResponse:
        headers = {"content-security-policy": PAGE_POLICY, "cache-control": "no-cache"}
        return ASGIResponse(body=content, media_type=media, headers=headers)

    return HTTPRouteHandler(path, http_method=["GET"], include_in_schema=False)(serve)
