"""Drafts on the server: sealed answers, files looked at as they come, and the one step that makes an appeal of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from minsheng.cases.appeals import attachments
from minsheng.cases.orders import actions as orders
from minsheng.core.files import actions as keeping
from minsheng.core.files import places
from minsheng.core.files.values import AttachmentRefused, Checked, Ground
from minsheng.core.ledger import actions as ledger
from minsheng.core.people import appellants, vault
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.gateways.antivirus import Scanner
from minsheng.gateways.files import FileStore, LocalFiles, NoSuchFile
from minsheng.gateways.ids import uuid7
from minsheng.gateways.media.filetypes import KINDS, Known
from minsheng.public.citizens import limits
from minsheng.public.citizens.visitors import Visitor
from minsheng.public.portal import codes
from minsheng.public.portal.models import Draft, DraftFile

GOOD_FOR: Final = timedelta(hours=24)
Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as pages use it."""

    id: UUID
    answers: Answers
    number: str
    order: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a draft as pages show it."""

    id: UUID
    name: str
    size: int
    media_type: str


def begin(city: str, *, now: datetime) -> UUID:
    """Begin an empty draft and return its id."""
    draft = uuid7(now)
    Draft.objects.create(id=draft, city_id=city, answers=_sealed(draft, {}), expires_at=now + GOOD_FOR)
    return draft


def kept(draft: UUID, *, city: str, now: datetime) -> Kept | None:
    """Return a draft while it is good; one that can't be opened any more is as good as gone."""
    row = Draft.objects.filter(pk=draft, city=city, expires_at__gt=now).first()
    try:
        return Kept(row.pk, _opened(row), row.number, row.order) if row is not None else None
    except vault.VaultBroken:
        return None


def save(draft: UUID, answers: Answers, *, now: datetime) -> None:
    """Add answers to a draft that is not filed yet; it is good for another day."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft)
        if not row.order:
            row.answers = _sealed(row.pk, {**_opened(row), **answers})
            row.expires_at = now + GOOD_FOR
            row.save(update_fields=["answers", "expires_at"])


def files(draft: UUID) -> list[KeptFile]:
    """Return a draft's files, the oldest first."""
    rows = DraftFile.objects.filter(draft=draft).order_by("id")
    return [KeptFile(row.pk, row.name, row.size, row.media_type) for row in rows]


def add_file(draft: UUID, stream: BinaryIO, *, name: str, visitor: Visitor, scanner: Scanner) -> None:
    """Take a file in after looking at its content and for malicious software; otherwise nothing is kept.

    Raises: Unacceptable, AttachmentRefused, ScannerAway. Source: JY-10.3c.
    """
    ground = Ground(f"draft/{draft}", visitor.city.code, "APPEAL", "", 1, "")
    checked = keeping.check(stream, name=name, ground=ground, actor=Actor("citizen"), scanner=scanner, now=visitor.now)
    most, known, digest = places.limits(), checked.known, checked.digest
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft)
        if row.order:
            raise AttachmentRefused("draft_filed")
        present = list(DraftFile.objects.filter(draft=draft))
        if (same := next((each for each in present if each.digest == digest), None)) is not None:
            if same.name == known.name:
                return  # sent twice
            raise AttachmentRefused("file_twice", name=known.name, other=same.name)
        if len(present) >= most.order_files:
            raise AttachmentRefused("too_many_files", most=most.order_files, present=len(present))
        if sum(each.size for each in present) + known.size > most.order:
            raise AttachmentRefused("files_too_large", most=most.order // 1_048_576)
        ledger.hold(f"draft file {digest}")
        store().put(stream)
        DraftFile.objects.create(
            id=uuid7(visitor.now),
            draft_id=draft,
            name=known.name,
            media_type=known.kind.media_type,
            size=known.size,
            digest=digest,
            scan=checked.scan,
        )


def remove_file(draft: UUID, file: UUID) -> None:
    """Take a file out of a draft; what is not there is no fault."""
    row = DraftFile.objects.filter(pk=file, draft=draft).first()
    if row is not None:
        row.delete()
        _forget_content(row.digest)


def file(draft: UUID, command: cmd.Register, *, visitor: Visitor, title: str) -> Kept:
    """Make an appeal of a draft, once: who files, the order, the files, the query code, all or nothing.

    A second press finds it done. Raises: Rejected, BadPhone, TooOften. Source: JY-9.1a, SZ-15.1, SQ-10.1.
    """
    now = visitor.now
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft)
        answers = _opened(row)
        if row.order:
            return Kept(row.pk, answers, row.number, row.order)
        appellant = _identified(answers, visitor)
        actor = Actor("citizen", person=f"appellant:{appellant}")
        key = orders.Key(f"draft:{row.pk}", "file", digest_of_answers(answers))
        outcome = orders.register(
            command, city=row.city_id, actor=actor, now=now, words=orders.Words(appellant=appellant, title=title),
            key=key,
        )  # fmt: skip
        found = list(row.files.order_by("id"))
        _attach(row, found, outcome.order.id, outcome.order.status, actor, now)
        code = codes.new(outcome.order.id, now=now)
        row.order, row.number = outcome.order.id, outcome.number
        row.answers = _sealed(row.pk, {"code": code})
        row.expires_at = now + GOOD_FOR
        row.save(update_fields=["order", "number", "answers", "expires_at"])
        if found:
            row.files.all().delete()
            transaction.on_commit(lambda: _forget_contents([each.digest for each in found]))
    return Kept(row.pk, {"code": code}, row.number, row.order)


def filed_meanwhile(draft: UUID) -> Kept | None:
    """Return a draft that was filed, after waiting for whoever files it just now; None when it is not."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(pk=draft).first()
        return Kept(row.pk, _opened(row), row.number, row.order) if row is not None and row.order else None


def drop(draft: UUID) -> None:
    """Delete a draft and its files, for whoever begins anew; one that is filed stays for its receipt."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(pk=draft, order="").first()
        digests = _deleted(row) if row is not None else []
    _forget_contents(digests)


def forget(*, now: datetime) -> None:
    """Delete drafts that are no longer good, and their files."""
    while _forget_next(now):
        pass


def store() -> FileStore:
    """Return the drafts' own store: what is never filed never gets among the records."""
    return LocalFiles(settings.DRAFTS_FOLDER)


def digest_of_answers(answers: Answers) -> bytes:
    """Return what binds an idempotency key to the answers."""
    return limits.keyed("draft", json.dumps(dict(answers), sort_keys=True, ensure_ascii=False))


def _identified(answers: Answers, visitor: Visitor) -> UUID:
    """Put who files into the vault and return the pseudonym; an account is there."""
    if visitor.account is not None:
        # Apart from the telephone's count: anybody can type a number, which is not to keep out whoever signed in.
        limits.hit(limits.FILE_BY_PHONE, str(visitor.account.id), now=visitor.now)
        return visitor.account.appellant
    limits.hit(limits.FILE_BY_PHONE, vault.phone_in(visitor.city.code, answers["phone"]), now=visitor.now)
    return appellants.keep_appellant(
        city=visitor.city.code,
        kind=answers["appellant"],
        name=answers.get("name") or None,
        phone=answers["phone"],
        now=visitor.now,
    )


def _attach(row: Draft, found: Sequence[DraftFile], order: str, stage: str, actor: Actor, now: datetime) -> None:
    kinds = {kind.media_type: kind for kind in KINDS}
    streams = []
    try:
        for each in found:
            streams.append(store().open(each.digest))
    except NoSuchFile as fault:
        raise AttachmentRefused("attachment_not_found") from fault
    checked = [
        Checked(Known(each.name, kinds[each.media_type], each.size), each.digest, each.scan, stream)
        for each, stream in zip(found, streams, strict=True)
    ]
    if checked:
        ground = attachments.ground(order, row.city_id, "APPEAL", "", 1, stage)
        keeping.attach(checked, ground=ground, actor=actor, store=places.store(), now=now)
    for stream in streams:
        stream.close()


def _forget_next(now: datetime) -> bool:
    """Delete one draft that is no longer good; False when there is none. Whoever goes on with it just now wins."""
    with transaction.atomic():
        row = Draft.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now).first()
        if row is None:
            return False
        digests = _deleted(row)
    _forget_contents(digests)
    return True


def _deleted(row: Draft) -> list[str]:
    """Delete a draft; return the digests of its files, whose contents may have to go once that is done."""
    digests = list(row.files.values_list("digest", flat=True))
    row.delete()
    return digests


def _forget_contents(digests: Iterable[str]) -> None:
    for digest in digests:
        _forget_content(digest)


def _forget_content(digest: str) -> None:
    """Delete a content that no draft has any more; whoever adds the same just now holds its name."""
    with transaction.atomic():
        ledger.hold(f"draft file {digest}")
        if not DraftFile.objects.filter(digest=digest).exists():
            store().delete(digest)


def _sealed(draft: UUID, answers: Answers) -> bytes:
    return vault.encrypt(json.dumps(dict(answers), ensure_ascii=False), owner=f"draft/{draft}", field="answers")


def _opened(row: Draft) -> dict[str, str]:
    found: dict[str, str] = json.loads(vault.decrypt(bytes(row.answers), owner=f"draft/{row.pk}", field="answers"))
    return found
