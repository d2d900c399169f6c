"""Whatever is changed behind the program is found by `minsheng ledger verify`, which names the stream that binds it.

Clauses: JY-20.11, JY-23.5, SZ-26, JY-9.8a; A-73.
"""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.urls import reverse
from PIL import Image
from tests import cast
from tests.town_ground import Town
from tests.visiting_ground import ANSWERS, Citizen, answered, closed

from minsheng.app.cli import database_checks
from minsheng.app.cli import ledger as command
from minsheng.app.cli.checks import BAD, GOOD, HINT
from minsheng.cases.appeals import actions as appeals
from minsheng.cases.appeals import attachments, public_files, publication
from minsheng.cases.appeals.models import Appeal, PublicFile
from minsheng.cases.orders.models import Order
from minsheng.core.files import actions as keeping
from minsheng.core.files import places
from minsheng.core.files.models import Attachment
from minsheng.core.ledger import tasks, witnesses
from minsheng.core.ledger.models import Look
from minsheng.domain.duties import report as duty
from minsheng.figures.reports import actions as reports
from minsheng.figures.reports.documents.figures import Figures
from minsheng.gateways.antivirus import EicarOnly
from minsheng.gateways.files import FileAltered, LocalFiles

ORDER, ATTACHMENT, PUBLICATION, REPORT = "order", "attachment", "publication", "report"

# Every column that keeps what was said, shown or sent: the stream that binds it, and what the tamperer writes.
WORDS = {
    "appeals_appeal.title": (ORDER, "'改'"),
    "appeals_appeal.content": (ORDER, "content || '改'"),
    "appeals_appeal.place": (ORDER, "'改'"),
    "appeals_appeal.target_person": (ORDER, "'改'"),
    "appeals_appeal.category": (ORDER, "'GA'"),
    "appeals_appeal.source_no": (ORDER, "'改'"),
    "appeals_appeal.source_digest": (ORDER, "decode(md5(id), 'hex')"),
    "appeals_appeal.said_at": (ORDER, "'2020-01-01'"),
    "appeals_appeal.created_at": (ORDER, "created_at - interval '1 day'"),
    "appeals_appeal.salt": (ORDER, r"'\x00'"),
    "appeals_appeal.appellant_id": (ORDER, "(SELECT a.id FROM people_appellant a WHERE a.id <> appellant_id LIMIT 1)"),
    "appeals_addition.text": (ORDER, "'改'"),
    "appeals_addition.order": (ORDER, "'another'"),
    "appeals_addition.at": (ORDER, "at - interval '1 day'"),
    "appeals_addition.joined": (ORDER, "'another'"),
    "orders_order.title": (ORDER, "'改'"),
    "orders_order.number": (ORDER, "number || '改'"),
    "orders_order.registrar": (ORDER, "'staff:改'"),
    "appeals_attachment.name": (ATTACHMENT, "'改.png'"),
    "appeals_attachment.salt": (ATTACHMENT, r"'\x00'"),
    "appeals_attachment.owner": (ATTACHMENT, "'another'"),
    "appeals_attachment.order": (ATTACHMENT, "'another'"),
    "appeals_attachment.purpose": (ATTACHMENT, "'COMMENT'"),
    "appeals_attachment.unit": (ATTACHMENT, "'另一单位'"),
    "appeals_attachment.joined": (ATTACHMENT, "'another'"),
    "appeals_attachment.stage": (ATTACHMENT, "'改'"),
    "appeals_attachment.media_type": (ATTACHMENT, "'text/plain'"),
    "appeals_attachment.digest": (ATTACHMENT, "repeat('0', 64)"),
    "appeals_attachment.scan": (ATTACHMENT, "'UNSCANNED'"),
    "appeals_attachment.uploaded_by": (ATTACHMENT, "'staff:改'"),
    "appeals_attachment.uploaded_at": (ATTACHMENT, "uploaded_at - interval '1 day'"),
    "appeals_attachment.removed_at": (ATTACHMENT, "uploaded_at"),
    "appeals_publictext.text": (PUBLICATION, "'改'"),
    "appeals_publictext.field": (PUBLICATION, "replace(field, 'content', 'reply')"),
    "appeals_publictext.order": (PUBLICATION, "'another'"),
    "appeals_publictext.confirmed_by": (PUBLICATION, "'staff:改'"),
    "appeals_publictext.confirmed_at": (PUBLICATION, "confirmed_at - interval '1 day'"),
    "appeals_publicfile.order": (PUBLICATION, "'another'"),
    "appeals_publicfile.digest": (PUBLICATION, "repeat('0', 64)"),
    "appeals_publicfile.media_type": (PUBLICATION, "'text/html'"),
    "appeals_publicfile.extension": (PUBLICATION, "'html'"),
    "appeals_publicfile.confirmed_by": (PUBLICATION, "'staff:改'"),
    "appeals_publicfile.confirmed_at": (PUBLICATION, "confirmed_at - interval '1 day'"),
    "publication_publiccase.order": (PUBLICATION, "'another'"),
    "publication_publiccase.number": (PUBLICATION, "'改'"),
    "publication_publiccase.title": (PUBLICATION, "'改'"),
    "publication_publiccase.content": (PUBLICATION, "'改'"),
    "publication_publiccase.reply": (PUBLICATION, "'改'"),
    "publication_publiccase.words": (PUBLICATION, "'改'"),
    "publication_publiccase.type": (PUBLICATION, "'改'"),
    "publication_publiccase.channel": (PUBLICATION, "'改'"),
    "publication_publiccase.category": (PUBLICATION, "'改'"),
    "publication_publiccase.unit": (PUBLICATION, "'改'"),
    "publication_publiccase.grade": (PUBLICATION, "'改'"),
    "publication_publiccase.registered_at": (PUBLICATION, "registered_at - interval '1 day'"),
    "publication_publiccase.closed_at": (PUBLICATION, "closed_at - interval '1 day'"),
    "reports_report.figures": (REPORT, "jsonb_set(figures, '{as_of}', '\"2020-01-01T00:00:00Z\"')"),
    "reports_report.words": (REPORT, "jsonb_set(words, '{改}', '\"改\"')"),
    "reports_report.document": (REPORT, r"'\x00'"),
    "reports_instruction.leader": (REPORT, "'另一领导'"),
    "reports_instruction.words": (REPORT, "'改'"),
}  # fmt: skip
# Columns of the same tables that hold no word, or that `ledger rebuild --check` makes from the facts.
ELSEWHERE = {
    "appeals_appeal.id": "the stream's name",
    "appeals_attachment.id": "the stream's name",
    "appeals_publicfile.attachment": "compared with the confirmed files; see test_a_picture_exchanged",
    "publication_publiccase.published_at": "its place in the list, made when it first appears",
    **{
        f"orders_order.{name}": "made from the facts"
        for name in (
            "id", "head", "status", "reason", "type", "channel", "lead", "units", "target_unit", "handler", "stages",
            "supervised_unit", "matter", "parent", "programme", "state", "registered_at", "closed_at", "due",
            "urged_since",
        )
    },
    **{
        f"reports_report.{name}": "made from the facts"
        for name in ("id", "kind", "status", "head", "due", "state", "since", "until")
    },
    "reports_report.number": "stands in the document, which is bound",
    "reports_report.changed_at": "when the row was touched last",
    "reports_report.sent_at": "the moment of the fact, which the document carries",
    "reports_instruction.recorded_at": "the moment of the fact",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """One order with everything that can be kept of it, and a report: the streams that bind them."""

    order: str
    attachment: str
    public: str
    report: str

    def stream(self, kind: str) -> str:
        """Return the stream of a kind."""
        return {
            ORDER: f"order/{self.order}", ATTACHMENT: f"attachment/{self.attachment}",
            PUBLICATION: f"publication/{self.order}", REPORT: f"report/{self.report}",
        }[kind]  # fmt: skip


@pytest.fixture
def ground(town: Town, suqian: Town, django_capture_on_commit_callbacks: Any) -> Ground:
    with django_capture_on_commit_callbacks(execute=True):
        return made(town, reported(suqian))


def made(town: Town, report: str) -> Ground:
    """Return a town's order with words, an addition, a file and a confirmed publication, beside a report."""
    other, citizen = Citizen(town.code), Citizen(town.code)
    other.file(contact={**ANSWERS["contact"], "phone": "13000000009", "name": "葛安然"})
    row = citizen.file()
    town.act(row.id, "citizen", "add_material", text="路面又塌了一块")
    appeals.categorize(row.id, category="CS", city=town.code, actor=town.actor("dispatcher"), now=town.now)
    file = brought(town, row.id)
    answered(town, row.id)
    closed(town, row.id)
    order = Order.objects.get(id=row.id)
    texts = {"title": "人行道破损", "content": "东门人行道破损。"}
    publication.confirm(
        row.id, city=town.code, texts=texts, wanted=texts, known=publication.Known(), acknowledged=(),
        by=town.actor("auditor"), now=town.now,
    )  # fmt: skip
    (shown,) = [each for each in attachments.of_order(row.id) if str(each.id) == file]
    public_files.confirm(row.id, [shown], city=town.code, by=town.actor("auditor"), store=places.store(), now=town.now)
    while tasks.relay_once():
        pass
    assert order.is_published
    return Ground(row.id, file, PublicFile.objects.get().digest, report)


def brought(town: Town, order: str) -> str:
    """Attach a picture."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    state = attachments.ground(order, town.code, "APPEAL", "", 1, "SUBMITTED")
    checked = keeping.check(
        picture, name="陆晓禾家门口.png", ground=state, actor=cast.SEAT, scanner=EicarOnly(), now=town.now
    )
    (file,) = keeping.attach([checked], ground=state, actor=cast.SEAT, store=places.store(), now=town.now)
    return str(file)


def reported(town: Town) -> str:
    """Send a report with figures and words, and let a leader write on it."""
    office, leader = town.actor("office"), town.actor("duty_leader")
    period = {"since": date(2025, 1, 1), "until": date(2026, 1, 1)}
    report = reports.plan(town.code, kind="express", **period, actor=office, now=town.now)
    midnight = datetime(2026, 1, 1, tzinfo=UTC)
    counted = Figures(tables=(), charts=(), made_at=midnight, as_of=midnight, generation=1)
    given: dict[str, Any] = {"city": town.code, "actor": office, "now": town.now}
    reports.compose(report, counted=counted, broken=(), **given)
    for section in ("facts", "advice"):
        reports.write(report, section=section, text="已按要求梳理。", key=reports.Key("t", str(uuid4())), **given)
    reports.submit(report, key=reports.Key("t", str(uuid4())), **given)
    judged = {**given, "actor": leader, "key": reports.Key("t", str(uuid4()))}
    reports.judge(report, duty.Approve(), **judged)
    sent = {"number": "江12345通报〔2026〕1号", "made": lambda row, address: b"%PDF-1.7 whole"}
    reports.send(report, key=reports.Key("t", str(uuid4())), **sent, **given)
    words = {"leader": "市长", "words": "请抓紧落实。", "key": reports.Key("t", str(uuid4()))}
    reports.instruct(report, **words, **given)
    return str(report)


def tampered(column: str, value: str) -> None:
    """Change every row's column as the owner of the database could, whatever stands guard."""
    table, name = column.split(".")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        extra = " WHERE appellant_id IS NOT NULL" if name == "appellant_id" else ""
        cursor.execute(f'UPDATE {table} SET "{name}" = {value}{extra}')
        assert cursor.rowcount


def said(capsys: pytest.CaptureFixture[str], stream: str | None = None) -> tuple[int, str]:
    """Return what `minsheng ledger verify` answers."""
    capsys.readouterr()
    status = command._verify(stream)
    return status, capsys.readouterr().out


def test_verify_is_content_with_what_nobody_has_touched(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = said(capsys)

    assert (status, out.count("全部一致")) == (0, 2), out
    assert "旧版本" not in out


@pytest.mark.parametrize("column", WORDS)
def test_a_word_changed_behind_the_program_is_found(
    ground: Ground, column: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kind, value = WORDS[column]

    tampered(column, value)
    status, out = said(capsys)
    alone, _ = said(capsys, ground.stream(kind))

    assert (status, alone) == (1, 1), out
    assert ground.stream(kind) in out


def test_every_column_that_keeps_words_is_among_those_that_are_tampered_with() -> None:
    watched = {column.partition(".")[0] for column in WORDS}
    kinds = (models.TextField, models.JSONField, models.BinaryField, models.DateTimeField, models.UUIDField)
    kept = {
        f"{model._meta.db_table}.{each.column}"
        for model in apps.get_models()
        if model._meta.db_table in watched or model._meta.app_label == "appeals"
        for each in model._meta.concrete_fields
        if isinstance(each, kinds)
    }

    assert kept - set(ELSEWHERE) <= set(WORDS)
    assert not set(ELSEWHERE) & set(WORDS)


def test_a_row_taken_away_or_slipped_in_is_found(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    for table, kind in (
        ("appeals_addition", ORDER),
        ("appeals_publictext", PUBLICATION),
        ("reports_instruction", REPORT),
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
        assert ground.stream(kind) in said(capsys)[1], table
    row = Appeal.objects.get(id=ground.order)
    row.id = "slipped-in"
    row.save(force_insert=True)

    assert "流 order/slipped-in" in said(capsys)[1]


@pytest.mark.parametrize("which", ["attachment", "copy"])
@pytest.mark.parametrize("how", ["overwritten", "gone"])
def test_a_file_changed_behind_the_program_is_found(
    ground: Ground, which: str, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = Attachment.objects.get().digest if which == "attachment" else ground.public
    place = place_of(digest)
    if how == "gone":
        place.unlink()
    else:
        place.write_bytes(b"other")

    status, out = said(capsys)

    assert status == 1
    assert ground.stream(ATTACHMENT if which == "attachment" else PUBLICATION) in out


def place_of(digest: str) -> Path:
    """Return where a stored file stands."""
    folder = Path(settings.FILES_FOLDER)
    return folder / digest[:2] / digest[2:4] / digest


def test_a_changed_file_is_not_sent_and_the_log_says_so(
    town: Town, ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    desk = town.desk("dispatcher")
    desk.raise_request_exception = False
    address = f"/orders/{ground.order}/attachments/{ground.attachment}"
    reader = Citizen(town.code)
    reader.client.raise_request_exception = False
    row = Order.objects.get(id=ground.order)
    copy = reverse("publication:file", args=[town.code, row.number, 1, PublicFile.objects.get().extension])
    opened = desk.get(address)
    assert (opened.status_code, b"".join(opened)[:4]) == (200, b"\x89PNG")
    place_of(Attachment.objects.get().digest).write_bytes(b"other")
    place_of(ground.public).write_bytes(b"other")

    with caplog.at_level(logging.ERROR):
        staff, public = desk.get(address), reader.client.get(copy)

    for answer in (staff, public):
        assert answer.status_code == 500
        assert "存储中的文件与上传时不一致" in answer.content.decode()
    assert sum(each.exc_info is not None and each.exc_info[0] is FileAltered for each in caplog.records) == 2


def test_the_daily_sample_is_noted_and_the_doctor_says_what_came_of_it(
    town: Town, ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    raw = connection.connection

    assert database_checks.looked(raw, now=town.now).level == HINT
    witnesses.look(town.now)
    whole = database_checks.looked(raw, now=town.now)
    tampered("appeals_appeal.content", "'改'")
    witnesses.look(town.now + timedelta(hours=2))
    too_soon = Look.objects.count()
    with caplog.at_level(logging.ERROR):
        witnesses.look(town.now + timedelta(days=1))
    broken = database_checks.looked(raw, now=town.now + timedelta(days=1))
    late = database_checks.looked(raw, now=town.now + timedelta(days=5))

    assert (whole.level, too_soon, broken.level) == (GOOD, 1, BAD)
    assert "处与总账的摘要不符（order/" in broken.what
    assert "minsheng ledger verify" in broken.advice
    assert late.level == BAD
    assert f"order/{ground.order}" in caplog.text


def test_what_an_older_version_wrote_is_verified_as_far_as_its_digests_go(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    unbind()

    status, out = said(capsys)
    tampered("appeals_appeal.content", "'改'")
    changed, found = said(capsys)

    assert status == 0, out
    assert "旧版本" in out
    assert changed == 1
    assert ground.stream(ORDER) in found


def unbind() -> None:
    """Let the facts be as before there were digests of all words, their chains made anew."""
    from minsheng.core.ledger import queries
    from minsheng.core.ledger.values import GENESIS, canonical, chain

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        head, last = GENESIS, ""
        for event in queries.select("ORDER BY stream, version", ()):
            body = json.loads(event.body)
            body.pop("bound", None)
            head = GENESIS if event.stream != last else head
            made = chain(
                head, city=event.city, stream=event.stream, version=event.version, type=event.type, at=event.at,
                recorded_at=event.recorded_at, actor=canonical(event.actor), body=canonical(body),
            )  # fmt: skip
            cursor.execute(
                "UPDATE ledger_event SET body = %s, prev_hash = %s, hash = %s WHERE position = %s",
                (json.dumps(body), head, made, event.position),
            )
            head, last = made, event.stream
        cursor.execute("ALTER TABLE ledger_event ENABLE TRIGGER USER")


def test_rebuild_check_sees_a_title_and_a_number_and_mends_them(town: Town, ground: Ground) -> None:
    from minsheng.cases.orders import actions

    tampered("orders_order.registrar", "'staff:改'")

    assert actions.rebuild(check=True)[1] == Order.objects.count()
    actions.rebuild(check=False)
    assert actions.rebuild(check=True)[1] == 0


def test_the_store_opens_nothing_that_does_not_fit_its_digest(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    kept = store.put(io.BytesIO(b"whole"))
    store.open(kept.digest).close()
    (tmp_path / kept.digest[:2] / kept.digest[2:4] / kept.digest).write_bytes(b"wh0le")

    with pytest.raises(FileAltered):
        store.open(kept.digest)
