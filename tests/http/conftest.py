"""An HTTP client over an office in memory, with a door that knows three people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import attrs
import pytest
from litestar.testing import TestClient

from houtai.application.office import Office
from houtai.domain.act import Act, Origin
from houtai.domain.authority import SYSTEM_GRANTS, Authority, Grant
from houtai.domain.refusal import Unauthenticated
from houtai.entrypoints.http.app import create_app
from tests.http import jars

OWNER = {"authorization": "Bearer owner"}
READER = {"authorization": "Bearer reader"}
KEY = "0193c7a0-0000-7000-8000-000000000001"


@attrs.frozen
class Door:
    """An authenticator that knows its people by heart."""

    office: Office

    def act_of_token(self, token: str, origin: Origin) -> Act:
        grants = {"owner": SYSTEM_GRANTS, "other": SYSTEM_GRANTS, "reader": (Grant("jars.read", source="reader"),)}
        if token not in grants:
            raise Unauthenticated
        actor = UUID(int=100 + list(grants).index(token))
        return Act(self.office.clock.now(), actor, Authority(actor, grants[token]), name=token, origin=origin)

    def act_of_api_key(self, secret: str, origin: Origin) -> Act:
        return self.act_of_token(secret.removeprefix("key-"), origin)


@pytest.fixture
def client(memory_office: Office) -> Iterator[TestClient[Any]]:
    """A caller of the jars' routes."""
    app = create_app(memory_office, Door(memory_office), modules=(jars.ROUTES,))
    with TestClient(app) as opened:
        yield opened
