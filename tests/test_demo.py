"""The demo's later stories: what they leave in the books, in the warehouse and on paper, and that money goes back once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from houtai.domain.refusal import Busy
from houtai.entrypoints.cli.main import houtai
from houtai.entrypoints.demo.play import Played
from tests.demo_shop import played
from tests.printing.samples import pictures, read_codes, texts_of

__all__ = ["played"]


def scene(played: Played, *words: str) -> str:
    """The one step whose words hold these."""
    (step,) = [step for step in played.steps if all(word in step.what for word in words)]
    return "; ".join((step.what, *step.documents, *step.stock, step.money, step.refused))


def test_every_order_that_was_confirmed_leaves_but_the_one_that_was_cancelled_on_the_way(played: Played) -> None:
    assert played.report.ok
    assert "order confirmed → released ×6" in scene(played, "gives every confirmed order")
    assert "order released → cancelled" in scene(played, "while it is on the cart")
    assert "outbound.intercepted" in scene(played, "at the bench all the same")
    assert "outbound order weighed → shipped ×5" in scene(played, "closes the manifest")
    assert "outbound order shipped → delivered ×5" in scene(played, "everything has arrived")


def test_a_tin_that_is_missing_is_doubted_found_elsewhere_counted_and_written_off(played: Played) -> None:
    assert "TEA-100@SH 60 on hand, 7 reserved, 1 in doubt" in scene(played, "finds one tin less")
    assert "outbound order picking → picked" in scene(played, "picks the rest")
    assert "new adjustment" in scene(played, "counts A-01-01-1")
    approved = scene(played, "the tin leaves stock")
    assert "TEA-100@SH 59 on hand, 7 reserved;" in approved
    assert "shrinkage 90.00" in approved


def test_a_parcel_out_of_tolerance_goes_back_or_on_by_another_persons_word(played: Played) -> None:
    assert "1140 g instead of 1270 g" in scene(played, "a small tin seems to be missing")
    assert "outbound order packed → picked" in scene(played, "sends it back to the bench")
    assert "forbidden" in scene(played, "tries to let it go on himself")
    assert "parcel sealed → weighed" in scene(played, "accepts the weight")


def test_the_journal_shows_cost_revenue_and_freight(played: Played) -> None:
    sale = scene(played, "reads the journal of")
    assert all(
        side in sale for side in ("Dr cogs 223.00", "Cr inventory 232.00", "Dr marketing 9.00", "Dr customer-deposits 407.00")
    )
    assert all(side in sale for side in ("Dr promotion-platform 125.00", "Cr revenue 532.00"))
    assert "Dr freight-cost 42.00, Cr freight-accrued 42.00" in scene(played, "what the carrier will bill")
    assert "freight-income -24.00" in scene(played, "closes the manifest")


def test_a_broken_pot_of_a_bundle_comes_back_and_its_money_goes_out_once_over_both_tenders(played: Played) -> None:
    assert "aftersales.not-eligible" in scene(played, "two pots paid back")
    quote = scene(played, "before anybody decides")
    assert all(told in quote for told in ("goods POT-ZISHA 179.76", "gift SPOON -9.00", "together 170.76"))
    assert "whoever made it cannot be the one who checks it" in scene(played, "tries to approve it herself")
    assert "claim applied → awaiting-return" in scene(played, "sees the same quote")
    unpacked = scene(played, "at the returns desk")
    assert all(told in unpacked for told in ("claim in-transit → received", "POT-ZISHA@SH 7 on hand, 1 to look at"))
    inspected = scene(played, "in pieces, a picture, scrap")
    assert all(told in inspected for told in ("claim received → refunding", "new refund ×2", "write-down 95.00"))
    assert "Cr customer-deposits 170.76, Dr sales-returns 229.00, Cr promotion-platform 58.24" in scene(played, "reads on")
    assert "refund submitted → succeeded" in scene(played, "instead of paying again")
    assert "claim refunding → completed" in scene(played, "instead of paying again")
    assert "refund" not in scene(played, "nothing happens any more").partition(";")[2].partition("cash")[0]
    assert "83.91 and 86.85 went out, once" in scene(played, "compares with the provider")


def test_a_tin_is_exchanged_through_a_wave_and_the_first_is_b_grade(played: Played) -> None:
    looked = scene(played, "B grade, worth less")
    assert all(told in looked for told in ("claim received → reshipping", "new outbound order", "1 reserved, 1 B grade"))
    assert "new return parcel" in scene(played, "that no claim has")
    assert "outbound order new → waved" in scene(played, "the replacement alone")
    left = scene(played, "hands it over: it is out of the stock")
    assert all(told in left for told in ("outbound order weighed → shipped", "claim reshipping → completed"))
    assert "Dr cogs 67.30, Cr inventory 67.30" in scene(played, "what the exchange cost")


def test_what_was_printed_lies_beside_the_database_and_is_read_back_from_paper(played: Played) -> None:
    assert played.folder is not None
    kinds = [name.rpartition("/")[2] for name in played.papers]
    counted = {
        kind: sum(name.startswith(kind) for name in kinds) for kind in ("express", "pick", "outbound", "summary", "handover")
    }
    assert counted == {"express": 7, "pick": 1, "outbound": 4, "summary": 1, "handover": 2}
    for name in played.papers:
        for dpi in (203, 300):
            for picture in pictures((played.folder / name).read_bytes(), dpi):
                (number,) = texts_of(read_codes(picture))
                assert number in name


def test_the_command_tells_the_same_as_one_document_and_makes_everything_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: Played
) -> None:
    monkeypatch.chdir(tmp_path)
    left_over = tmp_path / "houtai-demo.db-prints" / "labels" / "of-before.pdf"
    left_over.parent.mkdir(parents=True)
    left_over.touch()
    told = CliRunner().invoke(houtai, ["demo", "--json"], catch_exceptions=False)
    document = json.loads(told.stdout)
    assert (told.exit_code, document["doctor"]["ok"]) == (0, True)
    assert [step["scene"] for step in document["steps"]] == [step.scene for step in played.steps]
    assert document["papers"]["folder"] == "houtai-demo.db-prints"
    assert len(document["papers"]["files"]) == len(played.papers)
    assert not left_over.exists()


@pytest.mark.parametrize("db", ["sqlite:////no/such/folder/x.db", "postgresql://nobody@127.0.0.1:1/x"])
def test_a_database_that_cannot_be_used_is_told_plainly(db: str) -> None:
    with pytest.raises(Busy, match="cannot be used"):
        CliRunner().invoke(houtai, ["demo", "--db", db], catch_exceptions=False, standalone_mode=False)
