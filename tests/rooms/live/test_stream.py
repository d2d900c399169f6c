"""Event streams end to end: a real server process, a real session, facts that are committed and relayed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from pytest_django import DjangoDbBlocker
from tests.streaming_ground import WEB_PORT, Server, server
from tests.town_ground import Town, relayed

from minsheng.cases.live import actions
from minsheng.core.people.models import Staff
from minsheng.core.people.signin import SEEN

OURS = f"http://127.0.0.1:{WEB_PORT}"


@pytest.fixture(scope="module")
def one_server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    """Have one stream server for all tests of this module; each opens streams of its own."""
    with django_db_blocker.unblock(), server() as started:
        yield started


@pytest.fixture
def running(open_town: Town, one_server: Server) -> Iterator[Server]:
    yield one_server
    one_server.close_streams()


def test_new_order_arrives(open_town: Town, running: Server) -> None:
    stream = running.open(open_town.desk("officer@城管局"))
    order = open_town.register()

    open_town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    relayed()
    event = stream.next("new")

    assert event.data == {"order": order, "version": 3}
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["cache-control"] == "no-store"
    assert stream.headers["x-accel-buffering"] == "no"


def test_each_hears_only_what_is_theirs(open_town: Town, running: Server) -> None:
    ours = running.open(open_town.desk("officer@城管局"))
    theirs = running.open(open_town.desk("officer@住建局"))
    order = open_town.internal()
    last = open_town.register()

    open_town.act(last, "dispatcher", "dispatch", units=["城管局", "住建局"], lead="住建局", basis="权责清单")
    relayed()

    assert order in {event.data.get("order") for event in theirs.heard_until("new", last)}
    assert order not in {event.data.get("order") for event in ours.heard_until("new", last)}


def test_nobody_is_let_in_without_a_session(running: Server) -> None:
    assert running.open(None).status == 401
    assert running.open(None, Cookie="minsheng=invented").status == 401


def test_every_refusal_carries_the_headers_of_pages(open_town: Town, running: Server) -> None:
    refusals = [
        running.open(None),
        running.open(open_town.desk("seat"), Origin="https://elsewhere.example"),
        running.open(open_town.desk("admin")),
    ]
    plain = [httpx.get(f"http://127.0.0.1:{running.port}{path}") for path in ("/livez", "/nowhere")]
    plain.append(httpx.post(f"http://127.0.0.1:{running.port}/live/stream"))

    for headers in [each.headers for each in refusals] + [dict(each.headers) for each in plain]:
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "camera=()" in headers["permissions-policy"]
        assert headers["referrer-policy"] == "same-origin"


def test_session_that_was_idle_too_long_is_not_let_in(open_town: Town, running: Server) -> None:
    browser = open_town.desk("dispatcher")
    session = browser.session
    session[SEEN] = time.time() - 16 * 60
    session.save()

    assert running.open(browser).status == 401


def test_stream_is_no_use_of_the_session(open_town: Town, running: Server) -> None:
    browser = open_town.desk("dispatcher")
    session = browser.session
    session[SEEN] = then = time.time() - 14 * 60
    session.save()

    assert running.open(browser).status == 200

    assert browser.session[SEEN] == then


def test_account_that_was_closed_is_not_let_in(open_town: Town, running: Server) -> None:
    browser = open_town.desk("dispatcher")
    Staff.objects.filter(pk=open_town.staff["dispatcher"]).update(is_active=False)

    assert running.open(browser).status == 401


def test_role_without_content_and_unacknowledged_are_not_let_in(open_town: Town, running: Server) -> None:
    Staff.objects.filter(pk=open_town.staff["auditor"]).update(confidentiality_ack_at=None)

    assert running.open(open_town.desk("admin")).status == 403
    assert running.open(open_town.desk("auditor")).status == 403


def test_page_of_another_role_is_not_fed(open_town: Town, running: Server) -> None:
    both = open_town.hire("两岗", "dispatcher", "auditor")
    browser = open_town.desk(both, acting_as="auditor")

    assert running.open(browser, query=f"?for={both}-dispatcher").status == 409
    assert running.open(browser, query=f"?for={both}-auditor").status == 200


def test_foreign_origins_are_refused_and_our_own_is_named(open_town: Town, running: Server) -> None:
    browser = open_town.desk("dispatcher")

    for foreign in ("http://evil.example", "http://127.0.0.1:9", f"https://127.0.0.1:{WEB_PORT}", "null"):
        refused = running.open(browser, Origin=foreign)
        assert (refused.status, refused.headers.get("access-control-allow-origin")) == (403, None)
    assert running.open(browser, Sec_Fetch_Site="cross-site").status == 403
    assert running.open(browser, Host="evil.example").status == 403
    let_in = running.open(browser, Origin=OURS)

    assert let_in.status == 200
    assert let_in.headers["access-control-allow-origin"] == OURS
    assert let_in.headers["access-control-allow-credentials"] == "true"
    assert let_in.headers["vary"] == "Origin"


def test_numbers_that_are_none_are_refused(open_town: Town, running: Server) -> None:
    browser = open_town.desk("dispatcher")

    assert [running.open(browser, query=f"?since={bad}").status for bad in ("x", "-1", "9" * 30)] == [400] * 3


@pytest.mark.parametrize("how", ["header", "query"])
def test_browser_that_comes_back_gets_what_it_missed(open_town: Town, running: Server, how: str) -> None:
    browser = open_town.desk("dispatcher")
    open_town.register()
    relayed()
    with running.open(browser) as stream:
        known = stream.next("beat").number
    missed = open_town.register()
    relayed()

    back = (
        running.open(browser, Last_Event_ID=str(known))
        if how == "header"
        else running.open(browser, query=f"?since={known}")
    )
    later = open_town.register()
    relayed()

    numbers = [event.number for event in back.heard_until("new", missed)]
    numbers += [event.number for event in back.heard_until("new", later)]
    assert numbers == sorted(set(numbers))


def test_gap_that_cannot_be_known_means_reading_anew(open_town: Town, running: Server) -> None:
    browser = open_town.desk("dispatcher")
    for _ in range(3):
        open_town.register()
    relayed()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM live_signal WHERE id < (SELECT max(id) FROM live_signal)")

    assert running.open(browser, query="?since=0").next("reload", "new").kind == "reload"
    assert running.open(browser, query="?since=999999999").next("reload", "new").kind == "reload"


def test_nothing_is_lost_when_the_listening_connection_dies(open_town: Town, running: Server) -> None:
    stream = running.open(open_town.desk("dispatcher"))
    stream.next("beat")
    before = open_town.register()
    relayed()
    stream.heard_until("new", before)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'minsheng-live' AND datname = current_database()"
        )
        assert len(cursor.fetchall()) == 1
    # Committed while nobody may be listening.
    during = open_town.register()
    relayed()

    stream.heard_until("new", during)
    after = open_town.register()
    relayed()
    stream.heard_until("new", after)


def test_request_can_tell_without_the_relay(open_town: Town, running: Server) -> None:
    order = open_town.register()
    relayed()
    stream = running.open(open_town.desk("auditor"))
    stream.next("beat")

    actions.tell(city=open_town.code, audiences=["role:auditor"], kind="claim", order=order, now=open_town.now)

    assert stream.next("claim").data == {"order": order, "version": 0}


def test_stopped_server_says_goodbye_and_ends_at_once(open_town: Town) -> None:
    with server() as running:
        streams = [running.open(open_town.desk("dispatcher")) for _ in range(3)]
        for stream in streams:
            stream.next("beat")

        running.process.terminate()

        assert [stream.next("bye").kind for stream in streams] == ["bye"] * 3
        assert running.process.wait(20) is not None


def test_numbers_become_visible_in_their_order(open_town: Town) -> None:
    """A second writer waits for the first one's commit: else a browser that knows its number would miss the first's."""
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    with psycopg.connect(url) as first, psycopg.connect(url) as second:
        first.execute(actions.LOCK)
        second.execute("SET lock_timeout = '50ms'")

        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute(actions.LOCK)
