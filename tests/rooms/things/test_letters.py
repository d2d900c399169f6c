"""Letters and visits: entered with their pages, scanned in piles, answered by letter; what comes back is called."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests import scans_ground as paper
from tests import town_ground as towns
from tests.town_ground import Town, row, text_of

from minsheng.cases.incoming import bulk, watched
from minsheng.cases.incoming.models import Incoming, SeparatorSheet
from minsheng.core.files import places
from minsheng.core.files import queries as files
from minsheng.core.ledger import verification
from minsheng.core.ledger.models import Event
from minsheng.core.messages import onward, sending
from minsheng.core.messages.models import Message
from minsheng.domain.actors import SYSTEM
from minsheng.gateways.media import scans

PHONE, NAME, HOME = "19900001234", "陆晓禾", "澄江街道桃源路 1 号 2 幢 301 室"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None], tmp_path: Path, settings: LazySettings) -> Town:
    settings.FILES_FOLDER, settings.DEMO = tmp_path / "files", True
    return towns.build("jiangyin", test_clock)


def upload(content: bytes, name: str = "扫描.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def enter(town: Town, *scanned: bytes, role: str = "seat", **fields: Any) -> Any:
    """Send the form of a letter, as a desk does."""
    given = {
        "key": str(uuid4()), "channel": "letter", "arrived_on": f"{town.now:%Y-%m-%d}", "from_name": NAME,
        "phone": PHONE, "address": HOME, "text": "人民路路灯坏了三天", "shelf": "甲-17", **fields,
    }  # fmt: skip
    return town.desk(role).post("/letters/new", {**given, "scans": [upload(each) for each in scanned]})


def kept(found: Incoming) -> list[bytes]:
    """Return the files of something that came."""
    return [places.store().open(each.digest).read() for each in files.of_stream(f"incoming/{found.pk}")]


def pages(pdf: bytes) -> int:
    return len(list(scans.pictures(pdf)))


@pytest.mark.clause("JY-2a")
def test_letter_is_entered_once_with_its_pages_and_its_number_of_the_year(town: Town) -> None:
    key = str(uuid4())
    scanned = paper.jpeg(paper.letter("信封")), paper.tiff([paper.letter("一"), paper.letter("二")])
    answers = [enter(town, *scanned, key=key) for _ in range(2)]
    visit = enter(town, channel="visit", role="office")

    assert [each.status_code for each in (*answers, visit)] == [302, 302, 302]
    letter, visited = Incoming.objects.order_by("id")
    assert (letter.number, visited.number) == ("信函〔2026〕1号", "来访〔2026〕1号")
    assert (letter.channel, letter.status, visited.channel) == ("letter", "WAITING", "visit")
    assert [pages(each) for each in kept(letter)] == [3]
    page = text_of(town.desk("seat").get(f"/things/incoming/{letter.pk}/"))
    assert ("甲-17" in page, "人民路路灯坏了三天" in page) == (True, True)
    assert not any(each in page for each in (PHONE, NAME, "桃源路"))
    assert all(each.changed == 0 for each in verification.rebuild(check=True).values())


def test_sender_of_a_letter_stands_nowhere_in_clear(town: Town) -> None:
    enter(town)
    told = "".join(str(each) for each in Event.objects.values_list("body", flat=True))
    rows = str(list(Incoming.objects.values()))

    assert not any(each in told + rows for each in (PHONE, NAME, HOME))


@pytest.mark.parametrize(
    ("content", "fields", "said"),
    [
        (b"hello", {}, "扫描件不能读取"),
        (None, {"arrived_on": "2126-01-01"}, "还没有到"),
        (None, {"channel": ""}, "请填写"),
    ],
)
def test_letter_that_is_not_right_changes_nothing(
    town: Town, content: bytes | None, fields: dict[str, str], said: str
) -> None:
    answer = enter(town, *([content] if content is not None else []), **fields)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Incoming.objects.exists()


def test_only_seats_and_the_office_enter_letters(town: Town) -> None:
    assert enter(town, role="auditor").status_code == 403
    assert town.desk("dispatcher").get("/letters/outgoing").status_code == 403
    assert town.desk("auditor").post("/letters/scans").status_code == 403


def sheets(town: Town, count: int) -> list[Image.Image]:
    """Return printed sheets as a scanner sees them."""
    answer = town.desk("seat").post("/letters/sheets.pdf", {"count": count})
    assert answer["Content-Type"] == "application/pdf"
    return [paper.scanned(each, turned=1) for each in paper.pages_of(answer.content)]


def pile(town: Town, *lain: Image.Image) -> Any:
    return town.desk("seat").post("/letters/scans", {"scan": upload(paper.tiff(lain), "scan.tif")})


def letters(*said: str) -> list[Image.Image]:
    return [paper.scanned(paper.letter(each)) for each in said]


def standing() -> list[tuple[str, str, list[int]]]:
    """Return what came: why a person looks, and the pages of its files."""
    return [(each.note, each.number, [pages(x) for x in kept(each)]) for each in Incoming.objects.order_by("id")]


def test_pile_of_three_letters_is_parted_at_its_sheets_and_known_when_it_comes_again(town: Town) -> None:
    first, second = sheets(town, 2)
    one, two, three = letters("一", "二之一", "二之二")
    zero = letters("夹在最前的信")[0]
    lain = (zero, first, one, second, two, three)

    assert [pile(town, *lain).status_code for _ in range(2)] == [302, 302]
    assert standing() == [
        ("sheet_missing", "信函〔2026〕1号", [1]), ("", "信函〔2026〕2号", [1]), ("", "信函〔2026〕3号", [2]),
    ]  # fmt: skip
    used = SeparatorSheet.objects.order_by("id")
    assert [each.number for each in used] == ["2026-000001", "2026-000002"]
    assert [each.incoming for each in used] == list(Incoming.objects.order_by("id").values_list("pk", flat=True)[1:])
    page = text_of(town.desk("seat").get(f"/things/incoming/{used[0].incoming}/"))
    assert "2026-000001" in page


def test_sheet_that_is_used_unreadable_or_without_a_letter_is_held_with_its_page(town: Town) -> None:
    first, second = sheets(town, 2)
    pile(town, first, *letters("一"))
    smeared = second.copy()
    for corner in ((180, 180), (690, 180), (180, 1190), (690, 1190)):
        smeared.paste(255, (*corner, corner[0] + 365, corner[1] + 365))

    pile(town, first, *letters("又一"), smeared, *letters("二", "三"), second)

    assert [(note, count) for note, _, count in standing()] == [
        ("", [1]), ("sheet_used", [2]), ("sheet_unread", [3]), ("sheet_empty", [1]),
    ]  # fmt: skip


def test_sheet_of_another_city_opens_nothing(town: Town) -> None:
    from minsheng.cases.incoming import sheets as own

    (foreign,) = [paper.scanned(each) for each in paper.pages_of(own.printed(1, city="suqian", by="", now=town.now))]
    pile(town, foreign, *letters("一"))

    assert [(note, count) for note, _, count in standing()] == [("sheet_foreign", [2])]


def test_too_many_sheets_and_no_file_are_refused_with_what_to_do(town: Town) -> None:
    desk = town.desk("seat")

    many, none = desk.post("/letters/sheets.pdf", {"count": "101"}), desk.post("/letters/scans")

    assert ("1 至 100 张" in text_of(many), "一页也没有" in text_of(none)) == (True, True)
    assert not SeparatorSheet.objects.exists()


def test_letter_too_large_for_one_file_is_kept_in_several(town: Town, settings: LazySettings) -> None:
    lain = letters("一", "二", "三")
    content = paper.tiff(lain)
    whole = scans.pdf_of([content])
    settings.UPLOAD_LIMITS = {**settings.UPLOAD_LIMITS, "file": int(len(whole) * 0.7)}

    bulk.receive(content, city=town.code, by=SYSTEM, arrived_on=town.now.date(), now=town.now)

    assert sorted(pages(each) for each in kept(Incoming.objects.get())) == [1, 2]


def test_watched_folder_is_emptied_and_what_cannot_be_read_is_told_to_a_seat(
    town: Town, settings: LazySettings, tmp_path: Path
) -> None:
    folder = tmp_path / "scans" / town.code
    folder.mkdir(parents=True)
    settings.SCANS_FOLDER = str(tmp_path / "scans")
    (folder / "good.tif").write_bytes(paper.tiff(letters("一")))
    (folder / "陆晓禾.pdf").write_bytes(b"%PDF-1.7 broken")
    (folder / "written.pdf").write_bytes(b"%PDF-1.7")
    old = (town.now - timedelta(minutes=5)).timestamp()
    for name, at in (("good.tif", old), ("陆晓禾.pdf", old), ("written.pdf", town.now.timestamp())):
        os.utime(folder / name, (at, at))

    for _ in range(2):
        watched.look(town.now)

    assert sorted(each.name for each in folder.iterdir()) == ["done", "refused", "written.pdf"]
    assert [len(list((folder / each).iterdir())) for each in ("done", "refused")] == [1, 1]
    assert [(note, count) for note, _, count in standing()] == [("sheet_missing", [1]), ("unreadable", [])]


def answered(town: Town) -> tuple[str, Incoming]:
    """Return an order that a letter was registered as, and that was answered."""
    enter(town)
    found = Incoming.objects.get()
    desk = town.desk("seat")
    page = desk.get(f"/orders/new?incoming={found.pk}")
    initial = page.context["form"].initial
    assert (initial["name"], initial["address"], initial["phone"]) == (NAME, HOME, PHONE)
    given = {
        "key": str(uuid4()), "channel": "web", "appellant": "citizen", "type": "help", "content": "路灯坏了",
        "publish": "yes", "name": NAME, "phone": PHONE, "address": HOME, "incoming": str(found.pk), "submit": "1",
    }  # fmt: skip
    assert desk.post("/orders/new", given).status_code == 302
    order = Incoming.objects.get().order
    assert order
    return order, found


@pytest.mark.clause("JY-9.4")
def test_answer_to_a_letter_is_printed_sent_and_goes_on_when_it_comes_back(town: Town) -> None:
    order, _found = answered(town)
    message = tell(town, order)
    desk = town.desk("seat")

    assert (message.channel, message.state) == ("letter", "WAITING")
    assert sending.send_waiting(lambda _: None, now=town.now) == 0
    assert desk.post(f"/letters/outgoing/{message.pk}/sent", {"postal_no": "XA1"}).status_code == 302
    assert Message.objects.get(pk=message.pk).state == "WAITING"  # nobody sends what nobody has printed
    listed = text_of(desk.get("/letters/outgoing"))
    assert row(order).number in listed
    assert not any(each in listed for each in (NAME, PHONE, "桃源路"))
    printed = [text_in(desk.post(f"/letters/outgoing/{message.pk}/print").content) for _ in range(2)]
    assert all(NAME in each and "桃源路 1 号 2 幢" in each for each in printed)
    used = Event.objects.filter(type="IdentityUsed", body__purpose="letter").count()
    assert desk.post(f"/letters/outgoing/{message.pk}/sent", {"postal_no": "XA12345678932"}).status_code == 302
    sent = Message.objects.get(pk=message.pk)
    assert (sent.state, sent.provider_id) == ("SENT", "XA12345678932")
    assert "XA12345678932" in text_of(desk.get("/letters/outgoing"))
    assert desk.post(f"/letters/outgoing/{message.pk}/returned").status_code == 302
    onward.go_on(now=town.now)
    assert [(each.channel, each.state) for each in Message.objects.filter(stream=sent.stream).order_by("id")] == [
        ("letter", "FAILED"), ("sms", "WAITING"),
    ]  # fmt: skip
    assert used == 2
    assert Event.objects.filter(type__in=("LetterPrinted", "LetterSent", "LetterReturned")).count() == 4


def tell(town: Town, order: str) -> Message:
    """Let a fact tell the appellant something, and return the message."""
    from minsheng.core.messages import actions as outbox

    outbox.tell(
        f"order/{order}" if not order.startswith("order/") else order, ["citizen"], city=town.code, kind="answered",
        params={}, position=10_000, place=1_000, now=town.now,
    )  # fmt: skip
    return Message.objects.get(kind="answered")


def text_in(pdf: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "".join(page.get_textpage().get_text_bounded() for page in document)
