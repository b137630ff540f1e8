"""EasyPost, for parcels abroad, through its official library, which is loaded when the first call is made."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs

from houtai.adapters.carriers.wire import fetch
from houtai.application.shipping.ports import CarrierAway, CarrierSilent
from houtai.domain.money import Money
from houtai.domain.refusal import Refusal
from houtai.domain.shipping.answer import CarrierAnswer, Standing, VoidAnswer
from houtai.domain.shipping.parcel import Contact, Label, LabelFormat, Quote, Shipment
from houtai.domain.shipping.refusals import PushMalformed, PushNotGenuine
from houtai.domain.shipping.tracking import TrackEvent, TrackState

T = TypeVar("T")

_GRAMS_AN_OUNCE: Final = 28.349523125
_MM_AN_INCH: Final = 25.4
_STATES: Final[Mapping[str, TrackState]] = {
    "unknown": TrackState.ACCEPTED,
    "pre_transit": TrackState.ACCEPTED,
    "in_transit": TrackState.IN_TRANSIT,
    "out_for_delivery": TrackState.OUT_FOR_DELIVERY,
    "available_for_pickup": TrackState.OUT_FOR_DELIVERY,
    "delivered": TrackState.DELIVERED,
    "return_to_sender": TrackState.RETURNING,
    "failure": TrackState.EXCEPTION,
    "error": TrackState.EXCEPTION,
    "cancelled": TrackState.EXCEPTION,
}
_REFUNDS: Final[Mapping[str, Standing]] = {
    "submitted": Standing.PENDING,
    "refunded": Standing.DONE,
    "rejected": Standing.REFUSED,
    "not_applicable": Standing.REFUSED,
}
_FORMATS: Final = {"zpl": LabelFormat.ZPL, "pdf": LabelFormat.PDF, "png": LabelFormat.PNG}
_REFUSING: Final = frozenset({400, 402, 422})


@attrs.frozen
class EasypostAccount:
    """What EasyPost knows us by."""

    api_key: str = attrs.field(repr=False)
    webhook_secret: str = attrs.field(repr=False)
    api_base: str = "https://api.easypost.com/v2"
    deadline_s: int = 20


class Easypost:
    """See `Carrier`. Our key is the shipment's reference, which stands for its id: bought or not, it is found by that."""

    def __init__(self, account: EasypostAccount, *, name: str = "easypost") -> None:
        """`name` is what waybills call it by."""
        self.name = name
        self._account = account
        self._made: Any = None

    def rates(self, shipment: Shipment) -> tuple[Quote, ...]:
        """See `Carrier.rates`."""
        made = self._told(lambda client: client.shipment.create(**_wish(shipment, "")))
        quotes = [
            Quote(self.name, f"{rate.carrier} {rate.service}", _money(rate), rate.delivery_days or 0) for rate in made.rates
        ]
        return tuple(sorted(quotes, key=lambda quote: quote.charge.minor))

    def buy(self, key: UUID, shipment: Shipment, number: str = "") -> CarrierAnswer:
        """See `Carrier.buy`. Of a shipment of several parcels it is refused: EasyPost knows one parcel a shipment."""
        if len(shipment.parcels) > 1:
            return CarrierAnswer(Standing.REFUSED, error="EasyPost takes one parcel a shipment")
        library = _library()
        try:
            made = self._found(key) or self._told(lambda client: client.shipment.create(**_wish(shipment, str(key))))
            if not made.tracking_code:
                rate = _chosen(made, shipment.service)
                if rate is None:
                    return CarrierAnswer(Standing.REFUSED, error=f"no rate for {shipment.service or 'any service'}")
                made = self._told(lambda client: client.shipment.buy(made.id, rate=rate))
        except library.errors.ApiError as refused:
            made = self._found(key)  # it says no also to what was bought meanwhile
            if made is None or not made.tracking_code:
                return CarrierAnswer(Standing.REFUSED, error=str(refused)[:500])
        return self._label(made)

    def ask(self, key: UUID) -> CarrierAnswer:
        """See `Carrier.ask`."""
        made = self._found(key)
        if made is None or not made.tracking_code:
            return CarrierAnswer(Standing.NOT_KNOWN)
        return self._label(made)

    def void(self, key: UUID, number: str) -> VoidAnswer:
        """See `Carrier.void`. It is decided by the post office, in days."""
        asked = self.ask_void(key, number)
        if asked.standing is not Standing.NOT_KNOWN:
            return asked
        made = self._found(key)
        if made is None:
            return VoidAnswer(Standing.REFUSED, "EasyPost does not know it")
        try:
            return _refund(self._told(lambda client: client.shipment.refund(made.id)))
        except _library().errors.ApiError as refused:
            return VoidAnswer(Standing.REFUSED, str(refused)[:500])

    def ask_void(self, key: UUID, number: str) -> VoidAnswer:
        """See `Carrier.ask_void`."""
        made = self._found(key)
        if made is None or not made.refund_status:
            return VoidAnswer(Standing.NOT_KNOWN)
        return _refund(made)

    def track(self, shipment: Shipment, number: str) -> tuple[TrackEvent, ...]:
        """See `Carrier.track`."""
        try:
            tracker = self._told(lambda client: client.tracker.create(tracking_code=number))
            return _events(tracker.to_dict())
        except _library().errors.ApiError as refused:
            raise CarrierAway(str(refused)[:300]) from refused
        except (KeyError, ValueError, TypeError, Refusal) as error:
            raise CarrierSilent("the track cannot be read") from error

    def parse_push(self, headers: Mapping[str, str], raw: bytes, now: dt.datetime) -> tuple[TrackEvent, ...]:
        """See `Carrier.parse_push`. Its signature bears no time: a replay is news that we have."""
        library = _library()
        given = {name.lower(): value for name, value in headers.items()}.get("x-hmac-signature", "")
        try:
            told = library.util.validate_webhook(raw, {"X-Hmac-Signature": given}, self._account.webhook_secret)
        except library.errors.SignatureVerificationError as forged:
            raise PushNotGenuine from forged
        except TypeError as strange:  # a signature of other signs than ASCII
            raise PushNotGenuine from strange
        except (ValueError, RecursionError) as error:
            raise PushMalformed(what=type(error).__name__) from error
        try:
            return _events(told["result"]) if told["description"].startswith("tracker.") else ()
        except (ValueError, TypeError, KeyError, AttributeError, Refusal) as error:
            raise PushMalformed(what=type(error).__name__) from error

    def numbers(self, key: UUID, qty: int) -> tuple[str, ...]:
        """See `Carrier.numbers`."""
        raise CarrierAway("EasyPost gives each number when it is bound")

    def _found(self, key: UUID) -> Any:
        library = _library()
        try:
            return self._told(lambda client: client.shipment.retrieve(str(key)))
        except library.errors.NotFoundError:
            return None
        except library.errors.ApiError as refused:
            raise CarrierAway(str(refused)[:300]) from refused

    def _told(self, call: Callable[[Any], T]) -> T:
        """One call of the library. Raises CarrierAway, CarrierSilent, and the library's ApiError for a definite no."""
        library = _library()
        if self._made is None:
            account = self._account
            self._made = library.EasyPostClient(account.api_key, api_base=account.api_base, timeout=account.deadline_s)
        try:
            return call(self._made)
        except library.errors.ApiError as error:
            status = error.http_status
            if isinstance(error, library.errors.NotFoundError) or status in _REFUSING:
                raise
            if status is not None and 400 <= status < 500 and status != 408:
                message = f"HTTP {status}"
                raise CarrierAway(message) from error
            message = f"no answer: {type(error).__name__}"
            raise CarrierSilent(message) from error
        except library.errors.EasyPostError as error:
            message = f"no answer: {type(error).__name__}"
            raise CarrierSilent(message) from error

    def _label(self, made: Any) -> CarrierAnswer:
        """The number with its label, fetched from where EasyPost put it; what was bought stays bought if that fails."""
        try:
            url = str(made.postage_label.label_zpl_url or made.postage_label.label_url)
            form = _FORMATS[url.rsplit(".", 1)[-1].lower()]
            charge = _money(made.selected_rate)
        except (KeyError, AttributeError, ValueError, Refusal) as error:
            raise CarrierSilent("the label cannot be read") from error
        return CarrierAnswer(Standing.DONE, Label(made.tracking_code, form, fetch(url, self._account.deadline_s), charge))


def _library() -> ModuleType:
    """The official library. Raises CarrierAway where the extra is not installed."""
    try:
        import easypost  # noqa: PLC0415  # an extra that most houses do without, and half a second to load
        import easypost.util  # noqa: PLC0415
    except ImportError as error:
        raise CarrierAway("install houtai[easypost]") from error
    return easypost


def _wish(shipment: Shipment, reference: str) -> dict[str, Any]:
    parcel = shipment.parcels[0]
    sides = {"length": parcel.length_mm, "width": parcel.width_mm, "height": parcel.height_mm}
    inches = {name: round(side / _MM_AN_INCH, 1) for name, side in sides.items() if side}
    return {
        "reference": reference,
        "from_address": _address(shipment.sender),
        "to_address": _address(shipment.receiver),
        "parcel": {"weight": round(parcel.weight_g / _GRAMS_AN_OUNCE, 1), **inches},
        "options": {"label_format": "ZPL", "print_custom_1": shipment.remark[:50]},
    }


def _address(contact: Contact) -> dict[str, str]:
    return {
        "name": contact.name,
        "company": contact.company,
        "phone": contact.phone,
        "street1": contact.address,
        "street2": contact.district,
        "city": contact.city,
        "state": contact.region,
        "zip": contact.postcode,
        "country": contact.country,
    }


def _chosen(made: Any, service: str) -> Any:
    """The rate of the wanted service, ``USPS Priority`` or ``Priority``; the cheapest where none is wanted. None for none."""
    rates = [rate for rate in made.rates if service in ("", rate.service, f"{rate.carrier} {rate.service}")]
    return min(rates, key=lambda rate: _money(rate).minor, default=None)


def _money(rate: Any) -> Money:
    return Money.of(str(rate.rate), str(rate.currency))


def _refund(made: Any) -> VoidAnswer:
    return VoidAnswer(_REFUNDS.get(str(made.refund_status), Standing.NO_ANSWER), str(made.refund_status))


def _events(tracker: Mapping[str, Any]) -> tuple[TrackEvent, ...]:
    number = str(tracker["tracking_code"])
    told = (_event(number, detail) for detail in tracker["tracking_details"])
    return tuple(sorted(told, key=lambda event: event.at))


def _event(number: str, detail: Mapping[str, Any]) -> TrackEvent:
    at = dt.datetime.fromisoformat(re.sub(r"Z$", "+00:00", str(detail["datetime"])))
    place = (detail.get("tracking_location") or {}).get("city") or ""
    code = str(detail["status"])
    return TrackEvent(number, _STATES.get(code, TrackState.IN_TRANSIT), at, str(detail.get("message") or ""), place, code)
