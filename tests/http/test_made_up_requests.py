"""Requests made up by schemathesis from the API's own description get answers that the description knows."""

from __future__ import annotations

import os
import re
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import load_all_checks

from houtai.adapters.clock import SystemClock
from houtai.adapters.memory.store import MemoryStore
from houtai.application.office import Office
from houtai.entrypoints.http.app import MODULES
from houtai.entrypoints.http.headers import IF_MATCH_PATTERN
from tests.http import jars
from tests.http_client import application, with_owner

load_all_checks()

# Sheets cannot be made up from a schema; tests/catalog/test_http.py sends real ones.
pytestmark = pytest.mark.filterwarnings("ignore:Skipped test cases with unsupported payload media types")

# Every limit of every field tried in turn makes some 14,000 requests: minutes, so only where HOUTAI_TEST_THOROUGH is set.
THOROUGH = os.environ.get("HOUTAI_TEST_THOROUGH") == "1"
EXAMPLES = 20 if THOROUGH else 3

OFFICE = Office(MemoryStore(), SystemClock())
CONFIG = schemathesis.Config.from_dict(
    {
        "generation": {"with-security-parameters": False, "allow-x00": False, "deterministic": True, "database": "none"},
        "phases": {"coverage": {"enabled": THOROUGH}},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 412, 422, 429]},
            "missing_required_header": {"expected-statuses": [400, 428]},
        },
    }
)
APP = application(OFFICE, with_owner(OFFICE), (*MODULES, jars.ROUTES), with_schema=True)


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
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_made_up_requests_get_documented_answers(case: Any) -> None:
    if case.meta is not None and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE:
        case.body = whole(case.body)
        if case.query and case.query.get("cursor"):
            del case.query["cursor"]  # only an earlier page gives one that is right
        if not re.match(IF_MATCH_PATTERN, (case.headers or {}).get("If-Match", '"1"')):
            del case.headers["If-Match"]  # an optional header is made up without regard to its pattern
    case.call_and_validate(headers={"Authorization": "Bearer owner"})
