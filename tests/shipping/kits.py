"""The four carriers for the contract suite: each with its fake, and how to make it fail, move a parcel and push."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode

import attrs

from houtai.adapters.carriers.easypost import Easypost, EasypostAccount
from houtai.adapters.carriers.embedded import EmbeddedCarrier, Fault
from houtai.adapters.carriers.kuaidi100 import Kuaidi100, Kuaidi100Account
from houtai.adapters.carriers.sf_express import SfAccount, SfExpress
from houtai.application.shipping.ports import Carrier
from houtai.domain.shipping.tracking import TrackState
from tests.shipping import fakes
from tests.shipping.fakes import EasypostFake, Fake, KuaidiFake, Mode, SfFake

BEIJING = dt.timezone(dt.timedelta(hours=8))
EMBEDDED = {
    Mode.REFUSE_CONNECTION: Fault.UNREACHABLE,
    Mode.LOSE_REQUEST: Fault.LOSE_REQUEST,
    Mode.FAIL_BEFORE: Fault.LOSE_REQUEST,
}
Pushed = tuple[Mapping[str, str], bytes]


@attrs.frozen
class Kit:
    """A carrier and its other side. `is_asked` says whether it can be asked by our key, `voids_late` whether a void takes days."""

    carrier: Carrier
    fail: Callable[[str, Mode], None]
    bound: Callable[[], list[str]]
    happened: Callable[[str, dt.datetime], None]
    pushed: Callable[[str, dt.datetime], Pushed]
    leave: Callable[[str], None]
    close: Callable[[], None]
    fake: Fake | None = None
    is_asked: bool = True
    voids_late: bool = False


def embedded(clock: Any) -> Kit:
    carrier = EmbeddedCarrier(clock, secret=b"a secret of the contract suite")

    def pushed(number: str, at: dt.datetime) -> Pushed:
        told = {"number": number, "state": "delivered", "at": at.isoformat(), "text": "已签收", "place": "杭州"}
        push = carrier.signed(json.dumps({"events": [told]}).encode(), clock.now())
        return push.headers, push.raw

    return Kit(
        carrier,
        fail=lambda call, mode: carrier.arrange(call, EMBEDDED.get(mode, Fault.LOSE_ANSWER)),
        bound=carrier.bound,
        happened=lambda number, at: carrier.happen(number, TrackState.PICKED_UP),
        pushed=pushed,
        leave=lambda number: carrier.happen(number, TrackState.PICKED_UP),
        close=carrier.close,
    )


def _leave(fake: Fake) -> Callable[[str], None]:
    def leave(number: str) -> None:
        for order in fake.orders.values():
            if order["number"] == number:
                order["gone"] = True

    return leave


def _failing(fake: Fake) -> Callable[[str, Mode], None]:
    def fail(_call: str, mode: Mode) -> None:
        fake.modes.append(mode)

    return fail


def _beijing(at: dt.datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def kuaidi100(clock: Any) -> Kit:
    fake = KuaidiFake()
    account = Kuaidi100Account(
        fakes.KEY,
        fakes.KEY_SECRET,
        fakes.CUSTOMER,
        "yuantong",
        fakes.SALT,
        "https://houtai.example/v1/carrier-pushes/kuaidi100",
        **{f"{name}_url": f"{fake.url}/{name}" for name in ("label", "cancel", "price", "query", "poll")},
        deadline_s=fake.deadline_s,
    )

    def pushed(number: str, at: dt.datetime) -> Pushed:
        line = {"time": _beijing(at), "context": "已签收", "status": "签收", "statusCode": "3", "areaName": "浙江,杭州市"}
        param = json.dumps({"status": "shutdown", "lastResult": {"nu": number, "state": "3", "data": [line]}}, ensure_ascii=False)
        return {}, urlencode({"sign": fakes.md5_upper(param + fakes.SALT), "param": param}).encode()

    def happened(number: str, at: dt.datetime) -> None:
        fake.track.append({"time": _beijing(at), "context": "已揽收", "status": "揽收"})

    carrier = Kuaidi100(account, clock)
    return Kit(carrier, _failing(fake), fake.bound, happened, pushed, _leave(fake), fake.close, fake, is_asked=False)


def sf(clock: Any) -> Kit:
    fake = SfFake()
    carrier = SfExpress(SfAccount(fakes.PARTNER, fakes.CHECKWORD, "7551234567", url=fake.url, deadline_s=fake.deadline_s), clock)

    def pushed(number: str, at: dt.datetime) -> Pushed:
        route = {
            "mailno": number,
            "opCode": "80",
            "acceptTime": _beijing(at),
            "acceptAddress": "杭州",
            "remark": "已签收",
            "id": "1",
        }
        message = json.dumps({"Body": {"WaybillRoute": [route]}}, ensure_ascii=False)
        stamp = str(int(clock.now().timestamp() * 1000))
        text = quote_plus(message + stamp + fakes.CHECKWORD)
        digest = base64.b64encode(hashlib.md5(text.encode()).digest()).decode()
        return {}, urlencode({"msgData": message, "timestamp": stamp, "msgDigest": digest}).encode()

    def happened(number: str, at: dt.datetime) -> None:
        fake.track.append({"acceptTime": _beijing(at), "acceptAddress": "上海", "remark": "已收取快件", "opCode": "50"})

    return Kit(carrier, _failing(fake), fake.bound, happened, pushed, _leave(fake), fake.close, fake)


def easypost(clock: Any) -> Kit:
    fake = EasypostFake()
    account = EasypostAccount(fakes.API_KEY, fakes.WEBHOOK, f"{fake.url}/v2", fake.deadline_s)

    def pushed(number: str, at: dt.datetime) -> Pushed:
        detail = {
            "datetime": at.isoformat(),
            "status": "delivered",
            "message": "Delivered",
            "tracking_location": {"city": "Reno"},
        }
        body = {"description": "tracker.updated", "result": {"tracking_code": number, "tracking_details": [detail]}}
        raw = json.dumps(body).encode()
        return {"x-hmac-signature": fakes.easypost_signature(raw)}, raw

    def happened(number: str, at: dt.datetime) -> None:
        stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        fake.track.append({"datetime": stamp, "status": "in_transit", "message": "Accepted", "tracking_location": None})

    carrier = Easypost(account)
    return Kit(carrier, _failing(fake), fake.bound, happened, pushed, _leave(fake), fake.close, fake, voids_late=True)


KITS = (embedded, kuaidi100, sf, easypost)
