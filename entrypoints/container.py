"""The wiring of one process, and the only file that knows dependency_injector: settings → store → office → what stands on it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from uuid import UUID

from dependency_injector import containers, providers

from houtai.adapters.clock import SystemClock
from houtai.adapters.passwords import Argon2Passwords
from houtai.adapters.secret_box import AesSecretBox
from houtai.adapters.totp import PyotpCodes
from houtai.adapters.webhooks.post import HttpPost
from houtai.application.access.authenticate import Authenticator
from houtai.application.access.credentials import Credentials
from houtai.application.access.settings import AccessSettings
from houtai.application.deliveries import ChannelGateway, Outside
from houtai.application.events import Publisher
from houtai.application.office import Office
from houtai.application.payments.cashier import Cashier
from houtai.application.payments.ports import Gateways
from houtai.application.ports import Clock, Store
from houtai.application.printing.ports import Press
from houtai.application.reactions import Reaction
from houtai.application.relay import Relay
from houtai.application.shipping.dispatcher import Dispatcher
from houtai.application.shipping.ports import Carriers
from houtai.application.warehouse.badge import BadgeDoor
from houtai.application.webhooks.courier import Courier
from houtai.application.webhooks.ports import Post
from houtai.application.webhooks.secrets import WebhookSecrets
from houtai.domain.event import Event
from houtai.domain.webhooks.address import UrlRules
from houtai.entrypoints.carriers import carriers_of
from houtai.entrypoints.condition import Condition
from houtai.entrypoints.ends import channels_of, press_of, publisher_of, reactions_of, secret_box_of, webhook_rules_of
from houtai.entrypoints.providers import gateways_of
from houtai.entrypoints.settings import Settings
from houtai.entrypoints.watching import Watcher, open_watched, watcher_of


class Container(containers.DeclarativeContainer):
    """Every long-lived object of a process, each made once and when it is first asked for.

    `Container(settings=Settings(...))` is all that a caller gives; tests override single providers.
    """

    settings: providers.Dependency[Settings] = providers.Dependency(instance_of=Settings)

    clock: providers.Provider[Clock] = providers.ThreadSafeSingleton(SystemClock)
    watcher: providers.Provider[Watcher] = providers.ThreadSafeSingleton(watcher_of, settings)
    store: providers.Provider[Store] = providers.ThreadSafeSingleton(open_watched, settings, watcher)
    reactions: providers.Provider[Mapping[type[Event], tuple[Reaction, ...]]] = providers.ThreadSafeSingleton(
        reactions_of, settings, clock
    )
    office: providers.Provider[Office] = providers.ThreadSafeSingleton(
        Office, store, clock, observer=watcher, reactions=reactions
    )
    condition: providers.Provider[Condition] = providers.ThreadSafeSingleton(Condition, store, clock)

    passwords: providers.Provider[Argon2Passwords] = providers.ThreadSafeSingleton(Argon2Passwords)
    secret_box: providers.Provider[AesSecretBox] = providers.ThreadSafeSingleton(secret_box_of, settings)
    codes: providers.Provider[PyotpCodes] = providers.ThreadSafeSingleton(PyotpCodes, secret_box)
    access_settings: providers.Provider[AccessSettings] = providers.ThreadSafeSingleton(
        AccessSettings, trusted_proxies=settings.provided.trusted_proxies
    )
    authenticator: providers.Provider[Authenticator] = providers.ThreadSafeSingleton(
        Authenticator, office, passwords, codes, access_settings
    )
    credentials: providers.Provider[Credentials] = providers.ThreadSafeSingleton(
        Credentials, office, passwords, codes, access_settings
    )

    badge_door: providers.Provider[BadgeDoor] = providers.ThreadSafeSingleton(BadgeDoor, office, passwords, access_settings)

    gateways: providers.Provider[Gateways] = providers.ThreadSafeSingleton(gateways_of, settings, clock)
    carriers: providers.Provider[Carriers] = providers.ThreadSafeSingleton(carriers_of, settings, clock)
    dispatcher: providers.Provider[Dispatcher] = providers.ThreadSafeSingleton(Dispatcher, office, carriers)
    channels: providers.Provider[Callable[[UUID], ChannelGateway]] = providers.ThreadSafeSingleton(channels_of, settings)
    cashier: providers.Provider[Cashier] = providers.ThreadSafeSingleton(Cashier, office, gateways)
    press: providers.Provider[Press] = providers.ThreadSafeSingleton(press_of, settings)
    outside: providers.Provider[Outside] = providers.ThreadSafeSingleton(
        Outside, office, gateways, channels, carriers=carriers, press=press
    )
    relay: providers.Provider[Relay] = providers.ThreadSafeSingleton(
        Relay, office, outside.provided.deliverers.call(), jitter=providers.Object(secrets.randbelow)
    )
    webhook_rules: providers.Provider[UrlRules] = providers.ThreadSafeSingleton(webhook_rules_of, settings)
    webhook_secrets: providers.Provider[WebhookSecrets] = providers.ThreadSafeSingleton(
        WebhookSecrets, office, secret_box, webhook_rules
    )
    webhook_post: providers.Provider[Post] = providers.ThreadSafeSingleton(HttpPost, webhook_rules)
    courier: providers.Provider[Courier] = providers.ThreadSafeSingleton(
        Courier, office, webhook_secrets, webhook_post, jitter=providers.Object(secrets.randbelow)
    )
    publisher: providers.Provider[Publisher | None] = providers.ThreadSafeSingleton(publisher_of, settings, office)


def house(settings: Settings) -> Container:
    """A container for these settings; nothing is opened yet."""
    return Container(settings=providers.Object(settings))
