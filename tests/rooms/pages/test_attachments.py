"""Files of an order on its pages: who brings, who reads, what is sent. Clauses: JY-10.3c, JY-23.5, JY-8d, JY-12."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import Client, RequestFactory
from tests import files_ground as samples
from tests.town_ground import bring

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import verification
from minsheng.gateways.antivirus import EICAR

if TYPE_CHECKING:
    from tests.town_ground import Town

OFFICER = "officer@城管局"


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    """Keep files in a folder of the test's own, behind the demonstration's scanner."""
    settings.FILES_FOLDER = tmp_path / "files"
    settings.DEMO = True
    return tmp_path / "files"


def ids_of(order: str) -> list[str]:
    """Return the order's files by id, the oldest first."""
    from minsheng.cases.appeals import attachments

    return [str(each.id) for each in attachments.of_order(order)]


def test_an_officer_brings_files_and_the_dispatcher_reads_one_on_record(town: Town) -> None:
    order = town.handled()

    sent = bring(town.desk(OFFICER), order, ("现场 照片.png", samples.PNG), ("说明.docx", samples.DOCX))
    page = town.desk("dispatcher").get(f"/orders/{order}/attachments").content.decode()
    first = ids_of(order)[0]
    answer = town.desk("dispatcher").get(f"/orders/{order}/attachments/{first}")

    assert (sent.status_code, sent["Location"]) == (302, f"/orders/{order}/")
    assert "现场 照片.png" in page
    assert "说明.docx" in page
    assert answer.getvalue() == samples.PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    facts = ledger.history(f"attachment/{first}")
    assert [(fact.type, fact.actor["role"]) for fact in facts] == [
        ("Attached", "officer"),
        ("AttachmentRead", "dispatcher"),
    ]
    assert verification.verify().fault is None


def test_a_second_file_of_the_same_content_is_kept_and_mentioned_once(town: Town) -> None:
    order, client, key = town.handled(), town.desk(OFFICER), str(uuid4())
    bring(client, order, ("一.png", samples.PNG))
    client.get(f"/orders/{order}/")

    pages = []
    for _ in range(2):  # the second is the same press once more
        bring(client, order, ("二.png", samples.PNG), key=key)
        pages.append(client.get(f"/orders/{order}/").content.decode())

    assert len(ids_of(order)) == 2
    assert ["“二.png”和“一.png”内容完全相同，请核对是否重复。" in page for page in pages] == [True, False]


def test_the_gate_of_orders_lets_through_whom_its_pages_let_through(town: Town) -> None:
    from minsheng.core.files import gates
    from minsheng.core.people import queries as people
    from minsheng.core.people.models import Staff
    from minsheng.domain.rejected import Rejected

    order = town.handled()
    bring(town.desk(OFFICER), order)
    persons = {name: people.person_of(Staff.objects.get(pk=pk), now=town.now) for name, pk in town.staff.items()}

    for name, person in persons.items():
        desk = town.desk(name)
        pages = desk.get(f"/orders/{order}/attachments").status_code
        try:
            held = gates.holding(f"order/{order}", person)
        except Rejected:
            assert pages in (403, 404), name
            continue
        sent = desk.get(f"/orders/{order}/attachments/{ids_of(order)[0]}").status_code
        assert (pages, sent) == (200, 200 if held.readable() else 404), name
        assert (bring(desk, order).status_code == 403) == (not held.may_add()), name


def test_a_picture_is_shown_in_place_only_when_asked_and_a_document_never(town: Town) -> None:
    order = town.handled()
    client = town.desk(OFFICER)
    bring(client, order, ("a.png", samples.PNG), ("a.docx", samples.DOCX), ("a.txt", "路灯".encode("gb18030")))
    picture, document, text = (f"/orders/{order}/attachments/{each}" for each in ids_of(order))

    assert client.get(f"{picture}?inline=1")["Content-Disposition"].startswith("inline")
    assert client.get(picture)["Content-Disposition"].startswith("attachment")
    assert client.get(f"{document}?inline=1")["Content-Disposition"].startswith("attachment")
    assert client.get(f"{text}?inline=1")["Content-Disposition"].startswith("attachment")
    assert client.head(picture)["Content-Length"] == str(len(samples.PNG))
    assert ledger.head(f"attachment/{ids_of(order)[0]}") == 3  # a look at the head reads nothing


def test_a_form_that_is_sent_twice_brings_the_files_once(town: Town) -> None:
    order = town.handled()
    key = str(uuid4())

    answers = [bring(town.desk(OFFICER), order, key=key).status_code for _ in range(2)]
    other = bring(town.desk(OFFICER), order, ("b.gif", samples.GIF), key=key)

    assert answers == [302, 302]
    assert other.status_code == 422
    assert len(ids_of(order)) == 1


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ([("a.png", b"<html><script>alert(1)</script>")], "不能识别"),
        ([("a.jpg", samples.PNG)], "与文件名不符"),
        ([("a.png", samples.PNG), ("b.txt", b"x" + EICAR)], "恶意程序"),
        ([(f"{place}.png", samples.PNG) for place in range(11)], "最多 10 个"),
    ],
)
def test_what_is_refused_says_why_and_nothing_is_kept(
    named: list[tuple[str, bytes]], words: str, town: Town, files: Path
) -> None:
    order = town.handled()

    answer = bring(town.desk(OFFICER), order, *named)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert ids_of(order) == []
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_no_file_and_an_unknown_purpose_are_told(town: Town) -> None:
    order = town.handled()
    client = town.desk(OFFICER)

    empty = client.post(f"/orders/{order}/attachments", {"purpose": "REPLY"})
    purpose = bring(client, order, purpose="APPEAL")

    assert (empty.status_code, purpose.status_code) == (422, 422)
    assert "请先选择" in empty.content.decode()
    assert "请选择附件用途" in purpose.content.decode()


def test_without_a_scanner_nothing_is_taken_in(town: Town, settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    order = town.handled()

    answer = bring(town.desk(OFFICER), order)

    assert answer.status_code == 503
    assert "尚未配置病毒扫描" in answer.content.decode()
    assert ids_of(order) == []


def test_switched_off_scanning_is_said_beside_the_file(town: Town, settings: Any) -> None:
    settings.ANTIVIRUS_OFF = True
    order = town.handled()

    bring(town.desk(OFFICER), order)

    assert "未经病毒扫描" in town.desk(OFFICER).get(f"/orders/{order}/attachments").content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("officer@住建局", 404),  # has no part in it
        ("leader@城管局", 403),
        ("supervisor", 403),
        ("callback_agent", 403),
        ("seat", 403),  # it is no draft any more
        ("dispatcher", 302),
        ("auditor", 302),
        ("admin", 403),
    ],
)
def test_only_who_may_act_on_the_order_brings_files(who: str, status: int, town: Town) -> None:
    order = town.handled()

    assert bring(town.desk(who), order).status_code == status
    assert len(ids_of(order)) == (status == 302)


def test_the_unit_brings_nothing_once_it_has_answered(town: Town) -> None:
    order = town.replied()

    assert bring(town.desk(OFFICER), order).status_code == 403


def test_strangers_are_sent_to_sign_in_and_other_orders_files_do_not_exist(town: Town) -> None:
    order, other = town.handled(), town.handled()
    bring(town.desk(OFFICER), order)
    (file,) = ids_of(order)

    assert bring(Client(), order).status_code == 302
    assert "sign-in" in Client().get(f"/orders/{order}/attachments/{file}")["Location"]
    assert town.desk(OFFICER).get(f"/orders/{other}/attachments/{file}").status_code == 404
    assert town.desk("officer@住建局").get(f"/orders/{order}/attachments/{file}").status_code == 404
    assert town.desk(OFFICER).get(f"/orders/{order}/attachments/{uuid4()}").status_code == 404
    assert town.desk(OFFICER).post(f"/orders/{order}/attachments/{file}").status_code == 405
    assert ledger.head(f"attachment/{file}") == 1


def test_files_of_a_referral_exist_for_nobody_else(town: Town) -> None:
    order = town.internal()
    bring(town.desk("officer@住建局"), order)
    (file,) = ids_of(order)

    for who in (OFFICER, "dispatcher", "auditor", "supervisor"):
        assert town.desk(who).get(f"/orders/{order}/attachments/{file}").status_code == 404
    assert town.desk("designated_officer").get(f"/orders/{order}/attachments/{file}").status_code == 200


@pytest.mark.parametrize("said", [{"target_unit": "城管局"}, {"confidential": True}])
def test_what_the_citizen_brought_is_hidden_from_who_is_complained_about_and_in_confidence(
    town: Town, said: dict[str, Any]
) -> None:
    order = town.handled(**said)
    from minsheng.core.files.models import Attachment

    bring(town.desk("dispatcher"), order)
    (file,) = ids_of(order)
    Attachment.objects.update(purpose="APPEAL")

    assert town.desk(OFFICER).get(f"/orders/{order}/attachments/{file}").status_code == 404
    assert "现场.png" not in town.desk(OFFICER).get(f"/orders/{order}/attachments").content.decode()
    assert town.desk("auditor").get(f"/orders/{order}/attachments/{file}").status_code == 200


def test_what_the_citizen_brought_is_seen_with_each_part(town: Town) -> None:
    order = town.register()
    from minsheng.core.files.models import Attachment

    bring(town.desk("dispatcher"), order)
    Attachment.objects.update(purpose="APPEAL")
    town.act(order, "dispatcher", "dispatch", units=["城管局", "住建局"], parallel=True, basis="清单")
    (file,) = ids_of(order)
    child = f"{order}.1"

    assert town.desk(OFFICER).get(f"/orders/{child}/attachments/{file}").status_code == 200
    assert town.desk(OFFICER).get(f"/orders/{order}/attachments/{file}").status_code == 404


def test_a_file_is_removed_by_its_bringer_until_the_order_moves_on(town: Town, files: Path) -> None:
    order = town.handled()
    client = town.desk(OFFICER)
    bring(client, order, ("a.png", samples.PNG), ("b.gif", samples.GIF))
    first, second = ids_of(order)

    stranger = town.desk("dispatcher").post(f"/orders/{order}/attachments/{first}/remove")
    removed = client.post(f"/orders/{order}/attachments/{first}/remove")
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, OFFICER, "reply", text="已修复")
    late = client.post(f"/orders/{order}/attachments/{second}/remove")

    assert (stranger.status_code, removed.status_code, late.status_code) == (403, 302, 409)
    assert "不能删除" in late.content.decode()
    assert client.get(f"/orders/{order}/attachments/{first}").status_code == 404
    assert ids_of(order) == [second]


def test_htmx_is_given_the_part_alone_with_what_was_wrong(town: Town) -> None:
    order = town.handled()
    client = town.desk(OFFICER)

    good = bring(client, order, headers={"HX-Request": "true"})
    bad = bring(client, order, ("a.png", b"nonsense"), headers={"HX-Request": "true"})

    assert (good.status_code, bad.status_code) == (200, 422)
    assert all(answer.content.decode().lstrip().startswith('<div id="attachments"') for answer in (good, bad))
    assert "已上传 1 个附件" in good.content.decode()
    assert "不能识别" in bad.content.decode()


class TestBody:
    @pytest.fixture
    def limited(self) -> Callable[..., int]:
        """Return what sends a body that says to be so long through the limit alone, and tells the answer's status."""
        from django.http import HttpResponse

        from minsheng.app.site.uploads import body_limit

        def send(path: str, length: str, *, signed_in: bool = True) -> int:
            request = RequestFactory().post(path)
            request.META["CONTENT_LENGTH"] = length
            request.user = type("User", (), {"is_authenticated": signed_in})()  # type: ignore[assignment]
            return body_limit(lambda _: HttpResponse())(request).status_code

        return send

    def test_two_gigabytes_are_refused_before_they_are_read(self, town: Town) -> None:
        order = town.handled()

        class Unread:
            def read(self, *_: int) -> bytes:
                raise AssertionError("the body was read")

            readline = read

        answer = town.desk(OFFICER).generic(
            "POST", f"/orders/{order}/attachments", b"", content_type="multipart/form-data; boundary=x",
            CONTENT_LENGTH=str(2 << 30), **{"wsgi.input": Unread()},
        )  # fmt: skip

        assert answer.status_code == 413
        assert "提交的内容过大" in answer.content.decode()

    @pytest.mark.parametrize(
        ("path", "length", "signed_in", "status"),
        [
            ("/orders/x/attachments", "150000000", True, 200),
            ("/orders/x/attachments", "150000000", False, 413),
            ("/orders/x/attachments", "230000000", True, 413),
            ("/sign-in", "150000000", True, 413),
            ("/sign-in", "1000", False, 200),
            ("/sign-in", "", False, 200),
            ("/sign-in", "-1", False, 413),
            ("/sign-in", "٣", False, 413),
            ("/sign-in", "9" * 5000, False, 413),
            ("/api/v1/orders", "150000000", False, 200),  # has its own answer
        ],
    )
    def test_files_are_let_through_only_where_they_belong(
        self, path: str, length: str, signed_in: bool, status: int, limited: Callable[..., int]
    ) -> None:
        assert limited(path, length, signed_in=signed_in) == status

    def test_large_files_go_to_the_disk_and_not_into_memory(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        order = town.handled()
        kept: list[type] = []
        from minsheng.desks.attachments import pages as attachment_pages

        known = attachment_pages._checked
        monkeypatch.setattr(
            attachment_pages,
            "_checked",
            lambda uploads, *rest: (kept.extend(type(each) for each in uploads), known(uploads, *rest))[1],
        )

        answer = bring(town.desk(OFFICER), order, ("film.mp4", samples.MP4.ljust(3_000_000, b"\0")))

        assert answer.status_code == 302
        assert kept == [TemporaryUploadedFile]
