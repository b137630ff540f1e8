"""Stripe on loopback: pages, intents, refunds, its balance; idempotency keys that replay the first answer; signed events."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from houtai.domain.money import Money
from tests.payments.fakes import Fake, Told, Trade

API_KEY, WEBHOOK = "sk_live_a_secret_of_ours", "whsec_between_stripe_and_us"
PAGE = 2  # objects on a page of a list, so that lists have several


class StripeFake(Fake):
    """`unindexed` names payments that the search does not find yet."""

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.answers: dict[str, tuple[bytes, Told]] = {}
        self.unindexed: set[str] = set()
        self.expired: set[str] = set()
        self.account = ""

    def spoils(self, method: str, path: str, body: bytes) -> bool:
        return method == "POST"

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Told:
        chatters = [name for name in headers if name.startswith("x-stripe-client")]  # the library's words about the machine
        if headers.get("authorization") != f"Bearer {API_KEY}" or not headers.get("stripe-version") or chatters:
            self.forged += 1
            return _error(401, "api_key", "Invalid API Key provided")
        key = headers.get("idempotency-key", "")
        if method == "GET":
            return self._look(path)
        if not key:
            self.forged += 1
        if key in self.answers:
            first, told = self.answers[key]
            if first != body:
                return _error(400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters")
            for trade in self.trades.values():
                trade.calls += 1
            return told[0], {"Idempotent-Replayed": "true"}, told[2]
        told = self._do(path, {name: values[0] for name, values in parse_qs(body.decode()).items()})
        self.answers[key] = (body, told)
        return told

    def _do(self, path: str, form: Mapping[str, str]) -> Told:
        if path == "/v1/checkout/sessions":
            minor, currency = form["line_items[0][price_data][unit_amount]"], form["line_items[0][price_data][currency]"]
            name = form["metadata[payment]"]
            assert form["payment_intent_data[metadata][payment]"] == name
            self.trades[name if name not in self.trades else f"{name}-again"] = Trade(Money(int(minor), currency.upper()))
            return _ok(self.session(name))  # another key is another page, whatever its metadata say
        if path == "/v1/refunds":
            name = next(name for name, trade in self.trades.items() if trade.ref == form["payment_intent"])
            amount = Money(int(form["amount"]), self.trades[name].amount.currency)
            back = form["metadata[refund]"] if form["metadata[refund]"] not in self.backs else f"{form['metadata[refund]']}-again"
            refused = self.give_back(back, name, amount)
            return _error(400, "charge_already_refunded", refused) if refused else _ok(self.refund(back))
        name = next(name for name, trade in self.trades.items() if trade.ref == path.split("/")[3])
        trade = self.trades[name]
        if int(form["amount_to_capture"]) > trade.amount.minor:
            return _error(400, "amount_too_large", "greater than the amount that was granted")
        self.pay(name, Money(int(form["amount_to_capture"]), trade.amount.currency))
        return _ok(self.intent(name))

    def _look(self, path: str) -> Told:
        parts, query = urlsplit(path), {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if parts.path == "/v1/payment_intents/search":
            found = re.fullmatch(r"metadata\['payment'\]:'([0-9a-f]{32})'", query["query"])
            name = found[1] if found else ""
            known = name in self.trades and self.trades[name].ref and name not in self.unindexed
            return _ok({"object": "search_result", "data": [self.intent(name)] if known else [], "has_more": False})
        if parts.path.startswith("/v1/checkout/sessions/"):
            return _ok(self.session(parts.path.rsplit("_", 1)[-1]))
        if parts.path == "/v1/refunds":
            backs = [name for name, back in self.backs.items() if self.trades[back.trade].ref == query["payment_intent"]]
            return self._page([self.refund(name) for name in backs], query, parts.path)
        span = range(int(query["created[gte]"]), int(query["created[lt]"]))
        return self._page([one for one in self.balance() if one["created"] in span], query, parts.path)

    @staticmethod
    def _page(found: list[dict[str, Any]], query: Mapping[str, str], path: str) -> Told:
        begin = next((place + 1 for place, one in enumerate(found) if one["id"] == query.get("starting_after")), 0)
        rest = found[begin:]
        return _ok({"object": "list", "data": rest[:PAGE], "has_more": len(rest) > PAGE, "url": path})

    def grant(self, name: str) -> None:
        trade = self.trades[name]
        trade.state, trade.ref = "granted", f"pi_{name[:8]}"

    def session(self, name: str) -> dict[str, Any]:
        trade = self.trades[name]
        status = "complete" if trade.state == "paid" else "expired" if name in self.expired else "open"
        return {
            "id": f"cs_live_{name}",
            "object": "checkout.session",
            "status": status,
            "metadata": {"payment": name},
            "payment_intent": self.intent(name) if trade.ref else None,
            "url": f"https://checkout.stripe.example/c/pay/cs_live_{name}" if status == "open" else None,
        }

    def intent(self, name: str) -> dict[str, Any]:
        trade = self.trades[name]
        status = {"paid": "succeeded", "granted": "requires_capture", "closed": "canceled"}.get(trade.state, "processing")
        paid = trade.paid.minor if trade.paid else 0
        return {
            "id": trade.ref,
            "object": "payment_intent",
            "status": status,
            "amount": trade.amount.minor,
            "amount_received": paid,
            "currency": (trade.paid or trade.amount).currency.lower(),
            "created": _seconds(self.now()) - 60,
            "metadata": {"payment": name},
            "latest_charge": self.charge(name) if trade.paid else None,
        }

    def charge(self, name: str) -> dict[str, Any]:
        trade = self.trades[name]
        assert trade.paid is not None
        assert trade.at is not None
        money = {"amount": trade.paid.minor, "currency": trade.paid.currency.lower(), "created": _seconds(trade.at)}
        return {"id": f"ch_{name[:8]}", "object": "charge", "payment_intent": trade.ref, "metadata": {"payment": name}, **money}

    def refund(self, name: str) -> dict[str, Any]:
        back = self.backs[name]
        return {
            "id": back.ref,
            "object": "refund",
            "status": {"done": "succeeded"}.get(back.state, back.state),
            "amount": back.amount.minor,
            "currency": back.amount.currency.lower(),
            "created": _seconds(back.at),
            "metadata": {"refund": name},
            "failure_reason": "expired_or_canceled_card" if back.state == "failed" else None,
        }

    def balance(self) -> list[dict[str, Any]]:
        lines = [(self.charge(name), "charge", 1, 37) for name, trade in self.trades.items() if trade.paid]
        lines += [(self.refund(name), "refund", -1, 0) for name, back in self.backs.items() if back.state == "done"]
        if lines:
            lines.append(({"id": "po_1", "amount": 900, "currency": "cny", "created": lines[-1][0]["created"]}, "payout", -1, 0))
        return [
            {
                "id": f"txn_{place}",
                "object": "balance_transaction",
                "type": kind,
                "amount": sign * source["amount"],
                "currency": source["currency"],
                "fee": fee,
                "created": source["created"],
                "source": source,
            }
            for place, (source, kind, sign, fee) in enumerate(lines)
        ]

    def event(self, kind: str, told: Mapping[str, Any], *, number: str = "1", live: bool = True) -> bytes:
        body = {"id": f"evt_{number}", "object": "event", "type": kind, "created": _seconds(self.now()), "livemode": live}
        body |= {"data": {"object": told}} | ({"account": self.account} if self.account else {})
        return json.dumps(body).encode()


def signed(raw: bytes, at: dt.datetime, secret: str = WEBHOOK) -> dict[str, str]:
    """The header, made apart from the library."""
    stamp = _seconds(at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={stamp},v1={digest},v0=old"}


def _seconds(at: dt.datetime) -> int:
    return int(at.timestamp())


def _ok(told: Mapping[str, Any]) -> Told:
    return 200, {"Request-Id": "req_1"}, json.dumps(told).encode()


def _error(status: int, code: str, message: str) -> Told:
    kind = code if code == "idempotency_error" else "invalid_request_error"
    return status, {}, json.dumps({"error": {"type": kind, "code": code, "message": message}}).encode()
