"""One request to an endpoint over real sockets: what is an answer, what ends at the deadline, and what is never called."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from houtai.adapters.webhooks.post import HttpPost, Where, look_up
from houtai.domain.webhooks.address import LOOPBACK, UrlRules
from houtai.domain.webhooks.delivery import MAX_EXCERPT, Heard
from tests.webhooks.hooks import AT_HOME
from tests.webhooks.receiver import Answer, Receiver, certificate, receiving

HEADERS = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,x v1,y"}
BODY = b'{"type":"order.placed"}'
SHORT_S = 0.4


def posted(url: str, deadline_s: float = 5, rules: UrlRules = AT_HOME) -> Heard:
    return HttpPost(rules, deadline_s=deadline_s)(url, HEADERS, BODY)


def test_the_body_and_the_headers_arrive_as_they_are(receiver: Receiver) -> None:
    heard = posted(receiver.url(path="/hook?a=1"))
    (request,) = receiver.seen
    assert (heard.status, heard.ok, heard.excerpt, heard.problem) == (200, True, "thanks", "")
    assert (request.path, request.body) == ("/hook?a=1", BODY)
    assert HEADERS.items() <= request.headers.items()
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize(
    ("status", "ok"), [(200, True), (204, True), (299, True), (400, False), (404, False), (410, False), (500, False)]
)
def test_two_hundreds_are_taken_and_nothing_else(receiver: Receiver, status: int, ok: bool) -> None:  # a table
    receiver.answers[0] = Answer(status, body=b"")
    heard = posted(receiver.url())
    assert (heard.status, heard.ok) == (status, ok)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_58_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver, status: int) -> None:
    with receiving() as elsewhere:
        for target in ("http://169.254.169.254/latest/meta-data", elsewhere.url(), "file:///etc/passwd"):
            receiver.answers[0] = Answer(status, (("Location", target),))
            heard = posted(receiver.url())
            assert (heard.status, heard.ok) == (status, False)
        assert elsewhere.seen == []
    assert len(receiver.seen) == 3


@pytest.mark.parametrize("answer", [Answer(after_s=30), Answer(hang_up=True)])
def test_who_does_not_answer_has_not_taken_it(receiver: Receiver, answer: Answer) -> None:
    receiver.answers[0] = answer
    begun = time.monotonic()
    heard = posted(receiver.url(), SHORT_S)
    assert (heard.status, heard.ok) == (None, False)
    assert heard.problem.startswith("no answer")
    assert time.monotonic() - begun < 10 * SHORT_S


def test_a_slow_answer_within_the_deadline_counts(receiver: Receiver) -> None:
    receiver.answers[0] = Answer(after_s=0.3)
    heard = posted(receiver.url())
    assert heard.ok
    assert heard.latency_ms >= 300


def test_a_body_that_never_ends_costs_no_more_than_the_deadline_and_its_status_counts(receiver: Receiver) -> None:
    receiver.answers[0] = Answer(body=b"x", drip=True)
    begun = time.monotonic()
    heard = posted(receiver.url(), SHORT_S)
    assert heard.status == 200
    assert time.monotonic() - begun < 10 * SHORT_S


def test_a_head_that_drips_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def drip() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65_536)
                while not done.wait(0.05):
                    try:
                        line.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        begun = time.monotonic()
        heard = posted(f"http://127.0.0.1:{server.getsockname()[1]}/", SHORT_S)
        done.set()
        thread.join()
    assert heard.problem == f"no answer within {SHORT_S} s"
    assert time.monotonic() - begun < 10 * SHORT_S


def test_of_a_long_answer_the_beginning_is_kept_without_control_characters(receiver: Receiver) -> None:
    receiver.answers[0] = Answer(500, body=b"\x1b[2Jerror \xe8\x8c\xb6 \xff" + b"x" * 200_000)
    heard = posted(receiver.url())
    assert len(heard.excerpt) == MAX_EXCERPT
    assert heard.excerpt.startswith("�[2Jerror 茶 �xxx")


@pytest.mark.parametrize(
    ("told", "wait_s"),
    [("120", 120), ("0", 0), ("-5", 0), ("soon", 0), ("", 0), ("99999999999", 86_400), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
def test_how_long_it_asks_us_to_wait_is_heard(receiver: Receiver, told: str, wait_s: int) -> None:
    receiver.answers[0] = Answer(503, (("Retry-After", told),))
    assert posted(receiver.url()).wait_s == wait_s


def test_a_moment_to_come_is_a_wait_as_well(receiver: Receiver) -> None:
    receiver.answers[0] = Answer(503, (("Retry-After", "Wed, 21 Oct 2099 07:28:00 GMT"),))
    assert posted(receiver.url()).wait_s == 86_400


@pytest.mark.parametrize(
    "told", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200]
)
def test_what_is_no_answer_is_told_by_its_kind(told: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65_536)
                line.sendall(told)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        heard = posted(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    assert (heard.status, heard.problem.startswith("no answer: ")) == (None, True)


def test_nobody_there_is_an_outcome() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert posted(f"http://127.0.0.1:{port}/").problem == "no answer: ConnectionRefusedError"


# -- where it goes


class Names:
    """A resolver that answers as told, in turn, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[Where]:
        self.asked.append(host)
        told = self.answers.pop(0)
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, one) for one in told]


def test_58_a_name_is_looked_up_once_and_called_where_it_was_found(tmp_path: Path) -> None:
    """DNS rebinding: the name leads outside when it is looked at, and inside a moment later."""
    shows, believes = certificate(tmp_path, "erp.example.com")
    with receiving("127.0.0.2", shows) as outside:
        names = Names(["127.0.0.2"], ["127.0.0.1"])
        post = HttpPost(UrlRules(("127.0.0.2/32",)), resolve=names, trusted=believes)
        first, second = (post(outside.url("erp.example.com", scheme="https"), HEADERS, BODY) for _ in range(2))
    assert (first.status, names.asked) == (200, ["erp.example.com"] * 2)
    assert second.problem == "erp.example.com may not be called: it lies in a network that is not public"
    assert len(outside.seen) == 1


def test_the_server_hears_its_own_name_and_has_to_prove_it(tmp_path: Path) -> None:
    shows, believes = certificate(tmp_path, "erp.example.com")
    with receiving(tls=shows) as there:
        post = HttpPost(AT_HOME, resolve=Names(["127.0.0.1"], ["127.0.0.1"]), trusted=believes)
        taken = post(there.url("erp.example.com", scheme="https"), HEADERS, BODY)
        other = post(there.url("shop.example.com", scheme="https"), HEADERS, BODY)
    assert (taken.status, there.names[0], there.seen[0].headers["host"]) == (
        200,
        "erp.example.com",
        f"erp.example.com:{there.port}",
    )
    assert other.problem.startswith("no answer: certificate not trusted: Hostname mismatch")
    assert len(there.seen) == 1


def test_a_certificate_that_nobody_signed_is_not_believed(tmp_path: Path) -> None:
    shows, _ = certificate(tmp_path, "127.0.0.1")
    with receiving(tls=shows) as there:
        heard = posted(there.url(scheme="https"))
    assert heard.problem.startswith("no answer: certificate not trusted")
    assert there.seen == []


def test_one_that_takes_the_line_and_never_shakes_hands_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        begun = time.monotonic()
        heard = posted(f"https://127.0.0.1:{server.getsockname()[1]}/", SHORT_S)
    assert heard.problem == f"no answer within {SHORT_S} s"
    assert time.monotonic() - begun < 10 * SHORT_S


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "127.0.0.1"],
        ["2606:4700::1111", "::ffff:10.0.0.1"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["fe80::1%eth0"],
        ["fd00:ec2::254"],
        ["0.0.0.0"],  # not bound to
        ["224.0.0.1"],
    ],
)
def test_58_a_name_with_one_address_inside_is_not_called_at_all(found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _line, where: called.append(where))
    heard = HttpPost(resolve=Names(found))("https://erp.example.com/", HEADERS, BODY)
    assert heard.problem == "erp.example.com may not be called: it lies in a network that is not public"
    assert called == []


def test_58_what_was_allowed_when_it_was_set_up_is_looked_at_again(receiver: Receiver) -> None:
    heard = posted(receiver.url(), rules=UrlRules())
    assert heard.problem == "the URL must begin with https://"
    assert receiver.seen == []


def test_plain_http_to_a_name_that_leads_elsewhere_is_not_called() -> None:
    post = HttpPost(UrlRules((*LOOPBACK, "10.0.0.0/8"), http_at_home=True), resolve=Names(["10.0.0.1"]))
    assert "plain http goes nowhere else" in post("http://localhost/", HEADERS, BODY).problem


def test_the_next_address_is_tried_where_the_first_takes_nothing(receiver: Receiver) -> None:
    post = HttpPost(AT_HOME, resolve=Names(["127.0.0.9", "127.0.0.1"]))
    assert post(receiver.url("localhost"), HEADERS, BODY).ok


def test_a_name_that_nobody_knows_and_one_without_an_address_are_outcomes() -> None:
    def unknown(host: str, port: int) -> Sequence[Where]:
        raise socket.gaierror(-2, "Name or service not known")

    assert HttpPost(resolve=unknown)("https://no.example.com/", {}, b"").problem == "no.example.com has no address: gaierror"
    assert HttpPost(resolve=Names([]))("https://no.example.com/", {}, b"").problem == "no.example.com has no address"


def test_a_resolver_that_hangs_ends_at_the_deadline() -> None:
    done = threading.Event()

    def hangs(host: str, port: int) -> Sequence[Where]:
        done.wait(10)
        return ()

    heard = HttpPost(deadline_s=SHORT_S, resolve=hangs)("https://slow.example.com/", {}, b"")
    done.set()
    assert heard.problem == f"slow.example.com was not looked up within {SHORT_S} s"


def test_the_machines_resolver_tells_each_address_once() -> None:
    found = look_up("localhost", 80)
    assert len(set(found)) == len(found) >= 1
    assert all(LOOPBACK and AT_HOME.why_closed(address) == "" for _, address in found)
