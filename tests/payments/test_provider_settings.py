"""Payment providers by a file: each account from it, secrets from files or the environment, nothing of them in a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from houtai.adapters.payments.alipay import AlipayGateway
from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.adapters.payments.stripe import StripeGateway
from houtai.adapters.payments.wechat import WechatGateway
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.container import house
from houtai.entrypoints.providers import gateways_of
from houtai.entrypoints.settings import PRODUCTION, Settings
from tests.conftest import StillClock
from tests.payments.fakes import private_pem, public_pem

FILE = """
[stripe]
kind = "stripe"
api_key_env = "TEST_STRIPE_KEY"
webhook_secret = "whsec_12345678"
return_url = "https://shop.example/thanks"

[wechat]
kind = "wechat"
mchid = "1900000001"
appid = "wx1"
serial_no = "51"
private_key_file = "{folder}/ours.pem"
apiv3_key = "0123456789abcdef0123456789ABCDEF"
notify_url = "https://house.example/v1/payment-notices/wechat"
public_key_id = "PUB_KEY_ID_1"
public_key_file = "{folder}/theirs.pem"

[alipay-cn]
kind = "alipay"
app_id = "2026"
seller_id = "2088"
private_key_file = "{folder}/ours.pem"
alipay_public_key_file = "{folder}/theirs.pem"
notify_url = "https://house.example/v1/payment-notices/alipay-cn"
deadline_s = 9
"""
WECHAT = """[x]
kind = "wechat"
mchid = "1"
appid = "wx1"
serial_no = "51"
private_key = "aHVzaA=="
apiv3_key = "{key}"
notify_url = "https://x.example"
"""


def settings(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "payments.toml").write_text(text.replace("{folder}", str(tmp_path)), encoding="utf-8")
    (tmp_path / "ours.pem").write_text(private_pem("merchant"), encoding="utf-8")
    (tmp_path / "theirs.pem").write_text(public_pem("platform"), encoding="utf-8")
    return Settings(env=PRODUCTION, payments=str(tmp_path / "payments.toml"))


def test_each_table_of_the_file_is_a_provider(tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_STRIPE_KEY", "sk_live_from_the_environment")
    found = gateways_of(settings(tmp_path, FILE), clock)
    kinds = {"stripe": StripeGateway, "wechat": WechatGateway, "alipay-cn": AlipayGateway}
    assert {name: type(gateway) for name, gateway in found.items()} == kinds
    assert [gateway.name for gateway in found.values()] == list(kinds)
    assert isinstance(found["stripe"], StripeGateway)
    assert found["stripe"]._account.api_key == "sk_live_from_the_environment"


def test_development_has_the_embedded_provider_and_production_none(tmp_path: Path, clock: StillClock) -> None:
    (gateway,) = gateways_of(Settings(db=f"sqlite:///{tmp_path}/shop.db"), clock).values()
    assert isinstance(gateway, EmbeddedGateway)
    gateway.close()
    assert (tmp_path / "shop.db-gateway").exists()
    assert gateways_of(Settings(env=PRODUCTION), clock) == {}


def test_a_house_is_told_of_its_providers_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_STRIPE_KEY", "sk_live_from_the_environment")
    file = settings(tmp_path, FILE).payments
    told = Settings.from_environment({"HOUTAI_PAYMENTS": f" {file} ", "HOUTAI_ENV": PRODUCTION, "HOUTAI_DB": "memory://"})
    assert sorted(house(told).gateways()) == ["alipay-cn", "stripe", "wechat"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[x]\nkind = 'paypal'", "kind of alipay, stripe, wechat"),
        ("x = 1", "kind"),
        ("[X_Y]\nkind = 'stripe'", "named by small letters"),
        ("[x]\nkind = 'stripe'\napi_key = 'sk_hush_hush'", "lacks return_url, webhook_secret"),
        ("[x]\nkind = 'stripe'\napi_key_env = 'NOT_THERE_AT_ALL'", "variable of the environment"),
        ("[x]\nkind = 'stripe'\napi_key_file = '/nowhere'", "must name a file"),
        ("[x]\nkind = 'stripe'\napi_key = 7\nwebhook_secret = 'hush'\nreturn_url = 'u'", "api_key: must be a text"),
        ("[x]\nkind = 'stripe'\napi_key = 'hush'\nwebhook_secret = 'hush'\nreturn_url = 'u'", "x.api_key"),
        (WECHAT.format(key="hush"), "x.apiv3_key: must have 32 bytes"),
        (WECHAT.format(key="x" * 32), "x.private_key: must be an RSA key"),
        ("[x", "TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name_and_shows_no_secret(
    tmp_path: Path, clock: StillClock, text: str, complaint: str
) -> None:
    with pytest.raises(InvalidValue, match=complaint) as refused:
        gateways_of(settings(tmp_path, text), clock)
    assert "hush" not in str(refused.value)


def test_what_a_field_may_be_is_said_without_what_it_is(tmp_path: Path, clock: StillClock) -> None:
    text = "[x]\nkind = 'stripe'\napi_key = 'sk_live_1'\nwebhook_secret = 'whsec_12'\nreturn_url = 'u'\ncapture = 'hush'"
    with pytest.raises(InvalidValue, match="none of those") as refused:
        gateways_of(settings(tmp_path, text), clock)
    assert refused.value.__cause__ is None
    assert "hush" not in str(refused.value)
