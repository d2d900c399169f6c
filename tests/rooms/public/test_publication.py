"""What everybody reads, and what nobody may. Clauses: JY-9.8a, JY-9.8.1 to JY-9.8.4, JY-18, A-62, A-73."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests import refusals_ground
from tests.films_ground import FILM
from tests.publication_ground import decided, hidden, published
from tests.town_ground import Town, relayed
from tests.visiting_ground import Citizen, answered, closed

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals.models import PublicFile, PublicText
from minsheng.cases.orders import models
from minsheng.public.publication import actions, projection
from minsheng.public.publication.models import PublicCase


@pytest.mark.clause("JY-2b", "JY-9.8a")
def test_a_case_appears_with_the_confirmed_words_and_no_others(town: Town) -> None:
    row = published(town, Citizen(town.code))
    reader = Citizen(town.code)

    page, listed, feed = reader.shown(f"cases/{row.number}"), reader.shown("cases"), reader.shown("cases/feed.xml")

    for shown in (page, listed, feed):
        assert "人行道破损" in shown
        for said in ("小区东门的人行道", "滨江路12号", "陆晓禾", "13000000001", row.id):
            assert said not in shown
    assert "已派人修复。" in page


def test_closed_and_published_by_default_is_not_shown_before_somebody_has_confirmed_the_words(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    answered(town, row.id)
    closed(town, row.id)
    relayed()

    assert models.Order.objects.get(id=row.id).is_published
    assert PublicCase.objects.count() == 0
    assert Citizen(town.code).get(f"cases/{row.number}").status_code == 404


def test_the_appellants_no_and_the_auditors_exceptions_keep_it_from_everybody(town: Town) -> None:
    citizen = Citizen(town.code)
    chosen = citizen.file(publish={"publish": "no"})
    by_law = Citizen(town.code).file()
    for row in (chosen, by_law):
        answered(town, row.id)
        closed(town, row.id)
    town.act(by_law.id, "auditor", "withdraw", exception=4, basis="个人信息保护法第十三条")
    relayed()

    listed = Citizen(town.code).shown("cases")
    assert chosen.number not in listed
    assert by_law.number not in listed
    assert PublicCase.objects.count() == 0


@pytest.mark.clause("JY-9.8.2")
def test_who_wants_it_private_is_answered_and_nobody_else_reads_it(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file(publish={"publish": "no"})
    answered(town, row.id, "已派人修好东门。")
    closed(town, row.id)
    relayed()
    reader = Citizen(town.code)

    own = citizen.shown(f"appeals/{row.number}")

    assert "已派人修好东门。" in own
    for address in ("cases", "cases?text=人行道", "cases/feed.xml"):
        assert row.number not in reader.shown(address)
        assert "人行道" not in reader.shown(address).replace("text=人行道", "").replace('value="人行道"', "")


def test_a_withdrawn_case_is_gone_before_the_worker_has_heard_of_it(town: Town) -> None:
    row = published(town, Citizen(town.code))
    town.act(row.id, "auditor", "withdraw", exception=3, unit_suggests_no=True)
    reader = Citizen(town.code)

    assert PublicCase.objects.filter(order=row.id).exists()
    assert reader.get(f"cases/{row.number}").status_code == 404
    assert "人行道破损" not in reader.shown("cases")
    assert "人行道破损" not in reader.shown("cases/feed.xml")
    relayed()
    assert not PublicCase.objects.filter(order=row.id).exists()


def test_search_finds_by_any_two_letters_and_by_kind(town: Town) -> None:
    row = published(town, Citizen(town.code))
    reader = Citizen(town.code)

    assert row.number in reader.shown("cases?text=道破")
    assert row.number not in reader.shown("cases?text=路灯")
    assert row.number not in reader.shown("cases?text=晓禾")
    assert row.number not in reader.shown("cases?text=滨江路")
    assert row.number in reader.shown("cases?type=help")
    assert row.number not in reader.shown("cases?type=consult")
    assert "每个词至少两个字" in reader.shown("cases?text=道")


def test_what_was_confirmed_is_forgotten_when_the_order_is_opened_again(town: Town) -> None:
    row = published(town, Citizen(town.code))
    town.later(days=1)

    town.act(row.id, "supervisor", "reopen", finding="现场仍未修复")
    relayed()

    assert not PublicText.objects.filter(order=row.id).exists()
    assert not PublicCase.objects.filter(order=row.id).exists()
    assert Citizen(town.code).get(f"cases/{row.number}").status_code == 404


def test_words_confirmed_of_a_first_answer_do_not_go_out_after_a_second(town: Town) -> None:
    row = Citizen(town.code).file()
    answered(town, row.id)
    decided(town, row.id)
    unhappy = {"reached": True, "satisfied": "dissatisfied", "resolved": False, "cause": "result"}
    town.act(row.id, "callback_agent", "callback", **unhappy)
    town.act(row.id, "dispatcher", "redispatch", unit="城管局")
    town.act(row.id, "officer@城管局", "sign")
    town.act(row.id, "leader@城管局", "approve_reply")
    town.act(row.id, "officer@城管局", "reply", text="第二次答复，确已修好", channel="web")
    town.act(row.id, "auditor", "pass_audit")
    closed(town, row.id)
    relayed()

    assert not PublicCase.objects.exists()
    decided(town, row.id)
    relayed()
    assert PublicCase.objects.filter(order=row.id).exists()


def test_a_refused_decision_confirms_no_words(town: Town) -> None:
    row = hidden(town, "unpublished")

    answer = decided(town, row.id)

    assert answer.status_code == 409
    assert not PublicText.objects.filter(order=row.id).exists()


def test_who_looks_for_a_number_gets_the_case(town: Town) -> None:
    row = published(town, Citizen(town.code))
    reader = Citizen(town.code)

    answer = reader.get(f"cases?text=+{row.number}+")

    assert (answer.status_code, answer.url) == (302, reader.path(f"cases/{row.number}"))
    assert row.number in reader.shown(f"cases/feed.xml?text={row.number}")


def test_rows_can_be_made_again_from_what_stands_elsewhere(town: Town) -> None:
    row = published(town, Citizen(town.code))
    before = PublicCase.objects.values().get(order=row.id)
    PublicCase.objects.all().delete()

    assert projection.rebuild(check=True) == (1, 1)
    projection.rebuild(check=False)

    assert PublicCase.objects.values().get(order=row.id) == before
    assert projection.rebuild(check=True) == (1, 0)
    PublicCase.objects.update(content="别的话")
    assert projection.rebuild(check=True) == (1, 1)
    assert projection.rebuild(check=False) == (1, 1)
    assert PublicCase.objects.values().get(order=row.id) == before


def with_place() -> bytes:
    """Return a photograph that says where and with what it was taken."""
    picture = Image.new("RGB", (64, 48), "green")
    exif = Image.Exif()
    exif[0x010F] = "SecretPhoneMaker"
    exif.get_ifd(0x8825)[2] = (31.0, 54.0, 7.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"taken at home")
    return out.getvalue()


def test_only_pictures_that_the_auditor_has_chosen_go_out_and_only_as_bare_copies(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    for name in ("我家门口.jpg", "不公开.jpg"):
        content = with_place() + (b"\0" if name == "不公开.jpg" else b"")
        citizen.post("file/files", {"files": SimpleUploadedFile(name, content), "upload": "1"})
    citizen.asked("file/check", {"agreed": "on"})
    row = models.Order.objects.get()
    answered(town, row.id)
    closed(town, row.id)
    chosen = next(each for each in attachments.of_order(row.id) if each.name == "我家门口.jpg")
    assert decided(town, row.id, public_files=str(chosen.id)).status_code == 302
    relayed()
    reader = Citizen(town.code)

    page = reader.shown(f"cases/{row.number}")
    sent = b"".join(reader.get(f"cases/{row.number}/1.jpg").streaming_content)

    assert b"SecretPhoneMaker" in with_place()
    assert PublicFile.objects.count() == 1
    assert "我家门口" not in page
    assert b"SecretPhoneMaker" not in sent
    assert b"taken at home" not in sent
    assert not Image.open(io.BytesIO(sent)).getexif()
    assert reader.get(f"cases/{row.number}/2.jpg").status_code == 404
    assert reader.get(f"cases/{row.number}/1.png").status_code == 404


def test_without_ffmpeg_a_film_is_kept_and_not_published_and_the_auditor_reads_why(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    for content, name in ((FILM.read_bytes(), "路口.mp4"), (with_place(), "路口.jpg")):
        citizen.post("file/files", {"files": SimpleUploadedFile(name, content), "upload": "1"})
    citizen.asked("file/check", {"agreed": "on"})
    row = models.Order.objects.get()
    answered(town, row.id)
    closed(town, row.id)
    film, picture = attachments.of_order(row.id)
    monkeypatch.setenv("PATH", str(tmp_path))

    page = town.desk("auditor").get(f"/orders/{row.id}/publication").content.decode()
    refused = decided(town, row.id, public_files=[str(film.id), str(picture.id)])
    kept = PublicFile.objects.count()
    accepted = decided(town, row.id, public_files=[str(picture.id)])

    boxes = {each: f'value="{each.id}" disabled' in page for each in (film, picture)}
    assert boxes == {film: True, picture: False}
    assert page.count("平台没有安装 ffmpeg") == 1
    assert (refused.status_code, kept) == (422, 0)
    assert "平台没有安装 ffmpeg，视频不能公开，请取消勾选后再公开" in refused.content.decode()
    assert accepted.status_code == 302
    assert [each.media_type for each in PublicFile.objects.all()] == ["image/jpeg"]
    assert [each.name for each in attachments.of_order(row.id)] == ["路口.mp4", "路口.jpg"]


def test_a_film_is_sent_by_the_parts_that_a_browser_asks_for(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    citizen.post("file/files", {"files": SimpleUploadedFile("路口.mp4", FILM.read_bytes()), "upload": "1"})
    citizen.asked("file/check", {"agreed": "on"})
    row = models.Order.objects.get()
    answered(town, row.id)
    closed(town, row.id)
    (chosen,) = attachments.of_order(row.id)
    decided(town, row.id, public_files=str(chosen.id))
    relayed()
    reader = Citizen(town.code)

    def part(asked: str, **more: str) -> tuple[int, str | None, bytes]:
        answer = reader.client.get(reader.path(f"cases/{row.number}/1.mp4"), headers={"range": asked, **more})
        content = b"".join(answer.streaming_content) if answer.streaming else b""
        return answer.status_code, answer.headers.get("Content-Range"), content

    whole = reader.get(f"cases/{row.number}/1.mp4")
    film = b"".join(whole.streaming_content)
    size = len(film)

    assert 0 < size < FILM.stat().st_size
    assert "第 1 段视频" in reader.shown(f"cases/{row.number}")
    assert part("bytes=0-1") == (206, f"bytes 0-1/{size}", film[:2])
    assert part("bytes=5-") == (206, f"bytes 5-{size - 1}/{size}", film[5:])
    assert part("bytes=-7") == (206, f"bytes {size - 7}-{size - 1}/{size}", film[-7:])
    assert part(f"bytes={size - 1}-{size * 2}") == (206, f"bytes {size - 1}-{size - 1}/{size}", film[-1:])
    assert part(f"bytes={size}-") == (416, f"bytes */{size}", b"")
    for unclear in ("bytes=3-2", "bytes=-", "bytes=0-1,4-5", "lines=1-2"):
        assert part(unclear) == (200, None, film)
    assert part("bytes=0-1", **{"if-range": whole.headers["ETag"]})[0] == 206
    assert part("bytes=0-1", **{"if-range": '"another"'})[0] == 200


def test_a_follower_sees_the_case_among_their_own(town: Town) -> None:
    row = published(town, Citizen(town.code))
    reader = Citizen(town.code)

    first = reader.post(f"cases/{row.number}/follow", {})
    assert "/sign-in?next=" in first["Location"]
    reader.sign_in("13000000002")
    # Pressed before signing in, it is done as soon as one is back.
    assert reader.get(f"cases/{row.number}")["Location"].endswith(f"cases/{row.number}")
    reader.post(f"cases/{row.number}/follow", {})

    assert "人行道破损" in reader.shown("mine")
    assert "1 人关注" in reader.shown(f"cases/{row.number}")


def test_who_tells_the_same_is_shown_the_public_case_first(town: Town) -> None:
    row = published(town, Citizen(town.code))
    other = Citizen(town.code)
    other.begin()
    other.post("file/type", {"type": "help"})
    other.post("file/content", {"title": "东门人行道破损", "content": "东门人行道破损严重，走路很不方便。"})

    answer = other.post("file/place", {"place": "东门"})

    assert answer["Location"].endswith("/file/alike")
    assert row.number in other.shown("file/alike")


def test_figures_stay_public_whatever_is_published_and_hide_small_numbers(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.file(publish={"publish": "no"})
    actions.count(town.now)

    page = citizen.shown("statistics")

    assert "2026-09" in page
    assert "&lt;5" in page
    assert "样本不足" in page


ADDRESSES = (
    "cases/{number}",
    "cases/{id}",
    "cases/{number}/1.jpg",
    "appeals/{number}",
    "appeals/{id}",
    "cases/{number}%00",
    "cases?text={number}",
    "cases?text={id}",
    "cases/feed.xml?text={number}",
    "l/{number}",
)


@pytest.mark.parametrize("kind", ["another's", "internal", "unpublished", "confidential", "none"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_not_for_everybody_does_not_exist_by_any_address_and_the_attempt_is_on_record(
    town: Town, kind: str, address: str
) -> None:
    row = hidden(town, kind)
    reader = Citizen(town.code)
    nothing = reader.get(address.format(number="26091899999999", id="01a0b3ac-0000-7000-830d-a892d5151da3"))
    known = refusals_ground.known()

    answer = reader.get(address.format(number=row.number, id=row.id))

    assert answer.status_code == 404
    assert answer.content == nothing.content
    # Each request has an id of its own.
    assert all(each.headers.pop("X-Request-ID", "") for each in (answer, nothing))
    assert {**answer.headers} == {**nothing.headers}
    assert refusals_ground.since(known).filter(code="not_found", city=town.code).count() == 1
    assert "127.0.0.1" not in str(refusals_ground.since(known).values().get())


@pytest.mark.parametrize("kind", ["another's", "internal", "unpublished", "confidential"])
def test_what_is_not_for_everybody_is_in_no_list_search_feed_or_open_interface(town: Town, kind: str) -> None:
    row = hidden(town, kind)
    reader = Citizen(town.code)
    relayed()
    pages = [
        reader.shown("cases"),
        reader.shown("cases?text=破损"),
        reader.shown("cases?unit=城管局"),
        reader.shown("cases/feed.xml"),
        reader.shown("mine"),
        reader.shown(""),
    ]
    for form in ("json", "xml"):
        base = f"/open311/{town.code}/v2"
        pages.append(reader.client.get(f"{base}/requests.{form}").content.decode())
        asked = reader.client.get(f"{base}/requests.{form}?service_request_id={row.number}")
        assert asked.status_code == 404
        pages.append(asked.content.decode())

    for page in pages:
        for said in (row.number, row.id, "人行道", "陆晓禾"):
            assert said not in page
