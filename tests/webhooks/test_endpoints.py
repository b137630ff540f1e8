"""Endpoints: who may set one up, what of it may change, and that its secret is told once and lies sealed."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import attrs
import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

from houtai.application.access.operation_log import ListLog, list_log
from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.secret_box import SealBroken
from houtai.application.webhooks.endpoints import (
    ChangeWebhookEndpoint,
    MoveWebhookEndpoint,
    change_webhook_endpoint,
    disable_webhook_endpoint,
    pause_webhook_endpoint,
    resume_webhook_endpoint,
)
from houtai.application.webhooks.queries import (
    ListWebhookDeliveries,
    ListWebhookEndpoints,
    list_webhook_deliveries,
    list_webhook_endpoints,
    show_webhook_delivery,
    show_webhook_endpoint,
)
from houtai.application.webhooks.reseal import check_webhook_secrets, reseal_all_webhooks
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.ids import ChannelId, MerchantId, WebhookDeliveryId, WebhookEndpointId, new_id
from houtai.domain.refusal import Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict
from houtai.domain.webhooks.endpoint import MOST_ENDPOINTS, MOST_SECRETS, EndpointState
from houtai.domain.webhooks.event_type import EventType
from houtai.domain.webhooks.refusals import TooManyEndpoints, TooManySecrets
from tests.boxes import KEY, OTHER_KEY, a_box
from tests.catalog.arrange import some_merchant
from tests.conftest import StillClock
from tests.webhooks.hooks import URL, Hooks, read_endpoint

MISSING = WebhookEndpointId(new_id())


def someone(hooks: Hooks, *grants: Grant) -> Act:
    actor = new_id()
    return attrs.evolve(hooks.act, actor=actor, name="somebody", authority=Authority(actor, grants))


def test_an_endpoint_is_set_up_and_seen_without_its_secret(hooks: Hooks) -> None:
    issued = hooks.endpoint(EventType.ORDER_PAID, description="our ERP", channel=hooks.shop.channel)
    view = hooks.view(issued.endpoint.id)
    assert issued.endpoint == view
    assert (view.url, view.types, view.description, view.channel_id) == (
        URL,
        (EventType.ORDER_PAID,),
        "our ERP",
        hooks.shop.channel,
    )
    assert (view.state, view.version, view.failing_since) == (EndpointState.ACTIVE, 1, None)
    assert issued.secret not in str(view)


def test_it_is_changed_on_the_version_that_was_seen(hooks: Hooks) -> None:
    view = hooks.endpoint().endpoint
    change = ChangeWebhookEndpoint(view.id, 1, types=(EventType.ORDER_PAID, EventType.ORDER_SHIPPED), description="new")
    changed = hooks.perform(change_webhook_endpoint, change)
    assert (changed.types, changed.description, changed.url, changed.version) == (change.types, "new", URL, 2)
    with pytest.raises(VersionConflict) as stale:
        hooks.perform(change_webhook_endpoint, change)
    assert stale.value.current_version == 2


@pytest.mark.parametrize("url", ["http://erp.example.com/", "https://10.0.0.1/", "https://169.254.169.254/"])
def test_58_an_address_inside_is_refused_when_it_is_set_up_and_when_it_is_changed(memory_hooks: Hooks, url: str) -> None:
    view = memory_hooks.endpoint().endpoint
    with pytest.raises(InvalidValue):
        memory_hooks.endpoint(url=url)
    with pytest.raises(InvalidValue):
        memory_hooks.perform(change_webhook_endpoint, ChangeWebhookEndpoint(view.id, 1, url=url))


def test_types_come_once_each_and_there_is_at_least_one(memory_hooks: Hooks) -> None:
    for types in ((), (EventType.ORDER_PAID, EventType.ORDER_PAID)):
        with pytest.raises(InvalidValue) as refused:
            memory_hooks.secrets.create(WebhookEndpointId(new_id()), URL, types, memory_hooks.act)
        assert refused.value.field == "types"


def test_a_merchant_is_not_told_of_the_houses_refunds(memory_hooks: Hooks) -> None:
    merchant = some_merchant(memory_hooks.office, memory_hooks.act, "A")
    with pytest.raises(InvalidValue, match="told to the house's own endpoints alone"):
        memory_hooks.endpoint(EventType.REFUND_FAILED, merchant=merchant)


def test_an_unknown_channel_or_merchant_is_not_found(memory_hooks: Hooks) -> None:
    for where in ({"channel": ChannelId(new_id())}, {"merchant": MerchantId(new_id())}):
        with pytest.raises(NotFound):
            memory_hooks.endpoint(**where)


def test_an_owner_has_so_many_and_no_more_until_one_is_disabled(hooks: Hooks) -> None:
    made = [hooks.endpoint().endpoint.id for _ in range(MOST_ENDPOINTS)]
    with pytest.raises(TooManyEndpoints) as refused:
        hooks.endpoint()
    assert (refused.value.count, refused.value.most) == (MOST_ENDPOINTS, MOST_ENDPOINTS)
    hooks.endpoint(merchant=some_merchant(hooks.office, hooks.act, "A"))
    hooks.perform(disable_webhook_endpoint, MoveWebhookEndpoint(made[0]))
    hooks.endpoint()


def test_it_moves_as_its_table_says_and_its_story_is_told(hooks: Hooks) -> None:
    endpoint = hooks.endpoint().endpoint.id
    for deed in (pause_webhook_endpoint, resume_webhook_endpoint, disable_webhook_endpoint, resume_webhook_endpoint):
        hooks.perform(deed, MoveWebhookEndpoint(endpoint, "because"))
    with pytest.raises(IllegalMove):
        hooks.perform(resume_webhook_endpoint, MoveWebhookEndpoint(endpoint))
    with hooks.office._store.snapshot() as views:
        lines = sorted(views.timeline.by(OF_DOCUMENT, endpoint), key=lambda line: line.version)
    assert [line.event for line in lines] == ["created", "paused", "resumed", "disabled", "resumed"]
    assert lines[1].reason == "because"


@pytest.mark.parametrize("deed", [pause_webhook_endpoint, resume_webhook_endpoint, disable_webhook_endpoint])
def test_one_that_is_not_there_is_not_found(memory_hooks: Hooks, deed: Any) -> None:
    with pytest.raises(NotFound, match="no webhook endpoint"):
        memory_hooks.perform(deed, MoveWebhookEndpoint(MISSING))
    with pytest.raises(NotFound, match="no webhook endpoint"):
        memory_hooks.secrets.rotate(MISSING, memory_hooks.act)
    with pytest.raises(NotFound, match="no webhook endpoint"):
        memory_hooks.perform(change_webhook_endpoint, ChangeWebhookEndpoint(MISSING, 1))


# -- secrets


def test_while_a_secret_changes_both_sign_and_afterwards_the_new_one_alone(hooks: Hooks, clock: StillClock) -> None:
    first = hooks.endpoint()
    second = hooks.secrets.rotate(first.endpoint.id, hooks.act, overlap_s=3_600)
    assert (first.secret != second.secret, len(second.endpoint.secrets)) == (True, 2)
    hooks.shop.place(CUP=1)
    hooks.deliver()
    clock.advance(hours=1)
    hooks.shop.place(CUP=1)
    hooks.deliver()
    both, alone = ({verified(one, issued.secret) for issued in (first, second)} for one in hooks.line.sent)
    assert (both, alone) == ({True}, {True, False})
    assert len(hooks.view(first.endpoint.id).secrets) == 1


def verified(sent: Any, secret: str) -> bool:
    """Whether the reference library would sign so at the moment of the attempt: it verifies by the machine's clock alone."""
    at = dt.datetime.fromtimestamp(int(sent.headers["webhook-timestamp"]), dt.UTC)
    return Webhook(secret).sign(sent.headers["webhook-id"], at, sent.body.decode()) in sent.headers["webhook-signature"].split(
        " "
    )


def test_without_an_overlap_the_old_secret_ends_at_once(hooks: Hooks) -> None:
    first = hooks.endpoint()
    second = hooks.secrets.rotate(first.endpoint.id, hooks.act, overlap_s=0)
    hooks.shop.place(CUP=1)
    hooks.deliver()
    (sent,) = hooks.line.sent
    assert (verified(sent, first.secret), verified(sent, second.secret)) == (False, True)


def test_a_shorter_overlap_is_not_made_longer_by_the_next(hooks: Hooks, clock: StillClock) -> None:
    endpoint = hooks.endpoint().endpoint.id
    hooks.secrets.rotate(endpoint, hooks.act, overlap_s=60)
    view = hooks.secrets.rotate(endpoint, hooks.act, overlap_s=3_600).endpoint
    ends = [None if one.ends_at is None else int((one.ends_at - clock.now()).total_seconds()) for one in view.secrets]
    assert ends == [None, 3_600, 60]


def test_so_many_secrets_are_good_at_once_and_no_more(hooks: Hooks, clock: StillClock) -> None:
    endpoint = hooks.endpoint().endpoint.id
    for _ in range(MOST_SECRETS - 1):
        hooks.secrets.rotate(endpoint, hooks.act)
    with pytest.raises(TooManySecrets):
        hooks.secrets.rotate(endpoint, hooks.act)
    clock.advance(days=1)
    assert len(hooks.secrets.rotate(endpoint, hooks.act).endpoint.secrets) == 2


def test_the_secret_lies_sealed_and_stands_in_no_log(sql_store: Any, clock: StillClock) -> None:
    hooks = Hooks(Office(sql_store, clock), clock)
    issued = hooks.endpoint()
    rotated = hooks.secrets.rotate(issued.endpoint.id, hooks.act)
    hooks.shop.place(CUP=1)
    hooks.deliver()
    hooks.courier.close()
    kept = hooks.office.ask(read_endpoint, issued.endpoint.id, hooks.act).secrets
    with sql_store.engine.connect() as connection:
        tables = connection.execute(text("SELECT command || changes FROM audit_log")).scalars().all()
        lies = "".join(map(str, connection.execute(text("SELECT secrets FROM webhook_endpoints")).scalars()))
        rest = "".join(str(row) for row in connection.execute(text("SELECT * FROM timeline")))
        rest += "".join(str(row) for row in connection.execute(text("SELECT * FROM webhook_deliveries")))
    log = "".join(tables)
    assert "create_webhook_endpoint" in str(hooks.office.ask(list_log, ListLog(page=Page(limit=100)), hooks.act))
    for secret in (issued.secret, rotated.secret):
        assert secret.removeprefix("whsec_") not in lies + log + rest
    assert all(one.sealed in lies and one.sealed not in log for one in kept)
    assert issued.secret not in repr(issued)


def test_a_sealed_secret_opens_for_no_other_endpoint(memory_hooks: Hooks) -> None:
    hooks = memory_hooks
    mine, other = (hooks.office.ask(read_endpoint, hooks.endpoint().endpoint.id, hooks.act) for _ in range(2))
    with pytest.raises(SealBroken):
        hooks.secrets.opened(attrs.evolve(mine, secrets=other.secrets), hooks.clock.now())


def test_secrets_are_sealed_anew_under_another_key(hooks: Hooks) -> None:
    issued = hooks.endpoint()
    with pytest.raises(SealBroken):
        check_webhook_secrets(hooks.office, a_box(OTHER_KEY), hooks.act)
    assert reseal_all_webhooks(hooks.office, a_box(OTHER_KEY, KEY), hooks.act) == 1
    assert reseal_all_webhooks(hooks.office, a_box(OTHER_KEY, KEY), hooks.act) == 0
    assert check_webhook_secrets(hooks.office, a_box(OTHER_KEY), hooks.act) == 1
    kept = hooks.office.ask(read_endpoint, issued.endpoint.id, hooks.act)
    assert a_box(OTHER_KEY).open(kept.secrets[0].sealed, f"webhook-endpoint {kept.id}") == issued.secret


# -- who sees what


def test_lists_are_narrowed_to_what_one_reaches(hooks: Hooks) -> None:
    merchant = some_merchant(hooks.office, hooks.act, "A")
    house, channels, merchants = (
        hooks.endpoint(**more).endpoint.id for more in ({}, {"channel": hooks.shop.channel}, {"merchant": merchant})
    )
    hooks.shop.place(CUP=1)
    seen = {
        "all": someone(hooks, Grant("webhooks.read")),
        "channel": someone(hooks, Grant("webhooks.read", {Dimension.CHANNEL: frozenset({hooks.shop.channel})})),
        "merchant": someone(hooks, Grant("webhooks.read", {Dimension.MERCHANT: frozenset({merchant})})),
        "nobody": someone(hooks, Grant("webhooks.read", {Dimension.MERCHANT: frozenset({new_id()})})),
    }
    expected = {"all": {house, channels, merchants}, "channel": {channels}, "merchant": {merchants}, "nobody": set()}
    for name, act in seen.items():
        endpoints = hooks.office.ask(list_webhook_endpoints, ListWebhookEndpoints(), act).items
        deliveries = hooks.office.ask(list_webhook_deliveries, ListWebhookDeliveries(), act).items
        assert {one.id for one in endpoints} == expected[name]
        assert {one.endpoint_id for one in deliveries} == expected[name] - {merchants}
    (theirs,) = hooks.deliveries(house)
    looks: list[tuple[Any, Any]] = [(show_webhook_endpoint, house), (show_webhook_delivery, theirs.id)]
    for query, what in looks:
        with pytest.raises(NotFound):
            hooks.office.ask(query, what, seen["merchant"])
    found = hooks.office.ask(list_webhook_deliveries, ListWebhookDeliveries(endpoint=house), seen["channel"]).items
    assert found == ()


def test_one_by_one_a_delivery_is_shown_whole(hooks: Hooks) -> None:
    hooks.endpoint()
    hooks.shop.place(CUP=1)
    (delivery,) = hooks.deliveries()
    shown = hooks.office.ask(show_webhook_delivery, delivery.id, hooks.act)
    assert (shown, json.loads(shown.body)["type"]) == (delivery, "order.placed")
    with pytest.raises(NotFound, match="no webhook delivery"):
        hooks.office.ask(show_webhook_delivery, WebhookDeliveryId(new_id()), hooks.act)


def test_lists_are_filtered_by_state(hooks: Hooks) -> None:
    one, two = (hooks.endpoint().endpoint.id for _ in range(2))
    hooks.perform(pause_webhook_endpoint, MoveWebhookEndpoint(two))
    paused = hooks.office.ask(list_webhook_endpoints, ListWebhookEndpoints(state=EndpointState.PAUSED), hooks.act).items
    assert [view.id for view in paused] == [two]
    assert one != two


def test_a_reader_sets_nothing_up_and_a_merchants_clerk_nothing_for_others(memory_hooks: Hooks) -> None:
    hooks = memory_hooks
    merchant = some_merchant(hooks.office, hooks.act, "A")
    clerk = someone(hooks, Grant("webhooks.manage", {Dimension.MERCHANT: frozenset({merchant})}))
    asked: list[tuple[Act, MerchantId | None]] = [
        (someone(hooks, Grant("webhooks.read")), None),
        (clerk, None),
        (clerk, MerchantId(new_id())),
    ]
    for act, owner in asked:
        with pytest.raises(Forbidden):
            hooks.secrets.create(WebhookEndpointId(new_id()), URL, (EventType.ORDER_PAID,), act, merchant=owner)
    own = hooks.secrets.create(WebhookEndpointId(new_id()), URL, (EventType.ORDER_PAID,), clerk, merchant=merchant)
    assert own.endpoint.merchant_id == merchant
