"""The chart of accounts, and the key under which each account has its balance."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.money import Money


class AccountKind(enum.Enum):
    """Where an account stands in the statements; assets and expenses grow on the debit side, the others on the credit side."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"

    @property
    def debit_normal(self) -> bool:
        """Whether its usual balance is a debit (positive here)."""
        return self in (AccountKind.ASSET, AccountKind.EXPENSE)


class AccountCode(enum.Enum):
    """Every account of the house. An amount is kept per code, party and currency."""

    CASH = "cash"  # at a payment provider or in the till; party provider:<name>
    BANK = "bank"
    CHANNEL_CLEARING = "channel-clearing"  # collected by a sales channel, not yet paid out; party channel:<id>
    SUBSIDY_RECEIVABLE = "subsidy-receivable"  # a discount that a platform pays for
    ACCOUNTS_RECEIVABLE = "accounts-receivable"
    MERCHANT_RECEIVABLE = "merchant-receivable"
    SUPPLIER_RECEIVABLE = "supplier-receivable"
    CARRIER_RECEIVABLE = "carrier-receivable"
    PREPAID = "prepaid"
    INVENTORY = "inventory"
    IN_TRANSIT = "in-transit"
    INPUT_TAX = "input-tax"
    EXCHANGE = "exchange"  # the one account through which money changes its currency (M12)
    SUSPENSE = "suspense"  # money whose owner is not known yet

    CUSTOMER_DEPOSITS = "customer-deposits"  # paid, not yet delivered; party customer:<id>
    REFUND_PAYABLE = "refund-payable"
    GRNI = "grni"  # goods received, not invoiced
    ACCOUNTS_PAYABLE = "accounts-payable"
    MERCHANT_PAYABLE = "merchant-payable"
    MERCHANT_DEPOSITS = "merchant-deposits"
    STORED_VALUE = "stored-value"  # gift cards and balances
    POINTS_LIABILITY = "points-liability"  # what customers' points are worth; party customer:<id>
    OUTPUT_TAX = "output-tax"
    FREIGHT_ACCRUED = "freight-accrued"

    OPENING = "opening"

    REVENUE = "revenue"
    SALES_RETURNS = "sales-returns"
    FREIGHT_INCOME = "freight-income"
    COMMISSION_INCOME = "commission-income"
    PENALTY_INCOME = "penalty-income"
    POINTS_EXPIRED = "points-expired"  # the worth of points that nobody spent in time
    COUNT_GAIN = "count-gain"
    EXCHANGE_GAIN = "exchange-gain"

    COGS = "cogs"
    PROMOTION_PLATFORM = "promotion-platform"
    PROMOTION_MERCHANT = "promotion-merchant"
    PROMOTION_SUPPLIER = "promotion-supplier"
    PROMOTION_CHANNEL = "promotion-channel"
    MARKETING = "marketing"
    FREIGHT_COST = "freight-cost"
    CHANNEL_FEES = "channel-fees"
    PRICE_VARIANCE = "price-variance"
    SHRINKAGE = "shrinkage"
    WRITE_DOWN = "write-down"
    INTERNAL_USE = "internal-use"
    DONATIONS = "donations"
    EXCHANGE_LOSS = "exchange-loss"

    @property
    def kind(self) -> AccountKind:
        """Asset, liability, equity, income or expense."""
        return _KINDS[self]


_GROUPS: Mapping[AccountKind, tuple[str, str]] = {  # first and last account of each kind, in the order above
    AccountKind.ASSET: ("CASH", "SUSPENSE"),
    AccountKind.LIABILITY: ("CUSTOMER_DEPOSITS", "FREIGHT_ACCRUED"),
    AccountKind.EQUITY: ("OPENING", "OPENING"),
    AccountKind.INCOME: ("REVENUE", "EXCHANGE_GAIN"),
    AccountKind.EXPENSE: ("COGS", "EXCHANGE_LOSS"),
}
_ORDER = list(AccountCode)
_KINDS = {
    code: kind
    for kind, (first, last) in _GROUPS.items()
    for code in _ORDER[_ORDER.index(AccountCode[first]) : _ORDER.index(AccountCode[last]) + 1]
}


@attrs.frozen(order=False)
class AccountKey:
    """One account: its code, whose it is (``channel:<id>``, ``customer:<id>``, empty for the house) and its currency."""

    code: AccountCode
    party: str = attrs.field(validator=limits.text(0, 64))
    currency: str

    def __attrs_post_init__(self) -> None:
        Money.zero(self.currency)  # refuses what is no currency

    @property
    def sort_key(self) -> str:
        """What balances are listed by."""
        return f"{self.code.value}|{self.party}|{self.currency}"


def party(kind: str, whose: UUID | str) -> str:
    """The name of an account's owner, for example ``customer:0192…``."""
    return f"{kind}:{whose}"
