"""The demo's stage: one house with its development ends, a clock that the story moves, and a witness of every deed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs

from houtai.adapters.carriers.embedded import EmbeddedCarrier
from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.application.deliveries import Outside
from houtai.application.paging import MAX_LIMIT, Page
from houtai.application.payments.notices import ReceiveNotice, receive_notice
from houtai.application.permission import needs
from houtai.application.relay import Relay
from houtai.domain.act import Act, Entry, Origin
from houtai.domain.ids import PaymentId, SkuId
from houtai.domain.inventory.stock import Stock
from houtai.domain.money import Money
from houtai.domain.refusal import Refusal
from houtai.entrypoints.container import house
from houtai.entrypoints.ends import print_folder
from houtai.entrypoints.settings import Settings

C = TypeVar("C")
R = TypeVar("R")

PROVIDER: Final = "embedded"
SHOWN_ACCOUNTS: Final = (
    *("cash", "channel-clearing", "customer-deposits", "refund-payable", "inventory", "opening", "shrinkage"),
    *(
        "revenue",
        "sales-returns",
        "write-down",
        "freight-income",
        "promotion-platform",
        "cogs",
        "marketing",
        "freight-cost",
        "freight-accrued",
    ),
)


class StoryClock:
    """A clock that begins some hours ago and moves with the story, so that nothing lies in the future when it ends."""

    def __init__(self, start: dt.datetime) -> None:
        """It is `start`."""
        self._moment = start

    def now(self) -> dt.datetime:
        """The story's moment."""
        return self._moment

    def advance(self, **span: int) -> None:
        """Move on by a timedelta's keywords."""
        self._moment += dt.timedelta(**span)


@attrs.frozen
class Step:
    """One step of the story as it is told."""

    number: int
    scene: str
    who: str
    what: str
    documents: tuple[str, ...]
    stock: tuple[str, ...]
    money: str
    refused: str = ""


@needs("inventory.read")
def _stocks(views: Any, skus: frozenset[SkuId], _: Act) -> list[Stock]:
    """The stock of these SKUs in every warehouse."""
    return [stock for stock in views.stocks.page(Page(MAX_LIMIT)).items if stock.sku_id in skus]


@needs("ledger.read")
def _totals(views: Any, _: None, __: Act) -> dict[str, int]:
    """What stands on each account code."""
    totals: dict[str, int] = {}
    for account, balance in views.sum_rows("balances").items():
        totals[account.code.value] = totals.get(account.code.value, 0) + balance
    return totals


@needs("access.log.read")
def _log_after(views: Any, seq: int, _: Act) -> list[Any]:
    """The operation log behind a row."""
    return list(views.audit_chain(after_seq=seq))


class Stage:
    """Everything the stories need: staff by name, deeds that are witnessed, a buyer's wallet and the passing of time."""

    def __init__(self, url: str, start: dt.datetime) -> None:
        """Open the house behind `url` at the story's `start`."""
        self.clock = StoryClock(start)
        settings = Settings(db=url)
        self.folder = print_folder(settings)  # where printed files lie; None for nowhere
        self.container = house(settings)
        self.container.clock.override(self.clock)
        self.office = self.container.office()
        self.gateway = EmbeddedGateway(self.clock, secret=b"the demo's own secret, known to nobody else", name=PROVIDER)
        self.carrier = EmbeddedCarrier(self.clock, secret=b"the demo's other secret, known to nobody else")
        self.channels: dict[UUID, EmbeddedChannel] = {}
        carriers = {self.carrier.name: self.carrier}
        outside = Outside(
            self.office,
            {PROVIDER: self.gateway},
            lambda channel: self.channels[channel],
            carriers=carriers,
            press=self.container.press(),
        )
        self._relay = Relay(self.office, outside.deliverers(), jitter=random.Random(7).randrange)  # noqa: S311  # only spreads retries
        self.steps: list[Step] = []
        self.scene = ""
        self.codes: dict[UUID, str] = {}  # what people call SKUs and warehouses
        self._seen = 0
        self._tokens: dict[str, str] = {}

    def close(self) -> None:
        """Let go of the database."""
        self.gateway.close()
        self.carrier.close()
        self.office.close()

    def house(self) -> Act:
        """The house acting by itself."""
        self.clock.advance(seconds=7)
        return Act.of_system(self.clock.now(), reason="demo")

    def enrol(self, name: str, token: str) -> None:
        """Remember a member of staff by the session that they logged into."""
        self._tokens[name] = token

    def act(self, name: str) -> Act:
        """The next deed of a member of staff, with the rights of this moment."""
        self.clock.advance(seconds=7)
        return self.container.authenticator().act_of_token(self._tokens[name], Origin(Entry.COMMAND_LINE))

    def tell(self, who: str, what: str, deed: Callable[[], R], *, skus: Iterable[SkuId] = ()) -> R:
        """Do the deed and note the step; its refusals go through."""
        result = deed()
        self._note(who, what, skus)
        return result

    def refuse(self, who: str, what: str, deed: Callable[[], Any], *expected: type[Refusal], skus: Iterable[SkuId] = ()) -> Any:
        """Do what must be refused, note the refusal's own words, and give the refusal back."""
        try:
            deed()
        except expected as refusal:
            self._note(who, what, skus, refused=f"{refusal.code}: {refusal}")
            return refusal
        names = ", ".join(kind.__name__ for kind in expected)
        message = f"the story expected {names}: {what}"
        raise AssertionError(message)

    def deliver(self) -> None:
        """Bring everything in the outbox to its receivers."""
        self._relay.run_until_idle()

    def buyer_pays(self, payment: PaymentId, amount: Money | None = None, *, copies: int = 1) -> list[Any]:
        """The buyer pays at the provider, which calls back signed, `copies` times; what became of each notice."""
        self.gateway.pay(payment, amount)
        return self.callbacks(copies=copies)

    def callbacks(self, *, copies: int = 1) -> list[Any]:
        """Take in what the provider calls back with, through its signature."""
        answers = []
        for callback in self.gateway.callbacks(copies=copies):
            self.clock.advance(seconds=2)
            notice = self.gateway.parse_notice(callback.raw, callback.headers, self.clock.now())
            act = attrs.evolve(Act.of_system(self.clock.now(), Entry.WEBHOOK), name=PROVIDER)
            answers.append(self.office.perform(receive_notice, ReceiveNotice(PROVIDER, self.gateway.recipient, notice), act))
        return answers

    def _note(self, who: str, what: str, skus: Iterable[SkuId], refused: str = "") -> None:
        reader = Act.of_system(self.clock.now())
        entries = self.office.ask(_log_after, self._seen, reader)
        self._seen = entries[-1].seq if entries else self._seen
        documents = _moved([change for sealed in entries for change in sealed.entry.changes])
        watched = frozenset(skus)
        stock = [self._stock_text(one) for one in self.office.ask(_stocks, watched, reader)] if watched else []
        stock += [text for sku in watched if len(watched) == 1 for text in self._shown_text(sku)]
        totals = self.office.ask(_totals, None, reader)
        money = " · ".join(f"{code} {amount(totals[code])}" for code in SHOWN_ACCOUNTS if totals.get(code))
        step = Step(len(self.steps) + 1, self.scene, who, what, documents, tuple(stock), money, refused)
        self.steps.append(step)

    def _stock_text(self, stock: Stock) -> str:
        code = self.codes.get(stock.sku_id, str(stock.sku_id))
        place = self.codes.get(stock.warehouse_id, "")
        qty_by_word = {
            "reserved": stock.reserved_qty,
            "held": stock.held_qty,
            "owed": stock.owed_qty,
            "in doubt": stock.frozen_qty,
            "to look at": stock.return_pending_qty,
            "B grade": stock.b_grade_qty,
        }
        parts = [f"{qty} {what}" for what, qty in qty_by_word.items() if qty]
        return ", ".join([f"{code}@{place} {stock.sellable_qty} on hand", *parts])

    def _shown_text(self, sku: SkuId) -> list[str]:
        """What the channels' shop windows show of the SKU."""
        shown = [channel.stock[str(sku)].qty for channel in self.channels.values() if str(sku) in channel.stock]
        return [f"{self.codes[sku]} shown for sale: {' / '.join(map(str, shown))}"] if shown else []


def amount(minor: int) -> str:
    """So many fen as yuan, without their name: the stories know one currency only."""
    return str(Money(minor, "CNY")).removesuffix(" CNY")


def _one(record: str) -> str:
    """The name of a kind of record for a single one: orders, price_sheets, categories."""
    plain = record.replace("_", " ")
    if plain.endswith("ies"):
        return f"{plain[:-3]}y"
    return plain.removesuffix("es") if plain.endswith("xes") else plain.removesuffix("s")


def _moved(changes: list[dict[str, Any]]) -> tuple[str, ...]:
    """What happened to documents: those that went to another state, and how many came into being."""
    counted: dict[str, int] = {}
    for change in changes:
        name = _one(change["record"])
        if "added" in change:
            counted[f"new {name}"] = counted.get(f"new {name}", 0) + 1
        elif "state" in change["after"]:
            move = f"{name} {change['before']['state']} → {change['after']['state']}"
            counted[move] = counted.get(move, 0) + 1
    ordered = sorted(counted.items(), key=lambda item: item[0].startswith("new "))
    return tuple(what if count == 1 else f"{what} ×{count}" for what, count in ordered)
