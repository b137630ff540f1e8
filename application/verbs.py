"""Every verb that a grant may name, so that a typo in a role is refused rather than never matched.

A literal, since modules tell their verbs only when they are imported; a test compares it with what they say.
"""

from __future__ import annotations

from typing import Final

from houtai.application.permission import VERBS
from houtai.domain.authority import Grant
from houtai.domain.refusal import InvalidValue

HOUSE_VERBS: Final = frozenset(
    {
        "access.accounts.read",
        "access.accounts.write",
        "access.explain",
        "access.first-start",
        "access.forget-sessions",
        "access.keys.revoke",
        "access.log.read",
        "access.own",
        "access.passwords.reset",
        "access.roles.read",
        "access.roles.write",
        "access.sessions.end",
        "cases.assign",
        "cases.read",
        "cases.resolve",
        "catalog.acknowledge",
        "catalog.edit",
        "catalog.export",
        "catalog.import",
        "catalog.list",
        "catalog.publish",
        "catalog.read",
        "catalog.review",
        "catalog.settings",
        "customers.edit",
        "customers.erase",
        "customers.read",
        "customers.reveal",
        "house.deliver",
        "house.export",
        "house.read-outbox",
        "house.redeliver",
        "inventory.adjust",
        "inventory.approve-adjustment",
        "inventory.configure",
        "inventory.expire-holds",
        "inventory.hold",
        "inventory.publish",
        "inventory.read",
        "inventory.receive",
        "inventory.set-aside",
        "inventory.settle-oversell",
        "ledger.close-period",
        "ledger.lock-period",
        "ledger.post",
        "ledger.read",
        "ledger.reopen-period",
        "ledger.reverse",
        "merchants.admit",
        "merchants.edit",
        "merchants.read",
        "merchants.register",
        "orders.cancel",
        "orders.export",
        "orders.hold",
        "orders.import",
        "orders.note",
        "orders.place",
        "orders.policy",
        "orders.quote",
        "orders.read",
        "orders.release-hold",
        "orders.reveal",
        "orders.run-timers",
        "orders.settle-exception",
        "payments.cancel-refund",
        "payments.read",
        "payments.receive-notice",
        "payments.record-answer",
        "payments.refund",
        "payments.retry-refund",
        "payments.settle-refund",
        "payments.submit-refund",
        "pricing.adjust",
        "pricing.below-floor",
        "pricing.campaigns",
        "pricing.claim-coupon",
        "pricing.coupon-templates",
        "pricing.coupons",
        "pricing.expire",
        "pricing.floors",
        "pricing.prices",
        "pricing.promotions",
        "pricing.quote",
        "pricing.read",
        "printing.configure",
        "printing.print",
        "printing.read",
        "printing.reprint",
        "printing.settle",
        "shipping.read",
        "shipping.rules",
        "warehouse.doubt-bin",
        "warehouse.lots",
        "warehouse.move-goods",
        "warehouse.read-lots",
        "warehouse.regrade",
    }
)


def check_verbs(grants: tuple[Grant, ...]) -> None:
    """Refuse with InvalidValue a grant whose verb reaches no deed: none of the house, none of the program that embeds it."""
    for place, grant in enumerate(grants):
        if not any(grant.covers(verb) for verb in (*HOUSE_VERBS, *VERBS)):
            raise InvalidValue(field=f"grants[{place}]", rule=f"verb {grant.verb} must be one that some deed needs")
