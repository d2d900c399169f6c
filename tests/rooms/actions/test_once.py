"""An answer is given once: the same key and question get the stored one. Every command from outside rests on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from minsheng.core.ledger import actions, tasks
from minsheng.core.ledger.models import Idempotency
from minsheng.core.ledger.values import InFlight, KeyReused, Stored

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.mark.django_db
def test_once_gives_the_first_answer_to_the_same_question() -> None:
    first = actions.once("api:1", key="k", fingerprint=b"f", now=NOW)
    actions.remember("api:1", key="k", status=201, body={"id": "甲"})

    second = actions.once("api:1", key="k", fingerprint=b"f", now=NOW)
    elsewhere = actions.once("api:2", key="k", fingerprint=b"other", now=NOW)

    assert (first, elsewhere) == (None, None)
    assert second == Stored(status=201, body={"id": "甲"})


@pytest.mark.django_db
def test_once_refuses_a_key_that_was_used_for_something_else() -> None:
    actions.once("api:1", key="k", fingerprint=b"f", now=NOW)
    actions.remember("api:1", key="k", status=201, body={})

    with pytest.raises(KeyReused):
        actions.once("api:1", key="k", fingerprint=b"other", now=NOW)


@pytest.mark.django_db
def test_once_says_in_flight_when_there_is_no_answer_yet() -> None:
    actions.once("api:1", key="k", fingerprint=b"f", now=NOW)

    with pytest.raises(InFlight):
        actions.once("api:1", key="k", fingerprint=b"f", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_once_lets_one_of_many_concurrent_requests_do_the_work(
    threads: Callable[[Callable[[], None], int], None],
) -> None:
    worked: list[int] = []
    answers: list[Stored] = []

    def request() -> None:
        with transaction.atomic():
            stored = actions.once("api:1", key="k", fingerprint=b"f", now=NOW)
            if stored is None:
                worked.append(1)
                actions.remember("api:1", key="k", status=201, body={"id": 1})
            else:
                answers.append(stored)

    threads(request, 5)

    assert len(worked) == 1
    assert answers == [Stored(201, {"id": 1})] * 4


@pytest.mark.django_db
def test_answers_are_forgotten_after_their_time() -> None:
    actions.once("api:1", key="old", fingerprint=b"f", now=NOW)
    actions.once("api:1", key="new", fingerprint=b"f", now=LATER)

    forgotten = tasks.forget_answers(before=LATER)

    assert forgotten == 1
    assert list(Idempotency.objects.values_list("key", flat=True)) == ["new"]
