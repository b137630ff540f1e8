"""Every route of the house, found in its own description: made-up requests, strangers, people without rights."""

from __future__ import annotations

from typing import Any

import hypothesis
import schemathesis
from schemathesis.checks import load_all_checks

from houtai.adapters.clock import SystemClock
from houtai.adapters.memory.store import MemoryStore
from houtai.application.office import Office
from houtai.entrypoints.http.app import MODULES, create_app
from tests.http import jars
from tests.http_client import Door

load_all_checks()
ALL = (*MODULES, jars.ROUTES)
EXAMPLES = 4  # made-up requests an operation beyond the systematic ones


OFFICE = Office(MemoryStore(), SystemClock())
CONFIG = schemathesis.Config.from_dict(
    {
        "generation": {"with-security-parameters": False, "deterministic": True, "database": "none"},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", 403, 404, 409, 412, 422, 429]},
            "missing_required_header": {"expected-statuses": [400, 428]},
        },
    }
)
APP = create_app(OFFICE, Door(OFFICE), modules=ALL)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """The house without its start and stop, because every made-up request comes with both."""
    if scope["type"] == "http":
        await APP(scope, receive, send)
        return
    while (message := await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    assert message["type"] == "lifespan.shutdown"
    await send({"type": "lifespan.shutdown.complete"})


schema = schemathesis.openapi.from_asgi("/schema/openapi.json", app, config=CONFIG).exclude(path="/v1/jar-breakdowns")


def whole(value: Any) -> Any:
    """JSON Schema takes 1026.0 for an integer, this API does not: made-up integers are written as such."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: whole(member) for name, member in value.items()}
    return [whole(member) for member in value] if isinstance(value, list) else value


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_made_up_requests_get_documented_answers(case: Any) -> None:
    if case.meta is not None and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE:
        case.body = whole(case.body)
        if case.query and case.query.get("cursor"):
            del case.query["cursor"]  # only an earlier page gives one that is right
    case.call_and_validate(headers={"Authorization": "Bearer owner"})
