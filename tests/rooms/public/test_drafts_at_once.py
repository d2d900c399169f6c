"""Two drafts with the same picture at once: who takes it out never takes it from the other. Clauses: JY-10.3c."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import pytest
from django.db import connections
from tests import files_ground as samples

from minsheng.core.policies import actions as policies
from minsheng.core.policies import queries as policy_queries
from minsheng.domain.actors import SYSTEM
from minsheng.gateways.antivirus import EicarOnly
from minsheng.gateways.files import LocalFiles, Stored
from minsheng.public.citizens.visitors import Visitor
from minsheng.public.portal import filings
from minsheng.public.portal.models import Draft, DraftFile

NOW = datetime(2026, 9, 18, 8, 40, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitor(tmp_path: Path, settings: Any) -> Visitor:
    settings.DRAFTS_FOLDER = tmp_path / "drafts"
    policies.open_city("jiangyin", name="江阴市", pack="jiangyin", actor=SYSTEM, now=NOW)
    return Visitor(policy_queries.city("jiangyin"), NOW, "127.0.0.1", None, frozenset())


def add(draft: UUID, visitor: Visitor) -> None:
    filings.add_file(draft, io.BytesIO(samples.PNG), name="a.png", visitor=visitor, scanner=EicarOnly())


def test_who_forgets_a_content_never_takes_it_from_who_brings_the_same_just_then(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (filings.begin("jiangyin", now=NOW) for _ in range(2))
    add(one, visitor)
    (first,) = filings.files(one)

    def forget() -> None:
        filings.remove_file(one, first.id)
        connections.close_all()

    other = threading.Thread(target=forget)

    class Interrupted(LocalFiles):
        """Lets the other one go all the way, if nothing holds them, between storing and committing."""

        def put(self, stream: BinaryIO) -> Stored:
            stored = super().put(stream)
            other.start()
            other.join(timeout=1.5)
            return stored

    folder = filings.settings.DRAFTS_FOLDER
    monkeypatch.setattr(filings, "store", lambda: Interrupted(folder))
    add(two, visitor)
    monkeypatch.undo()
    other.join(timeout=20)

    (kept,) = DraftFile.objects.all()
    assert kept.draft_id == two
    with LocalFiles(folder).open(kept.digest) as content:
        assert content.read() == samples.PNG


def test_a_draft_that_was_filed_meanwhile_takes_no_file(visitor: Visitor) -> None:
    draft = filings.begin("jiangyin", now=NOW)
    Draft.objects.filter(pk=draft).update(order="019", number="26091800000001")

    with pytest.raises(filings.AttachmentRefused) as refused:
        add(draft, visitor)

    assert refused.value.code == "draft_filed"
    assert filings.files(draft) == []
