"""`houtai user`: accounts from the machine itself, for the first start and for whoever locked themselves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from houtai.domain.refusal import AlreadyExists, NotFound
from houtai.entrypoints.cli.house import act_of_shell, open_house, open_or_make_house, settings_for
from houtai.entrypoints.cli.options import as_json, database, say

if TYPE_CHECKING:
    from houtai.application.access.credentials import HandedOut
    from houtai.application.access.queries import AccountView
    from houtai.application.office import Office


@click.group("user")
def command() -> None:
    """Accounts from the machine itself: first owner, new password, cleared rules.

    Passwords are made here and shown once; none is ever taken from the command line. Everything is in the operation log.
    """


@command.command("first")
@click.option("--name", default="owner", show_default=True, help="The owner's login name.")
@database
@as_json
def first(name: str, db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Open the owner's account and show its one-time password; refused where the house has accounts already."""
    from houtai.entrypoints.cli.house import check_lasting

    check_lasting(db)
    with open_or_make_house(settings_for(db)) as container:
        handed_out = container.credentials().first_start(name)
        if handed_out is None:
            known = _accounts(container.office())
            raise AlreadyExists(what="account", key=known[-1].name)
    _show_password(handed_out, json_out=json_out)


@command.command("list")
@database
@as_json
def list_all(db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Show every account, the newest first."""
    from houtai.application.plain import to_plain

    with open_house(db) as container:
        accounts = _accounts(container.office())
    if json_out:
        say({"accounts": [to_plain(account) for account in accounts]}, "", json_out=True)
    else:
        _print_accounts(accounts)


@command.command("reset-password")
@click.argument("name")
@click.option("--without-codes", is_flag=True, help="Also switch one-time codes off, for a lost telephone.")
@database
@as_json
def reset_password(name: str, without_codes: bool, db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Give NAME a one-time password, show it once, and end their sessions and waits."""
    with open_house(db) as container:
        office = container.office()
        account = _account(office, name)
        act = act_of_shell(office, "reset from the command line")
        handed_out = container.credentials().reset_password(account.id, act, without_codes=without_codes)
    _show_password(handed_out, json_out=json_out)


@command.command("clear-rules")
@click.argument("name")
@click.option("--with-roles", is_flag=True, help="Also clear the rules of NAME's roles, for everybody who holds them.")
@database
@as_json
def clear(name: str, with_roles: bool, db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Let NAME log in from every network again, and lift the waits after wrong passwords."""
    from houtai.application.access.clear_rules import ClearRules, clear_rules

    with open_house(db) as container:
        office = container.office()
        cmd = ClearRules(_account(office, name).id, with_roles)
        cleared = office.perform(clear_rules, cmd, act_of_shell(office, "cleared from the command line"))
    lines = [f"{cleared.account.name} may log in from every network that their roles let in."]
    lines += [f"The rule of the role {role} is cleared for everybody who holds it." for role in cleared.cleared_roles]
    lines += [f"The rule of the role {role} still holds; --with-roles clears it." for role in cleared.ruling_roles]
    answer = {
        "name": cleared.account.name,
        "cleared_roles": list(cleared.cleared_roles),
        "ruling_roles": list(cleared.ruling_roles),
    }
    say(answer, "\n".join(lines), json_out=json_out)


@command.command("reseal")
@database
@as_json
def reseal_all(db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Seal the secrets of one-time codes and webhooks anew under the first key; afterwards the older keys can go."""
    from houtai.application.access.reseal import reseal
    from houtai.application.webhooks.reseal import reseal_all_webhooks

    with open_house(db) as container:
        office = container.office()
        act = act_of_shell(office, "sealed anew from the command line")
        count = reseal(office, container.secret_box(), act) + reseal_all_webhooks(office, container.secret_box(), act)
    say({"resealed": count}, f"{count} secrets were sealed anew; all lie under the first key.", json_out=json_out)


@command.command("disable")
@click.argument("name")
@click.option("--reason", default="", help="Why; it stands in the operation log.")
@database
@as_json
def disable(name: str, reason: str, db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Close the door on NAME: their sessions end at once and their keys open nothing any more."""
    from houtai.application.access.change_account import disable_account

    _move(disable_account, name, reason, db, json_out=json_out)


@command.command("enable")
@click.argument("name")
@click.option("--reason", default="", help="Why; it stands in the operation log.")
@database
@as_json
def enable(name: str, reason: str, db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Open the door to NAME again."""
    from houtai.application.access.change_account import enable_account

    _move(enable_account, name, reason, db, json_out=json_out)


def _move(use_case: Any, name: str, reason: str, db: str, *, json_out: bool) -> None:
    from houtai.application.access.change_account import MoveAccount

    with open_house(db) as container:
        office = container.office()
        account = _account(office, name)
        moved = office.perform(use_case, MoveAccount(account.id, account.version, reason), act_of_shell(office, reason))
    say({"name": moved.name, "state": moved.state.value}, f"{moved.name} is {moved.state.value}.", json_out=json_out)


def _accounts(office: Office) -> list[AccountView]:
    """Every account, the newest first."""
    from houtai.application.access.queries import ListAccounts, list_accounts
    from houtai.application.paging import MAX_LIMIT, Page

    found: list[AccountView] = []
    page = Page(limit=MAX_LIMIT)
    while True:
        part = office.ask(list_accounts, ListAccounts(page), act_of_shell(office))
        found += part.items
        if not part.has_more:
            return found
        page = Page(limit=MAX_LIMIT, cursor=part.next_cursor)


def _account(office: Office, name: str) -> AccountView:
    """The account of that login name, however it is typed. Raises NotFound."""
    from houtai.domain.access.account import fold_name

    for account in _accounts(office):
        if account.name == fold_name(name):
            return account
    raise NotFound(what="account", key=name)


def _show_password(handed_out: HandedOut, *, json_out: bool) -> None:
    name, until = handed_out.account.name, handed_out.account.one_time_until
    lines = [f"{name} logs in with this password and chooses another within the hour:", "", f"    {handed_out.password}", ""]
    lines.append("It is shown only here." + (f" It ends at {until:%Y-%m-%d %H:%M} UTC." if until else ""))
    answer = {"name": name, "one_time_password": handed_out.password, "valid_until": until.isoformat() if until else None}
    say(answer, "\n".join(lines), json_out=json_out)


def _print_accounts(accounts: list[AccountView]) -> None:
    from rich.table import Table
    from rich.text import Text

    from houtai.entrypoints.cli.screen import Screen

    table = Table("Name", "Called", "State", "Roles", "Networks", "Codes", "Password")
    for account in accounts:
        table.add_row(
            Text(account.name),
            Text(account.display_name),
            account.state.value,
            str(len(account.roles)),
            Text(", ".join(account.networks) or "all"),
            "on" if account.codes_on else "off",
            "one-time" if account.must_change_password else "own",
        )
    Screen(highlight=False).print(table)
