"""SF Express (顺丰丰桥): orders, voids and routes over its standard service, each request signed with the checkword.

`standard_md5` is base64(MD5(URLEncoder.encode(msgData + timestamp + checkword))), with the rule of Java's URLEncoder, which
leaves ``*`` and encodes ``~``; `simple_md5` leaves the encoding out.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, quote_plus
from uuid import UUID

import attrs

from houtai.adapters.carriers.wire import post_form, read_object
from houtai.application.ports import Clock
from houtai.application.shipping.ports import CarrierAway, CarrierSilent
from houtai.domain.ids import derive
from houtai.domain.refusal import Refusal
from houtai.domain.shipping.answer import CarrierAnswer, Standing, VoidAnswer
from houtai.domain.shipping.parcel import Contact, Label, LabelFormat, PaidBy, Quote, Shipment
from houtai.domain.shipping.refusals import PushMalformed, PushNotGenuine
from houtai.domain.shipping.tracking import TrackEvent, TrackState

BEIJING: Final = dt.timezone(dt.timedelta(hours=8))
WINDOW: Final = dt.timedelta(minutes=5)
_PAID_BY: Final = {PaidBy.SENDER: 1, PaidBy.RECEIVER: 2, PaidBy.ACCOUNT: 1}  # with a monthly card the sender's is the account's
_ORDERED_ALREADY: Final = frozenset({"8016"})
_NEVER_ORDERED: Final = frozenset({"8018", "8024"})
_VOIDED_ALREADY: Final = frozenset({"8037"})
_GATEWAY_FAILED: Final = frozenset({"A1002", "A1009", "A1099"})  # the rest of the gateway's words refuse before anything is done
_STATES: Final[Mapping[str, TrackState]] = {
    "50": TrackState.PICKED_UP,
    "54": TrackState.PICKED_UP,
    "44": TrackState.OUT_FOR_DELIVERY,
    "204": TrackState.OUT_FOR_DELIVERY,
    "80": TrackState.DELIVERED,
    "8000": TrackState.DELIVERED,
    "33": TrackState.EXCEPTION,
    "70": TrackState.EXCEPTION,
    "99": TrackState.RETURNING,
    "648": TrackState.RETURNING,
}


def java_encoded(text: str) -> str:
    """As java.net.URLEncoder does it in UTF-8: ``*`` stays, ``~`` becomes %7E, a space ``+``."""
    return quote_plus(text, safe="*").replace("~", "%7E")


def standard_md5(message: str, timestamp: str, checkword: str) -> str:
    """The digest of the standard signature."""
    return simple_md5(java_encoded(message + timestamp + checkword), "", "")


def simple_md5(message: str, timestamp: str, checkword: str) -> str:
    """The digest of the simple signature: nothing is encoded."""
    signed = (message + timestamp + checkword).encode()
    return base64.b64encode(hashlib.md5(signed, usedforsecurity=False).digest()).decode()


Digest = Callable[[str, str, str], str]
DIGESTS: Final[Mapping[str, Digest]] = {"standard_md5": standard_md5, "simple_md5": simple_md5}


@attrs.frozen
class SfAccount:
    """What SF knows us by. `digest` is standard_md5 or simple_md5, as was agreed on its platform."""

    partner_id: str
    checkword: str = attrs.field(repr=False)
    monthly_card: str = attrs.field(default="", repr=False)
    digest: str = attrs.field(default="standard_md5", validator=attrs.validators.in_(DIGESTS))
    url: str = "https://bspgw.sf-express.com/std/service"
    deadline_s: int = 15


class SfExpress:
    """See `Carrier`. Our key is its orderId: the same one again gives the waybill of the first order."""

    def __init__(self, account: SfAccount, clock: Clock, *, name: str = "sf") -> None:
        """`name` is what waybills call it by."""
        self.name = name
        self._account = account
        self._clock = clock
        self._digest = DIGESTS[account.digest]

    def rates(self, shipment: Shipment) -> tuple[Quote, ...]:
        """See `Carrier.rates`. By contract: what it charges stands on the monthly bill."""
        return ()

    def buy(self, key: UUID, shipment: Shipment, number: str = "") -> CarrierAnswer:
        """See `Carrier.buy`."""
        message = {
            "language": "zh-CN",
            "orderId": key.hex,
            "contactInfoList": [_contact(shipment.sender, 1), _contact(shipment.receiver, 2)],
            "cargoDetails": [{"name": name, "count": 1} for name in shipment.goods],
            "expressTypeId": int(shipment.service) if shipment.service.isdecimal() else 1,
            "parcelQty": len(shipment.parcels),
            "totalWeight": f"{shipment.weight_g // 1_000}.{shipment.weight_g % 1_000:03d}",
            "payMethod": _PAID_BY[shipment.paid_by],
            "remark": shipment.remark,
            "isGenWaybillNo": 1,
            "isReturnRoutelabel": 1,
        }
        if shipment.paid_by is PaidBy.ACCOUNT:
            message["monthlyCard"] = self._account.monthly_card
        inner = self._call("EXP_RECE_CREATE_ORDER", message, key)
        if _code(inner) in _ORDERED_ALREADY:
            return self.ask(key)
        return _label(inner) if inner.get("success") is True else CarrierAnswer(Standing.REFUSED, error=_why(inner))

    def ask(self, key: UUID) -> CarrierAnswer:
        """See `Carrier.ask`."""
        inner = self._call("EXP_RECE_SEARCH_ORDER_RESP", {"searchType": "1", "orderId": key.hex, "language": "zh-cn"}, key)
        if inner.get("success") is True:
            return _label(inner)
        if _code(inner) in _NEVER_ORDERED:
            return CarrierAnswer(Standing.NOT_KNOWN)
        return CarrierAnswer(Standing.NO_ANSWER, error=_why(inner))

    def void(self, key: UUID, number: str) -> VoidAnswer:
        """See `Carrier.void`."""
        inner = self._call("EXP_RECE_UPDATE_ORDER", {"dealType": 2, "orderId": key.hex}, key)
        told = inner.get("msgData")
        if inner.get("success") is True and isinstance(told, dict) and str(told.get("resStatus")) == "2":
            return VoidAnswer(Standing.DONE)
        return VoidAnswer(Standing.DONE) if _code(inner) in _VOIDED_ALREADY else VoidAnswer(Standing.REFUSED, _why(inner))

    def ask_void(self, key: UUID, number: str) -> VoidAnswer:
        """See `Carrier.ask_void`. Cancelling an order twice does no more than once: it is told again."""
        return VoidAnswer(Standing.NOT_KNOWN)

    def track(self, shipment: Shipment, number: str) -> tuple[TrackEvent, ...]:
        """See `Carrier.track`."""
        asked = {"language": "0", "trackingType": "1", "trackingNumber": [number], "methodType": "1"}
        digits = "".join(sign for sign in shipment.receiver.phone if sign.isdecimal())
        inner = self._call("EXP_RECE_SEARCH_ROUTES", {**asked, "checkPhoneNo": digits[-4:]}, derive(UUID(int=0), number))
        if inner.get("success") is not True:
            raise CarrierAway(_why(inner))
        try:
            routes = [route for found in inner["msgData"]["routeResps"] for route in found["routes"]]
            return tuple(sorted((_event(route, number) for route in routes), key=lambda event: event.at))
        except (KeyError, ValueError, TypeError, Refusal) as error:
            raise CarrierSilent("the track cannot be read") from error

    def parse_push(self, headers: Mapping[str, str], raw: bytes, now: dt.datetime) -> tuple[TrackEvent, ...]:
        """See `Carrier.parse_push`: a signed form that holds the routes; an unsigned push is not believed."""
        try:
            fields = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=20)
        except ValueError as error:
            raise PushNotGenuine from error
        message, stamp, given = (fields.get(name, [""])[0] for name in ("msgData", "timestamp", "msgDigest"))
        right = self._digest(message, stamp, self._account.checkword)
        if not message or not hmac.compare_digest(right.encode(), given.encode()) or not _is_of_this_moment(stamp, now):
            raise PushNotGenuine
        try:
            routes = json.loads(message)["Body"]["WaybillRoute"]
            return tuple(_event(route, str(route["mailno"])) for route in routes)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, Refusal) as error:
            raise PushMalformed(what=type(error).__name__) from error

    def numbers(self, key: UUID, qty: int) -> tuple[str, ...]:
        """See `Carrier.numbers`."""
        raise CarrierAway("SF gives each number when it is bound")

    def _call(self, service: str, message: Mapping[str, Any], key: UUID) -> dict[str, Any]:
        """The inner answer, once the gateway let the request through. Raises CarrierAway and CarrierSilent."""
        account = self._account
        text = json.dumps(message, ensure_ascii=False)
        stamp = str(int(self._clock.now().timestamp() * 1000))
        fields = {
            "partnerID": account.partner_id,
            "requestID": str(derive(key, service, stamp)),
            "serviceCode": service,
            "timestamp": stamp,
            "msgDigest": self._digest(text, stamp, account.checkword),
            "msgData": text,
        }
        outer = read_object(post_form(account.url, fields, account.deadline_s))
        code = str(outer.get("apiResultCode", ""))
        if code == "A1000":
            inner = outer.get("apiResultData")
            return inner if isinstance(inner, dict) else read_object(str(inner))
        if not code or code in _GATEWAY_FAILED:
            complaint = f"SF's gateway says {code or 'nothing'}"
            raise CarrierSilent(complaint)
        raise CarrierAway(f"SF's gateway says {code} {outer.get('apiErrorMsg', '')}"[:300])


def _contact(contact: Contact, kind: int) -> dict[str, Any]:
    return {
        "contactType": kind,
        "contact": contact.name,
        "mobile": contact.phone,
        "country": contact.country,
        "province": contact.region,
        "city": contact.city,
        "county": contact.district,
        "address": contact.address,
        "postCode": contact.postcode,
        "company": contact.company,
    }


def _code(inner: Mapping[str, Any]) -> str:
    return str(inner.get("errorCode", ""))


def _why(inner: Mapping[str, Any]) -> str:
    return f"{_code(inner)} {inner.get('errorMsg', '')}"[:500]


def _label(inner: Mapping[str, Any]) -> CarrierAnswer:
    """The number, and what SF's label is drawn from: its routing marks, as they came."""
    data = inner.get("msgData")
    found = read_object(data) if isinstance(data, str) else data
    if not isinstance(found, dict):
        raise CarrierSilent("the answer holds no order")
    if str(found.get("filterResult")) == "3":
        return CarrierAnswer(Standing.REFUSED, error=f"not served: {found.get('remark', '')}"[:500])
    numbers = found.get("waybillNoInfoList") or []
    try:
        mains = [str(one["waybillNo"]) for one in numbers if str(one["waybillType"]) == "1"]
        children = tuple(str(one["waybillNo"]) for one in numbers if str(one["waybillType"]) == "2")
    except (KeyError, TypeError) as error:
        raise CarrierSilent("the numbers cannot be read") from error
    if not mains:
        return CarrierAnswer(Standing.PENDING, error="SF has not given a number yet")
    content = json.dumps(found, ensure_ascii=False, sort_keys=True).encode()
    return CarrierAnswer(Standing.DONE, Label(mains[0], LabelFormat.OPAQUE, content, None, children))


def _event(route: Mapping[str, Any], number: str) -> TrackEvent:
    """One step of a route, at the time of Beijing."""
    at = dt.datetime.strptime(route["acceptTime"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).astimezone(dt.UTC)
    code = str(route["opCode"])
    state = _STATES.get(code, TrackState.IN_TRANSIT)
    return TrackEvent(number, state, at, str(route.get("remark") or ""), str(route.get("acceptAddress") or ""), code)


def _is_of_this_moment(stamp: str, now: dt.datetime) -> bool:
    """Within the window; the stamp counts milliseconds."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 15):
        return False
    return abs(now - dt.datetime.fromtimestamp(int(stamp) // 1_000, dt.UTC)) <= WINDOW
