"""Carriers by a file: each account from it, secrets from files of their own, nothing of them in a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from houtai.adapters.carriers.easypost import Easypost
from houtai.adapters.carriers.embedded import EmbeddedCarrier
from houtai.adapters.carriers.kuaidi100 import Kuaidi100
from houtai.adapters.carriers.sf_express import SfExpress
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.carriers import carriers_of
from houtai.entrypoints.settings import PRODUCTION, Settings
from tests.conftest import StillClock

FILE = """
[sf]
kind = "sf"
partner_id = "HOUTAI"
checkword_file = "{secret}"

[yto]
kind = "kuaidi100"
key = "k"
secret = "s"
customer = "c"
company = "yuantong"
salt = "salt"
callback_url = "https://shop.example/v1/carrier-pushes/yto"

[abroad]
kind = "easypost"
api_key = "EZTK"
webhook_secret = "w"
"""


def settings(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "carriers.toml").write_text(text, encoding="utf-8")
    (tmp_path / "secret").write_text("the checkword\n", encoding="utf-8")
    return Settings(env=PRODUCTION, carriers=str(tmp_path / "carriers.toml"))


def test_each_table_of_the_file_is_a_carrier(tmp_path: Path, clock: StillClock) -> None:
    found = carriers_of(settings(tmp_path, FILE.format(secret=tmp_path / "secret")), clock)
    assert {name: type(carrier) for name, carrier in found.items()} == {"sf": SfExpress, "yto": Kuaidi100, "abroad": Easypost}
    assert isinstance(found["sf"], SfExpress)
    assert (found["sf"].name, found["sf"]._account.checkword) == ("sf", "the checkword")


def test_development_has_the_embedded_carrier_and_production_none(tmp_path: Path, clock: StillClock) -> None:
    found = carriers_of(Settings(db=f"sqlite:///{tmp_path}/shop.db"), clock)
    (carrier,) = found.values()
    assert isinstance(carrier, EmbeddedCarrier)
    carrier.close()
    assert (tmp_path / "shop.db-carrier").exists()
    assert carriers_of(Settings(env=PRODUCTION), clock) == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[x]\nkind = 'ups'", "kind"),
        ("x = 1", "kind"),
        ("[x]\nkind = 'sf'\npartner_id = 'P'", "lacks checkword"),
        ("[x]\nkind = 'sf'\npartner_id = 'P'\ncheckword = 'hush'\ncolour = 'red'", "does not know colour"),
        ("[x]\nkind = 'sf'\npartner_id = 'P'\ncheckword_file = '/nowhere'", "must name a file"),
        ("[x", "TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name_and_shows_no_secret(
    tmp_path: Path, clock: StillClock, text: str, complaint: str
) -> None:
    with pytest.raises(InvalidValue, match=complaint) as refused:
        carriers_of(settings(tmp_path, text), clock)
    assert "hush" not in str(refused.value)
