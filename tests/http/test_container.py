"""A process is wired from its settings, and a wrong setting is named before anything starts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers
from litestar.testing import TestClient

from houtai.adapters.memory.store import MemoryStore
from houtai.application.ports import Store
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints import container as wiring, watching
from houtai.entrypoints.container import Container, house
from houtai.entrypoints.http.app import app, app_of
from houtai.entrypoints.settings import Settings
from houtai.entrypoints.watching import Nobody, open_watched

ROOMS = Path(wiring.__file__).parent.parent
PROVIDERS = sorted(name for name, found in Container.providers.items() if not isinstance(found, providers.Dependency))


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_builds_what_it_promises_once(name: str) -> None:
    wired = house(Settings(db="memory://"))
    provider = getattr(wired, name)
    assert provider() is provider()


def test_the_whole_house_serves_from_its_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOUTAI_DB", f"sqlite:///{tmp_path}/house.db")
    with TestClient(app()) as client:
        assert client.get("/health/ready").json() == {"status": "ready"}
        assert client.get("/schema").status_code == 200
        assert client.get("/v1/me", headers={"authorization": "Bearer admin"}).status_code in {401, 404}


def test_in_production_nothing_describes_the_house() -> None:
    wired = house(Settings.from_environment({"HOUTAI_DB": "memory://", "HOUTAI_ENV": "production"}))
    with TestClient(app_of(wired)) as client:
        assert client.get("/schema/openapi.json").status_code == 404
        assert client.get("/health/live").status_code == 200


def test_only_the_container_knows_the_injector() -> None:
    rooms = [ROOMS / room for room in ("domain", "application", "adapters", "entrypoints")]
    knowing = {
        path.relative_to(ROOMS).as_posix()
        for room in rooms
        for path in room.rglob("*.py")
        if re.search(r"^\s*(import|from) dependency_injector", path.read_text(), re.MULTILINE)
    }
    assert knowing == {"entrypoints/container.py"}


def test_settings_come_from_the_environment() -> None:
    given = {
        "HOUTAI_DB": "memory://",
        "HOUTAI_ENV": "production",
        "HOUTAI_SCHEMA": "on",
        "HOUTAI_THREADS": "6",
        "HOUTAI_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.7 unix",
    }
    proxies = ("10.0.0.0/8", "192.0.2.7/32", "unix")
    assert Settings.from_environment(given) == Settings("memory://", "production", True, 6, proxies)


def test_the_store_gets_the_deadline_of_the_settings() -> None:
    settings = Settings.from_environment({"HOUTAI_DB": "sqlite:////dev/null/none", "HOUTAI_DEADLINE_S": "7"})
    given: dict[str, Any] = {}

    def opened(url: str, *, deadline_s: float | None = None) -> Store:
        given.update(url=url, deadline_s=deadline_s)
        return MemoryStore()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "open_store", opened)
        open_watched(settings, Nobody())
    assert given == {"url": "sqlite:////dev/null/none", "deadline_s": 7}


@pytest.mark.parametrize(("env", "expected"), [("development", True), ("production", False)])
def test_the_description_is_for_development(env: str, expected: bool) -> None:
    assert Settings.from_environment({"HOUTAI_ENV": env}).schema is expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOUTAI_ENV", "staging"),
        ("HOUTAI_SCHEMA", "maybe"),
        ("HOUTAI_THREADS", "many"),
        ("HOUTAI_THREADS", "0"),
        ("HOUTAI_THREADS", "65"),
        ("HOUTAI_DEADLINE_S", "1"),
        ("HOUTAI_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("HOUTAI_TRUSTED_PROXIES", "proxy.example"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: Any) -> None:
    with pytest.raises(InvalidValue):
        Settings.from_environment({name: value})
