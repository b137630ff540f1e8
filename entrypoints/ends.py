"""The ends outside that a process talks to, by its settings: payment providers and sales channels."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.adapters.printing.press import PrinterPress
from houtai.adapters.secret_box import AesSecretBox, keys_of
from houtai.application.payments.ports import Gateways
from houtai.application.ports import Clock
from houtai.application.relay import NotDelivered
from houtai.entrypoints.settings import DEVELOPMENT, Settings

if TYPE_CHECKING:
    from houtai.application.deliveries import ChannelGateway

SQLITE: Final = "sqlite:///"


def gateways_of(settings: Settings, clock: Clock) -> Gateways:
    """The payment providers by name. In development the embedded one, which signs with a secret that ends with the process.

    What it knows of payments lies in a file beside an SQLite database, so that it outlives the process as a provider does.
    """
    if settings.env != DEVELOPMENT:
        return {}
    beside = settings.db.removeprefix(SQLITE).partition("?")[0] + "-gateway" if settings.db.startswith(SQLITE) else ":memory:"
    gateway = EmbeddedGateway(clock, secret=secrets.token_bytes(32), path=beside)
    return {gateway.name: gateway}


def channels_of(settings: Settings) -> Callable[[UUID], ChannelGateway]:
    """What finds the channel for an id. In development each is an embedded one."""
    return EmbeddedChannels() if settings.env == DEVELOPMENT else no_channel


def press_of(settings: Settings) -> PrinterPress:
    """What draws and prints. In development printers that are folders write beside an SQLite database."""
    folder = Path(settings.print_dir) if settings.print_dir else None
    if folder is None and settings.env == DEVELOPMENT and settings.db.startswith(SQLITE):
        folder = Path(settings.db.removeprefix(SQLITE).partition("?")[0] + "-prints")
    return PrinterPress(font=settings.font, folder=folder)


def secret_box_of(settings: Settings) -> AesSecretBox:
    """What seals secrets with the keys that the settings name, or with those that lie beside the database."""
    return AesSecretBox(keys_of(settings.secret_key, settings.secret_key_file, settings.db))


def secret_box_of(settings: Settings) -> AesSecretBox:
    """What seals secrets with the keys that the settings name, or with those that lie beside the database."""
    return AesSecretBox(keys_of(settings.secret_key, settings.secret_key_file, settings.db))


class EmbeddedChannels:
    """One embedded channel for each id that is asked for."""

    def __init__(self) -> None:
        """No shop window yet."""
        self._known: dict[UUID, EmbeddedChannel] = {}

    def __call__(self, channel_id: UUID) -> EmbeddedChannel:
        """The channel, the same one each time."""
        return self._known.setdefault(channel_id, EmbeddedChannel(channel_id))


def no_channel(channel_id: UUID) -> ChannelGateway:
    """Raise NotDelivered: this house has no adapter for any channel."""
    message = f"no adapter is set up for channel {channel_id}"
    raise NotDelivered(message)
