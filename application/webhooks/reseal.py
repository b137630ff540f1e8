"""Sealed secrets of endpoints and the keys they need: whether every one can be opened, and sealing them anew."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from houtai.application.paging import MAX_LIMIT, Page, Slice
from houtai.application.permission import needs
from houtai.application.plain import SECRET
from houtai.application.ports import Performer
from houtai.application.secret_box import SealBroken, SecretBox
from houtai.application.webhooks.ports import WebhooksTx, WebhooksViews
from houtai.application.webhooks.secrets import whose_secret
from houtai.application.webhooks.view import MANAGE, READ
from houtai.domain.act import Act
from houtai.domain.ids import WebhookEndpointId
from houtai.domain.webhooks.endpoint import WebhookEndpoint


@needs(READ)
def list_sealed_webhooks(views: WebhooksViews, page: Page, _: Act) -> Slice[WebhookEndpoint]:
    """A page of endpoints with their sealed secrets, for the house itself: a grant that is narrowed sees none of them."""
    return views.webhook_endpoints.page(page)


@attrs.frozen
class ResealWebhooks:
    """The same secrets of an endpoint under another key: `seen` are replaced by `sealed`, each by the one in its place."""

    endpoint: WebhookEndpointId
    seen: tuple[str, ...] = attrs.field(repr=False, metadata={SECRET: True})
    sealed: tuple[str, ...] = attrs.field(repr=False, metadata={SECRET: True})


@needs(MANAGE)
def reseal_webhooks(tx: WebhooksTx, cmd: ResealWebhooks, _: Act) -> bool:
    """Keep the secrets in their new form; False where they were changed since they were read. Raises NotFound.

    The endpoint gets no new version, because nothing that anybody edits has changed.
    """
    endpoint = tx.webhook_endpoints.lock_one(cmd.endpoint)
    if tuple(one.sealed for one in endpoint.secrets) != cmd.seen:
        return False
    anew = tuple(attrs.evolve(one, sealed=sealed) for one, sealed in zip(endpoint.secrets, cmd.sealed, strict=True))
    tx.webhook_endpoints.save(attrs.evolve(endpoint, secrets=anew))
    return True


def check_webhook_secrets(office: Performer, box: SecretBox, act: Act) -> int:
    """How many sealed secrets endpoints have. Raises SealBroken for the first whose key is not at hand; nothing is opened."""
    count = 0
    for endpoint in _all(office, act):
        for secret in endpoint.secrets:
            key_id = box.key_of(secret.sealed)
            if key_id not in box.key_ids():
                raise SealBroken(key_id=key_id)
            count += 1
    return count


def reseal_all_webhooks(office: Performer, box: SecretBox, act: Act) -> int:
    """Seal anew, under the first key, what an older key has sealed; of how many endpoints. Raises SealBroken, NoSecretKey."""
    count = 0
    for endpoint in list(_all(office, act)):
        seen = tuple(one.sealed for one in endpoint.secrets)
        if any(box.key_of(sealed) != next(iter(box.key_ids()), "") for sealed in seen):
            whose = whose_secret(endpoint.id)
            anew = tuple(box.seal(box.open(sealed, whose), whose) for sealed in seen)
            count += office.perform(reseal_webhooks, ResealWebhooks(endpoint.id, seen, anew), act)
    return count


def _all(office: Performer, act: Act) -> Iterator[WebhookEndpoint]:
    page = Page(limit=MAX_LIMIT)
    while True:
        found = office.ask(list_sealed_webhooks, page, act)
        yield from found.items
        if not found.next_cursor:
            return
        page = Page(limit=MAX_LIMIT, cursor=found.next_cursor)
