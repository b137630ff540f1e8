"""The web application: one literal list of module routes, put before one office."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from litestar import Litestar, Request
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response
from litestar.response.base import ASGIResponse

from houtai.application.access.credentials import Credentials
from houtai.application.access.reseal import check_secrets
from houtai.application.office import Office
from houtai.application.payments.ports import Gateways
from houtai.application.printing.ports import Press
from houtai.application.shipping.ports import Carriers
from houtai.application.warehouse.badge import BadgeDoor
from houtai.application.webhooks.reseal import check_webhook_secrets
from houtai.application.webhooks.secrets import WebhookSecrets
from houtai.domain.ids import new_id
from houtai.entrypoints.condition import Condition
from houtai.entrypoints.garbage import collect_seldom
from houtai.entrypoints.http import (
    access,
    accounts,
    aftersales_policies,
    catalog,
    catalog_settings,
    claims,
    coupons,
    customers,
    development,
    headers as head,
    health,
    inventory,
    ledger,
    listings,
    merchants,
    operation_log,
    orders,
    outbound,
    outbound_bench,
    outbound_issues,
    outbound_joint,
    outbound_manifests,
    outbound_picks,
    outbound_rates,
    outbound_settings,
    outbound_transfers,
    outbound_walls,
    outbound_waves,
    outbox,
    payments,
    points,
    pricing,
    printing,
    problems,
    product_files,
    published_stock,
    returns,
    rewards,
    schema_pages,
    shipping,
    stations,
    tickets,
    warehouse_floor,
    warehouse_layout,
    warehouse_papers,
    warehouse_stock,
    waybills,
    webhooks,
)
from houtai.entrypoints.http.desk import House
from houtai.entrypoints.http.doorman import Authenticator
from houtai.entrypoints.http.edge import THREADS, Edge
from houtai.entrypoints.http.openapi import build_document
from houtai.entrypoints.http.rates import Gate, Rate, rates_of
from houtai.entrypoints.http.routes import Route, Routes
from houtai.entrypoints.http.traffic import UNWATCHED, Traffic, Visit, tell

if TYPE_CHECKING:
    from houtai.entrypoints.container import Container

_SAFE: Final = tuple((name.encode(), value.encode()) for name, value in head.API_SECURITY.items())
_PART: Final = re.compile(r"{\w+}")

# Every module's routes. A new module is one import above and one line here.
MODULES: Final[tuple[Routes, ...]] = (
    access.ROUTES,
    accounts.ROUTES,
    operation_log.ROUTES,
    ledger.ROUTES,
    catalog_settings.ROUTES,
    catalog.ROUTES,
    product_files.ROUTES,
    listings.ROUTES,
    customers.ROUTES,
    merchants.ROUTES,
    pricing.ROUTES,
    coupons.ROUTES,
    inventory.ROUTES,
    published_stock.ROUTES,
    warehouse_layout.ROUTES,
    warehouse_papers.ROUTES,
    warehouse_floor.ROUTES,
    stations.ROUTES,
    warehouse_stock.ROUTES,
    shipping.ROUTES,
    waybills.ROUTES,
    printing.ROUTES,
    outbound_settings.ROUTES,
    outbound.ROUTES,
    outbound_waves.ROUTES,
    outbound_picks.ROUTES,
    outbound_walls.ROUTES,
    outbound_bench.ROUTES,
    outbound_manifests.ROUTES,
    outbound_transfers.ROUTES,
    outbound_joint.ROUTES,
    outbound_issues.ROUTES,
    outbound_rates.ROUTES,
    payments.ROUTES,
    points.ROUTES,
    orders.ROUTES,
    rewards.ROUTES,
    tickets.ROUTES,
    claims.ROUTES,
    returns.ROUTES,
    aftersales_policies.ROUTES,
    outbox.ROUTES,
    webhooks.ROUTES,
)


class Porch(Litestar):
    """Litestar with what belongs on every answer, errors and unknown addresses included: an id and safe headers."""

    traffic: Traffic = UNWATCHED

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI entry point."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request_id = new_id()
        scope["houtai_request_id"] = request_id
        visit = scope["houtai_visit"] = Visit(request_id)

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                _add_headers(message, request_id, scope["headers"])
                tell(visit, scope, message["status"], self.traffic)
            await send(message)

        self.traffic.entered()
        try:
            await super().__call__(scope, receive, send_with_headers)
        finally:
            self.traffic.left()


def _add_headers(message: Any, request_id: UUID, asked: Sequence[tuple[bytes, bytes]]) -> None:
    present = {name.lower() for name, _ in message["headers"]}
    added = [pair for pair in _SAFE if pair[0] not in present]
    added.append((b"x-request-id", str(request_id).encode()))
    correlation = next((value for name, value in asked if name == b"x-correlation-id"), None)
    if correlation is not None and head.is_uuid(correlation):
        added.append((b"x-correlation-id", correlation))
    message["headers"] = [*message["headers"], *added]


def create_app(
    office: Office,
    authenticator: Authenticator,
    *,
    credentials: Credentials | None = None,
    gateways: Gateways | None = None,
    carriers: Carriers | None = None,
    trusted_proxies: Sequence[str] = (),
    with_schema: bool = True,
    threads: int = THREADS,
    strict: bool = False,
    modules: Sequence[Routes] = MODULES,
    traffic: Traffic = UNWATCHED,
    condition: Condition | None = None,
    rates: Mapping[str, Rate] | None = None,
    press: Press | None = None,
    badge_door: BadgeDoor | None = None,
    webhook_secrets: WebhookSecrets | None = None,
) -> Litestar:
    """The application over an office. `trusted_proxies` are the networks whose X-Forwarded-For is believed.

    Without `rates` nobody is told to ask less often.

    `strict` is for tests: a refusal that its route does not declare becomes an error.
    """
    house = House(office, authenticator, credentials, gateways or {}, press, carriers or {}, badge_door, webhook_secrets)
    edge = Edge(house, trusted_proxies=trusted_proxies, threads=threads, strict=strict, traffic=traffic, gate=Gate(rates or {}))
    probe = health.Probe(office, condition)
    by_path = routes_by_path(modules)
    document = build_document(modules) if with_schema else None
    porch = Porch(
        route_handlers=[
            *(_path_handler(edge, path, by_method) for path, by_method in by_path.items()),
            *health.routes(probe),
            *(schema_pages.routes(document) if document is not None else ()),
        ],
        exception_handlers={Exception: answer_error},
        on_shutdown=[edge.close, probe.close],
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    porch.traffic = traffic
    return porch


def routes_by_path(modules: Sequence[Routes]) -> dict[str, dict[str, Route]]:
    """Every address with its methods. ValueError where two routes claim the same one, or name its parts differently."""
    found: dict[str, dict[str, Route]] = {}
    paths: dict[str, str] = {}
    for route in (route for module in modules for route in module.all):
        path = paths.setdefault(_PART.sub("{}", route.path), route.path)
        if path != route.path or route.method in found.get(path, {}):
            message = f"{route.name}: {route.method} {route.path} meets {path}; same address, same names, one route a method"
            raise ValueError(message)
        found.setdefault(path, {})[route.method] = route
    return found


def _path_handler(edge: Edge, path: str, by_method: Mapping[str, Route]) -> HTTPRouteHandler:
    """One address with all its methods, so that OPTIONS and 405 name all of them; HEAD is GET without the body."""
    methods = {**by_method, **({"HEAD": by_method["GET"]} if "GET" in by_method else {})}

    async def handle(request: Request[Any, Any, Any]) -> ASGIResponse:
        scope: Any = request.scope
        return await edge.serve(methods[scope["method"]], scope, request.receive, scope["houtai_request_id"])

    allowed = [HttpMethod(method) for method in methods]
    return HTTPRouteHandler(path.replace("}", ":str}"), http_method=allowed, status_code=200, include_in_schema=False)(handle)


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The one exception handler: everything raised becomes a problem document."""
    request_id: UUID = request.scope["houtai_request_id"]  # type: ignore[typeddict-item]  # set by Porch
    answer = problems.answer_to(error, request_id)
    content = b"" if request.method == "HEAD" else answer.body
    return Response(content, status_code=answer.status, headers=dict(answer.headers), media_type=problems.MEDIA_TYPE)


def app_of(container: Container) -> Litestar:
    """The application of a process, with everything that its container holds.

    Raises SealBroken where the house keeps a secret whose key this process was not given.
    """
    settings, gateways = container.settings(), container.gateways()
    office = container.office()
    check_secrets(office, container.secret_box(), office.act_of_system("start"))
    check_webhook_secrets(office, container.secret_box(), office.act_of_system("start"))
    return create_app(
        container.office(),
        container.authenticator(),
        credentials=container.credentials(),
        gateways=gateways,
        carriers=container.carriers(),
        trusted_proxies=settings.trusted_proxies,
        with_schema=settings.schema,
        threads=settings.threads,
        traffic=container.watcher(),
        condition=container.condition(),
        rates=rates_of(settings.rates),
        press=container.press(),
        badge_door=container.badge_door(),
        webhook_secrets=container.webhook_secrets(),
        modules=(*MODULES, development.ROUTES) if development.plays(settings, gateways) else MODULES,
    )


def app() -> Litestar:
    """The application of a process that is told by HOUTAI_* variables: ``uvicorn --factory houtai.entrypoints.http.app:app``."""
    from houtai.entrypoints.container import house  # noqa: PLC0415  # only a whole process needs every adapter
    from houtai.entrypoints.settings import Settings  # noqa: PLC0415

    return app_of(house(Settings.from_environment()))


def app_of_a_process() -> Litestar:
    """The same for a process that does nothing else: Python's collector is set for it too."""
    made = app()
    collect_seldom()
    return made
