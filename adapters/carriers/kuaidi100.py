"""Kuaidi100 (快递100): one account reaches YTO, ZTO, STO, Yunda, JD, EMS and SF for labels, cancelling and tracking.

Signed as its public demonstrations do: MD5(param + t + key + secret) in upper case; queries MD5(param + key + customer);
pushes MD5(param + salt).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID

import attrs

from houtai.adapters.carriers.wire import post_form, read_object
from houtai.application.ports import Clock
from houtai.application.shipping.ports import CarrierAway, CarrierSilent
from houtai.domain.money import Money
from houtai.domain.refusal import Refusal
from houtai.domain.shipping.answer import CarrierAnswer, Standing, VoidAnswer
from houtai.domain.shipping.parcel import Contact, Label, LabelFormat, PaidBy, Quote, Shipment
from houtai.domain.shipping.refusals import PushMalformed, PushNotGenuine
from houtai.domain.shipping.tracking import TrackEvent, TrackState

BEIJING: Final = dt.timezone(dt.timedelta(hours=8))
_PAID_BY: Final = {PaidBy.SENDER: "SHIPPER", PaidBy.RECEIVER: "CONSIGNEE", PaidBy.ACCOUNT: "MONTHLY"}
_STATES: Final[Mapping[str, TrackState]] = {
    "0": TrackState.IN_TRANSIT,
    "1": TrackState.PICKED_UP,
    "2": TrackState.EXCEPTION,
    "3": TrackState.DELIVERED,
    "4": TrackState.RETURNED,  # 退签: back with the sender
    "5": TrackState.OUT_FOR_DELIVERY,
    "6": TrackState.RETURNING,
    "14": TrackState.RETURNING,  # 拒签
}
_WORDS: Final[Mapping[str, str]] = {
    "在途": "0", "揽收": "1", "疑难": "2", "签收": "3", "退签": "4", "派件": "5", "退回": "6", "拒签": "14"
}  # fmt: skip
_BUSY: Final = frozenset({"500", "501", "502", "503", "600"})
_NOTHING_FOUND: Final = frozenset({"500", "400"})


@attrs.frozen
class Kuaidi100Account:
    """What kuaidi100 knows us by. `company` is its code of the carrier behind it, such as ``yuantong``."""

    key: str = attrs.field(repr=False)
    secret: str = attrs.field(repr=False)
    customer: str = attrs.field(repr=False)
    company: str
    salt: str = attrs.field(repr=False)
    callback_url: str
    partner_id: str = ""
    partner_key: str = attrs.field(default="", repr=False)
    label_url: str = "https://api.kuaidi100.com/label/order"
    cancel_url: str = "https://poll.kuaidi100.com/eorderapi.do"
    price_url: str = "https://order.kuaidi100.com/order/borderapi.do"
    query_url: str = "https://poll.kuaidi100.com/poll/query.do"
    poll_url: str = "https://poll.kuaidi100.com/poll"
    deadline_s: int = 15


class Kuaidi100:
    """See `Carrier`. It publishes no question by our own reference: what it did not answer a person has to settle."""

    def __init__(self, account: Kuaidi100Account, clock: Clock, *, name: str = "kuaidi100") -> None:
        """`name` is what waybills call it by: one for each company behind it."""
        self.name = name
        self._account = account
        self._clock = clock

    def rates(self, shipment: Shipment) -> tuple[Quote, ...]:
        """See `Carrier.rates`."""
        param = {
            "kuaidiCom": self._account.company,
            "sendManPrintAddr": shipment.sender.whole_address,
            "recManPrintAddr": shipment.receiver.whole_address,
            "weight": _kilograms(shipment.weight_g),
        }
        found = self._signed(self._account.price_url, "price", param)
        data = found.get("data")
        if not _is_well(found) or not isinstance(data, dict):
            return ()
        try:
            price = Money.of(str(data["price"]), "CNY")
        except (KeyError, ValueError, Refusal) as error:
            raise CarrierSilent("the price cannot be read") from error
        return (Quote(self.name, str(data.get("serviceType", "")), price),)

    def buy(self, key: UUID, shipment: Shipment, number: str = "") -> CarrierAnswer:
        """See `Carrier.buy`."""
        account = self._account
        param = {
            "printType": "NON",
            "kuaidicom": account.company,
            "partnerId": account.partner_id,
            "partnerKey": account.partner_key,
            "recMan": _man(shipment.receiver),
            "sendMan": _man(shipment.sender),
            "cargo": "、".join(shipment.goods)[:100],
            "count": str(len(shipment.parcels)),
            "weight": _kilograms(shipment.weight_g),
            "payType": _PAID_BY[shipment.paid_by],
            "expType": shipment.service or "标准快递",
            "remark": shipment.remark,
            "orderId": key.hex,
            "kuaidinum": number,
            "op": "1",
            "pollCallBackUrl": account.callback_url,
            "salt": account.salt,
            "resultv2": "1",
        }
        found = self._signed(account.label_url, "order", param)
        if _code(found) in _BUSY:
            message = f"kuaidi100 says {_code(found)}"
            raise CarrierSilent(message)
        if not _is_well(found):
            return CarrierAnswer(Standing.REFUSED, error=_why(found))
        data = found.get("data")
        if not isinstance(data, dict) or not isinstance(data.get("kuaidinum"), str) or not data["kuaidinum"]:
            raise CarrierSilent("the answer names no number")
        children = tuple(part for part in str(data.get("childNum") or "").split(",") if part)
        content = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
        return CarrierAnswer(Standing.DONE, Label(data["kuaidinum"], LabelFormat.OPAQUE, content, None, children))

    def ask(self, key: UUID) -> CarrierAnswer:
        """See `Carrier.ask`."""
        return CarrierAnswer(Standing.NO_ANSWER, error="kuaidi100 cannot be asked by our reference; look it up and settle it")

    def void(self, key: UUID, number: str) -> VoidAnswer:
        """See `Carrier.void`."""
        account = self._account
        param = {
            "partnerId": account.partner_id,
            "partnerKey": account.partner_key,
            "kuaidicom": account.company,
            "kuaidinum": number,
            "orderId": key.hex,
            "reason": "not sent",
        }
        found = self._signed(account.cancel_url, "cancel", param)
        if _code(found) in _BUSY:
            message = f"kuaidi100 says {_code(found)}"
            raise CarrierSilent(message)
        return VoidAnswer(Standing.DONE) if _is_well(found) else VoidAnswer(Standing.REFUSED, _why(found))

    def ask_void(self, key: UUID, number: str) -> VoidAnswer:
        """See `Carrier.ask_void`. Cancelling a number twice does no more than once: it is told again."""
        return VoidAnswer(Standing.NOT_KNOWN)

    def track(self, shipment: Shipment, number: str) -> tuple[TrackEvent, ...]:
        """See `Carrier.track`."""
        account = self._account
        asked = {"com": account.company, "num": number, "phone": shipment.receiver.phone[-4:], "resultv2": "4", "order": "asc"}
        param = json.dumps(asked, ensure_ascii=False)
        fields = {"customer": account.customer, "param": param, "sign": _md5(param + account.key + account.customer)}
        found = read_object(post_form(account.query_url, fields, account.deadline_s))
        if str(found.get("status")) == "200":
            try:
                return _events(found, number)
            except (KeyError, ValueError, TypeError, Refusal) as error:
                raise CarrierSilent("the track cannot be read") from error
        if _code(found) in _NOTHING_FOUND:
            return ()
        raise CarrierAway(_why(found))

    def subscribe(self, shipment: Shipment, number: str) -> None:
        """Have a number pushed that was not bought here; once more is fine. Raises CarrierAway and CarrierSilent."""
        account = self._account
        wishes = {"callbackurl": account.callback_url, "salt": account.salt, "resultv2": "4", "phone": shipment.receiver.phone}
        param = {"company": account.company, "number": number, "key": account.key, "parameters": wishes}
        fields = {"schema": "json", "param": json.dumps(param, ensure_ascii=False)}
        found = read_object(post_form(account.poll_url, fields, account.deadline_s))
        if not _is_well(found) and _code(found) != "501":  # 501: subscribed already
            raise CarrierAway(_why(found))

    def parse_push(self, headers: Mapping[str, str], raw: bytes, now: dt.datetime) -> tuple[TrackEvent, ...]:
        """See `Carrier.parse_push`. Its pushes bear no time: a replay is news that we have."""
        try:
            fields = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=20)
        except ValueError as error:
            raise PushNotGenuine from error
        param, sign = (fields.get(name, [""])[0] for name in ("param", "sign"))
        if not param or not hmac.compare_digest(_md5(param + self._account.salt).encode(), sign.encode()):
            raise PushNotGenuine
        try:
            result = json.loads(param)["lastResult"]
            return _events(result, str(result["nu"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, Refusal) as error:
            raise PushMalformed(what=type(error).__name__) from error

    def numbers(self, key: UUID, qty: int) -> tuple[str, ...]:
        """See `Carrier.numbers`."""
        raise CarrierAway("kuaidi100 gives each number when it is bound")

    def _signed(self, url: str, method: str, param: Mapping[str, Any]) -> dict[str, Any]:
        account = self._account
        text = json.dumps(param, ensure_ascii=False)
        moment = str(int(self._clock.now().timestamp() * 1000))
        sign = _md5(text + moment + account.key + account.secret)
        fields = {"key": account.key, "method": method, "t": moment, "param": text, "sign": sign}
        return read_object(post_form(url, fields, account.deadline_s))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def _man(contact: Contact) -> dict[str, str]:
    return {
        "name": contact.name,
        "mobile": contact.phone,
        "printAddr": contact.whole_address,
        "company": contact.company,
    }


def _kilograms(weight_g: int) -> str:
    return f"{weight_g // 1_000}.{weight_g % 1_000:03d}"


def _code(found: Mapping[str, Any]) -> str:
    return str(found.get("returnCode", found.get("code", "")))


def _is_well(found: Mapping[str, Any]) -> bool:
    return _code(found) == "200" and (found.get("result") is True or found.get("success") is True)


def _why(found: Mapping[str, Any]) -> str:
    return f"{_code(found)} {found.get('message', '')}"[:500]


def _events(result: Mapping[str, Any], number: str) -> tuple[TrackEvent, ...]:
    return tuple(sorted((_event(told, number) for told in result["data"]), key=lambda event: event.at))


def _event(told: Mapping[str, Any], number: str) -> TrackEvent:
    """One line of a track, at the time of Beijing."""
    code = str(told.get("statusCode") or _WORDS.get(str(told.get("status", "")), ""))
    at = dt.datetime.strptime(told["time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).astimezone(dt.UTC)
    return TrackEvent(number, _state(code), at, str(told["context"]), str(told.get("areaName") or ""), code)


def _state(code: str) -> TrackState:
    """By the code, or by the head of a longer one: 301 is a kind of 3, 1002 of being under way."""
    head = code[:1] if len(code) == 3 else code
    return _STATES.get(head, TrackState.IN_TRANSIT)
