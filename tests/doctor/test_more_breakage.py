"""What the one breakage of a check does not show: second records, forged rows, edits past the log; and what stays quiet."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from tests.doctor.breakage import LONG_AGO, SOME_ID, edit
from tests.doctor.test_every_check import BY_ID

COPY_OF_LOG = (
    "INSERT INTO audit_log (seq, category, at, actor, actor_name, on_behalf_of, entry, address, agent, deed, outcome, reason,"
    " correlation, command, changes, previous_hash, hash) SELECT seq + 100000, category, at, actor, actor_name, on_behalf_of, entry,"
    " address, agent, deed, outcome, reason, correlation, command, changes, previous_hash, 'copy' FROM audit_log WHERE seq ="
    " (SELECT MIN(seq) FROM audit_log WHERE deed = '{}')"
)
FORGED_SESSION = (
    "INSERT INTO sessions (id, account_id, open_account_id, token_hash, created_at, expires_at, idle_s, last_seen_at, address, agent,"
    f" entry, revoked_at, end_reason) SELECT '{SOME_ID}', account_id, account_id, 'forged', created_at, expires_at, idle_s,"
    " last_seen_at, address, agent, entry, NULL, '' FROM sessions WHERE id = (SELECT id FROM sessions ORDER BY id LIMIT 1)"
)
MORE = {
    "a document whose moves nobody knows": ("D1", edit("timeline", "document = 'jar'", "document = 'order'", "document_id")),
    "a second record of one login": ("A3-logins", COPY_OF_LOG.format("open_session")),
    "a session that nobody logged in for": ("A3-logins", FORGED_SESSION),
    "a login recorded for somebody else": (
        "A3-logins",
        edit("audit_log", f"actor = '{SOME_ID}'", "deed = 'open_session'", "seq"),
    ),
    "a second record of one look": ("A3-shown", COPY_OF_LOG.format("reveal_customer")),
    "an export at another moment": ("A3-exported", edit("disclosures", f"at = {LONG_AGO}", "how = 'exported'")),
    "a look without its line": ("A3-disclosed", "DELETE FROM disclosures WHERE how = 'shown'"),
    "a role changed past the log": ("A3-versions", edit("accounts", "version = version + 1", "version > 1")),
    "a role made twice": ("A3-versions", COPY_OF_LOG.format("create_role")),
    "a key without a record": ("A3-versions", edit("audit_log", "changes = '[]'", "deed = 'issue_api_key'", "seq")),
    "a remark that was kept": ("P2-orders", edit("orders", "remark = 'call 王'", "recipient = '已注销'")),
}


@pytest.mark.parametrize("what", MORE)
def test_the_doctor_also_names(loose: Engine, what: str) -> None:
    check_id, breakage = MORE[what]
    search = BY_ID[check_id].search
    with loose.connect() as connection:
        assert list(search(connection)) == []
        assert connection.execute(text(breakage)).rowcount >= 1
        assert all(list(search(connection)) or [""])
        connection.rollback()


def test_an_order_under_way_keeps_its_receiver_though_the_buyer_is_erased(loose: Engine) -> None:
    kept = "SELECT COUNT(*) FROM orders JOIN customers ON customers.id = customer_id WHERE customers.state = 'erased' AND street <> ''"
    with loose.connect() as connection:
        assert connection.execute(text(kept)).scalar_one() > 0
        assert list(BY_ID["P2-orders"].search(connection)) == []
