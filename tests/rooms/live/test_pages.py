"""What pages ask by script: what was missed, and who else is there."""

from __future__ import annotations

import time
from typing import Any

from django.test import Client
from tests.town_ground import Town, relayed

from minsheng.cases.live import queries
from minsheng.cases.live.models import Presence, Signal
from minsheng.core.people.models import Staff
from minsheng.core.people.signin import SEEN
from minsheng.domain.actors import ADMINISTRATORS


def begun(town: Town) -> int:
    """Let something have been told already, and return its number."""
    town.register()
    relayed()
    return queries.newest()


def since(browser: Client, number: int) -> dict[str, Any]:
    """Return what a browser is answered that asks what came after a number."""
    answer: dict[str, Any] = browser.get(f"/live/since?id={number}").json()
    return answer


def look(browser: Client, order: str, **more: str) -> Any:
    """Say that the order is before somebody, as the script does."""
    return browser.post("/live/presence", {"stream": f"order/{order}", **more})


def texts(browser: Client, order: str) -> list[str]:
    """Return who else is there, as shown."""
    return [each["text"] for each in look(browser, order).json()["others"]]


class TestSince:
    def test_each_role_gets_its_own(self, town: Town) -> None:
        known = begun(town)
        order = town.dispatched()
        relayed()

        dispatcher = since(town.desk("dispatcher"), known)
        officer = since(town.desk("officer@城管局"), known)
        stranger = since(town.desk("officer@住建局"), known)

        assert {("order", order), ("queue", "")} <= {(each["kind"], each["order"]) for each in dispatcher["events"]}
        assert ("new", order) in {(each["kind"], each["order"]) for each in officer["events"]}
        assert stranger["events"] == []
        assert dispatcher["last"] == officer["last"] == stranger["last"] == queries.newest()
        assert [each["reload"] for each in (dispatcher, officer, stranger)] == [False] * 3

    def test_referral_is_answered_to_insiders_alone(self, town: Town) -> None:
        known = begun(town)
        order = town.internal()
        relayed()

        told = {
            name: {each["order"] for each in since(town.desk(name), known)["events"]} - {""}
            for name in town.staff
            if name not in (*ADMINISTRATORS, "forum_admin", "mystery_caller", "overseer")
        }

        insiders = {"designated_officer", "discipline", "officer@住建局", "leader@住建局", "head@住建局"}
        assert {name for name, orders in told.items() if order in orders} == insiders

    def test_nothing_new_is_nothing(self, town: Town) -> None:
        known = begun(town)

        assert since(town.desk("dispatcher"), known) == {"last": known, "reload": False, "events": []}

    def test_too_much_means_reading_anew(self, town: Town) -> None:
        known = begun(town)
        Signal.objects.bulk_create(
            Signal(city=town.code, audience="role:dispatcher", kind="new", order=f"o{number}", at=town.now)
            for number in range(queries.MISSED_AT_MOST + 1)
        )

        answer = since(town.desk("dispatcher"), known)

        assert answer == {"last": queries.newest(), "reload": True, "events": []}

    def test_number_that_is_none_is_told_so(self, town: Town) -> None:
        answer = town.desk("dispatcher").get("/live/since?id=1e3")

        assert answer.status_code == 422
        assert "请刷新页面" in answer.json()["error"]

    def test_page_of_another_role_is_told_to_read_anew(self, town: Town) -> None:
        both = town.hire("两岗", "dispatcher", "auditor")
        browser = town.desk(both, acting_as="auditor")

        former = browser.get(f"/live/since?id=0&for={both}-dispatcher")

        assert former.status_code == 409
        assert "请刷新页面" in former.json()["error"]
        assert browser.get(f"/live/since?id=0&for={both}-auditor").status_code == 200

    def test_stranger_and_role_without_content_are_sent_away(self, town: Town) -> None:
        assert Client().get("/live/since?id=0").status_code == 302
        assert town.desk("admin").get("/live/since?id=0").status_code == 403
        assert town.desk("dispatcher").post("/live/since", {"id": "0"}).status_code == 405

    def test_asking_by_script_is_no_use_of_the_session(self, town: Town) -> None:
        browser = town.desk("dispatcher")
        session = browser.session
        session[SEEN] = then = time.time() - 14 * 60
        session.save()

        since(browser, 0)

        assert browser.session[SEEN] == then
        browser.get("/")
        assert browser.session[SEEN] > then


class TestPresence:
    def test_two_at_one_order_see_each_other_and_who_writes(self, town: Town) -> None:
        order = town.dispatched()
        dispatcher, officer = town.desk("dispatcher"), town.desk("officer@城管局")

        alone = texts(dispatcher, order)
        look(officer, order, typing="1")

        assert alone == []
        assert texts(dispatcher, order) == ["officer城管局（经办人）正在填写"]
        assert texts(officer, order) == ["dispatcher甲（交办员）正在查看"]

    def test_who_may_not_see_the_order_gets_404_and_leaves_no_trace(self, town: Town) -> None:
        internal, ordinary = town.internal(), town.dispatched()

        assert look(town.desk("dispatcher"), internal).status_code == 404
        assert look(town.desk("officer@城管局"), internal).status_code == 404
        assert look(town.desk("officer@住建局"), ordinary).status_code == 404
        assert look(town.desk("dispatcher"), "no-such-order").status_code == 404
        assert look(town.desk("dispatcher"), "").status_code == 404
        assert look(town.desk("dispatcher"), "a\0b").status_code == 404
        assert not Presence.objects.exists()

    def test_who_lost_sight_of_the_order_is_neither_named_nor_told(
        self, town: Town, django_capture_on_commit_callbacks: Any
    ) -> None:
        order = town.register(type="report", publish="", target_unit="城管局")
        look(town.desk("dispatcher"), order)
        town.act(order, "dispatcher", "propose_referral")

        with django_capture_on_commit_callbacks(execute=True):
            answer = look(town.desk("designated_officer"), order)

        assert answer.json()["others"] == []
        assert not Signal.objects.filter(kind="presence").exists()

    def test_who_says_nothing_for_a_minute_is_gone(self, town: Town) -> None:
        order = town.dispatched()
        dispatcher = town.desk("dispatcher")
        look(town.desk("officer@城管局"), order)

        town.later(seconds=59)
        still = texts(dispatcher, order)
        town.later(seconds=1)

        assert len(still) == 1
        assert texts(dispatcher, order) == []

    def test_who_leaves_is_gone_at_once(self, town: Town) -> None:
        order = town.dispatched()
        dispatcher, officer = town.desk("dispatcher"), town.desk("officer@城管局")
        look(officer, order)

        assert look(officer, order, leave="1").json()["others"] == []

        assert texts(dispatcher, order) == []

    def test_changes_are_told_to_those_present_and_only_changes(
        self, town: Town, django_capture_on_commit_callbacks: Any
    ) -> None:
        order = town.dispatched()
        dispatcher, officer = town.desk("dispatcher"), town.desk("officer@城管局")
        look(dispatcher, order)

        with django_capture_on_commit_callbacks(execute=True):
            for typing in ("", "", "1", "1"):
                look(officer, order, typing=typing)
            look(officer, order, leave="1")
            look(officer, order, leave="1")

        rows = list(Signal.objects.filter(kind="presence"))
        assert {(row.audience, row.order) for row in rows} == {(f"staff:{town.staff['dispatcher']}", f"order/{order}")}
        assert len(rows) == 3

    def test_names_never_stand_in_signals(self, town: Town, django_capture_on_commit_callbacks: Any) -> None:
        order = town.dispatched()
        look(town.desk("dispatcher"), order)
        with django_capture_on_commit_callbacks(execute=True):
            look(town.desk("officer@城管局"), order)

        row = Signal.objects.get(kind="presence")

        name = Staff.objects.get(pk=town.staff["officer@城管局"]).display_name
        assert name not in repr(row.__dict__)

    def test_presence_prolongs_the_session_only_when_somebody_is_active(self, town: Town) -> None:
        order = town.dispatched()
        browser = town.desk("dispatcher")
        session = browser.session
        session[SEEN] = then = time.time() - 14 * 60
        session.save()

        look(browser, order)
        idle = browser.session[SEEN]
        look(browser, order, active="1")

        assert idle == then
        assert browser.session[SEEN] > then

    def test_looking_by_address_is_refused(self, town: Town) -> None:
        assert town.desk("dispatcher").get("/live/presence").status_code == 405
