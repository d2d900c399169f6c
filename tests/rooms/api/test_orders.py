"""Registering, seeing and handling orders through the API. Clauses: SZ-15.1, JY-9.1a, JY-10.2a, JY-12.1, JY-13.1c."""

from __future__ import annotations

import json

import pytest
from tests import calling_ground as calling
from tests import playing_ground as playing
from tests.calling_ground import City

from minsheng.app.site.api import STATUS, api
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.models import Order
from minsheng.cases.orders.storage import queries, records
from minsheng.core.ledger import verification
from minsheng.core.ledger.models import Idempotency
from minsheng.core.people.models import Appellant
from minsheng.domain.orders import commands as cmd
from minsheng.domain.rejected import Rejected
from minsheng.gateways import packfiles

D01 = packfiles.shipped_folder() / "jiangyin" / "scenarios"


def test_d01_through_the_api_gives_the_facts_of_the_rehearsal(jiangyin: City) -> None:
    path = next(D01.glob("D01.yaml"), None) or next(D01.glob("D01*.yaml"))
    story, rehearsed, refused = playing.rehearsed(path)
    names: dict[str, str] = {}

    for step in story.steps:
        playing.fire_until(step.at)
        if step.command is None:
            continue
        jiangyin.at(step.at)
        body = _plain(step.command)
        if step.name not in names:
            answer = jiangyin.post("/appeals", {**body, "submit": True}, by=str(step.by))
            names[step.name] = answer.body["id"]
        else:
            answer = jiangyin.post(f"/orders/{names[step.name]}/{step.command.name}", body, by=str(step.by))
        assert answer.status in (200, 201), answer.body

    stored = {
        name: [playing.line_of(records.from_ledger(each), {}) for each in queries.history(order_id)]
        for name, order_id in names.items()
    }
    assert stored == rehearsed
    assert refused == {}
    assert verification.verify().fault is None


def _plain(command: object) -> dict[str, object]:
    assert isinstance(command, cmd.Command)
    values = records.plain_of(command)
    return {name: value for name, value in values.items() if value not in ("", None, [])}


class TestRegistering:
    def test_a_draft_is_answered_with_the_order(self, jiangyin: City) -> None:
        answer = jiangyin.post("/appeals", {**calling.APPEAL, "submit": False, "title": "路灯"}, by="seat")

        assert answer.status == 201
        assert answer.headers["ETag"] == '"1"'
        assert (answer.body["status"], answer.body["title"]) == ("DRAFT", "路灯")
        assert "submit" in answer.body["commands"]

    def test_submit_takes_it_to_dispatch(self, jiangyin: City) -> None:
        answer = jiangyin.post("/appeals", calling.APPEAL, by="seat")

        assert answer.body["status"] == "SUBMITTED"

    def test_a_category_is_kept_by_its_code(self, jiangyin: City) -> None:
        answer = jiangyin.post("/appeals", {**calling.APPEAL, "category": "1303"}, by="seat")

        words = appeals.words_of(answer.body["id"])
        assert words is not None
        assert words.category == "1303"

    def test_an_unknown_category_is_refused(self, jiangyin: City) -> None:
        answer = jiangyin.post("/appeals", {**calling.APPEAL, "category": "路灯照明"}, by="seat")

        assert (answer.status, answer.code) == (422, "unknown_category")
        assert Order.objects.count() == 0

    def test_a_channel_outside_the_pack_is_refused(self, jiangyin: City) -> None:
        answer = jiangyin.post("/appeals", {**calling.APPEAL, "channel": "carrier_pigeon"}, by="seat")

        assert answer.code == "code_not_in_pack"
        assert Order.objects.count() == 0

    def test_an_order_is_linked_by_its_number_as_by_its_id(self, jiangyin: City) -> None:
        goes_on, first, second = (jiangyin.register() for _ in range(3))
        number = jiangyin.get(f"/orders/{goes_on}").body["number"]

        jiangyin.do(first, "link", "dispatcher", to=number)
        jiangyin.do(second, "link", "dispatcher", to=goes_on)

        linked = [event for each in (first, second) for event in queries.history(each) if event.type == "Linked"]
        assert [json.loads(event.body)["event"]["to"] for event in linked] == [goes_on, goes_on]

    def test_an_emergency_starts_its_own_track(self, jiangyin: City) -> None:
        body = {"type": "help", "channel": "phone", "emergency": {"place": "人民路", "facts": "燃气泄漏"}}

        answer = jiangyin.post("/appeals", body, by="seat")

        assert (answer.status, answer.body["status"]) == (201, "EMERGENCY")

    def test_identity_goes_to_the_vault_and_comes_back_masked(self, jiangyin: City) -> None:
        answer = jiangyin.post(
            "/appeals", {**calling.APPEAL, "identity": {"name": "王小明", "phone": "13812345678"}}, by="seat"
        )
        seen = jiangyin.get(f"/orders/{answer.body['id']}", by="dispatcher")
        overseen = jiangyin.get(f"/orders/{answer.body['id']}", by="joint_meeting")

        assert "13812345678" not in json.dumps(answer.body)
        assert (seen.body["identity"]["name"], seen.body["identity"]["phone"]) == ("王**", "138****5678")
        assert overseen.body["identity"] is None

    def test_a_refused_registration_keeps_no_identity(self, jiangyin: City) -> None:
        body = {"type": "help", "identity": {"name": "王小明", "phone": "13812345678"}}

        answer = jiangyin.post("/appeals", body, by="seat")

        assert (answer.status, answer.code, answer.body["fields"]) == (422, "field_missing", ["channel"])
        assert answer.body["detail"] == "请填写：渠道。"
        assert Appellant.objects.count() == 0
        assert Order.objects.count() == 0

    def test_a_bad_phone_is_refused(self, jiangyin: City) -> None:
        answer = jiangyin.post("/appeals", {**calling.APPEAL, "identity": {"phone": "xyz"}}, by="seat")

        assert (answer.status, answer.code) == (422, "bad_phone")
        assert Order.objects.count() == 0

    def test_another_role_may_not(self, jiangyin: City) -> None:
        answer = jiangyin.post("/appeals", calling.APPEAL, by="dispatcher")

        assert (answer.status, answer.code) == (403, "not_your_role")
        assert Idempotency.objects.count() == 0


class TestLists:
    def test_pages_follow_each_other_newest_first(self, jiangyin: City) -> None:
        orders = []
        for minute in range(5):
            jiangyin.at(f"2026-09-07T10:0{minute}:00")
            orders.append(jiangyin.register())

        first = jiangyin.get("/orders?limit=3").body
        second = jiangyin.get(f"/orders?limit=3&after={first['next']}").body

        assert [each["id"] for each in (*first["items"], *second["items"])] == orders[::-1]
        assert second["next"] is None

    def test_filters_narrow(self, jiangyin: City) -> None:
        jiangyin.register(type="consult", matter="井盖")
        jiangyin.at("2026-09-08T10:00:00")
        order = jiangyin.register()
        jiangyin.do(order, "dispatch", "dispatcher", unit="城管局", basis="权责清单")

        def found(query: str) -> int:
            return len(jiangyin.get(f"/orders?{query}").body["items"])

        assert found("status=DISPATCHED") == 1
        assert found("unit=城管局") == 1
        assert found("type=consult") == 1
        assert found("matter=井盖") == 1
        assert found("since=2026-09-08T00:00:00%2B08:00") == 1
        assert found("unit=住建局") == 0

    @pytest.mark.parametrize(
        "query",
        ["limit=0", "limit=x", "limit=" + "9" * 5000, "after=x", "after=%00", "status=NONE", "since=x", "unit=%00",
         "since=0001-01-01T00:00:00Z", "since=9999-12-31T23:59:59Z", "after=MDAwMS0wMS0wMVQwMDowMDowMFp8eA=="],
    )  # fmt: skip
    def test_a_bad_query_is_refused(self, jiangyin: City, query: str) -> None:
        answer = jiangyin.get(f"/orders?{query}")

        assert (answer.status, answer.code) == (422, "malformed")

    def test_the_queue_counts_what_waits(self, jiangyin: City) -> None:
        order = jiangyin.register()

        answer = jiangyin.get("/queue", by="dispatcher").body

        assert [each["id"] for each in answer["items"]] == [order]
        assert answer["counts"]["SUBMITTED"] == 1
        assert jiangyin.get("/queue", by="auditor").body["items"] == []


class TestSeeing:
    def test_timers_show_how_they_came_about(self, jiangyin: City) -> None:
        jiangyin.at("2026-09-18T16:40:00")
        order = jiangyin.register()

        timer = jiangyin.get(f"/orders/{order}/timers").body["timers"][0]

        assert (timer["name"], timer["standing"], timer["due"]) == ("dispatch", "running", "2026-09-20T10:10:00+08:00")
        derived = timer["derivation"]
        assert (derived["clause"], derived["length"], derived["due"]) == ("JY-10.1a", "2 WH", timer["due"])
        assert derived["pack"].startswith("jiangyin@")
        assert derived["skipped"] == [{"day": "2026-09-19", "why": "周末"}]
        assert [each["start"][:16] for each in derived["counted"]] == ["2026-09-18T16:40", "2026-09-20T09:00"]

    def test_every_clock_of_a_long_life_is_explained(self, jiangyin: City) -> None:
        order = jiangyin.register()
        jiangyin.do(order, "dispatch", "dispatcher", unit="城管局", basis="权责清单")
        jiangyin.do(order, "sign", "officer@城管局")
        jiangyin.do(order, "approve_reply", "leader@城管局")
        jiangyin.do(order, "reply", "officer@城管局", text="已修复", channel="phone", kind="final")

        timers = jiangyin.get(f"/orders/{order}/timers").body["timers"]

        standings = {each["name"]: each["standing"] for each in timers}
        assert (standings["sign"], standings["handle"], standings["audit"]) == ("met", "paused", "running")

    @pytest.mark.clause("SZ-15a", "SQ-10.0")
    def test_the_timeline_of_a_finished_order_shows_the_five_stages_one_after_the_other(self, suqian: City) -> None:
        order = suqian.register()
        steps = (
            ("09:10", "dispatch", "dispatcher", {"unit": "城管局", "basis": "权责清单"}),
            ("09:20", "sign", "officer@城管局", {}),
            ("09:40", "reply", "officer@城管局", {"text": "已修复", "channel": "phone", "kind": "final"}),
            ("10:00", "pass_audit", "auditor", {}),
            ("10:30", "answer_sms", "citizen", {"satisfied": True}),
        )
        for at, command, by, body in steps:
            suqian.at(f"2026-09-07T{at}")
            suqian.do(order, command, by, **body)

        facts = suqian.get(f"/orders/{order}/timeline", by="supervisor").body["facts"]

        stages = {"Registered": "09:00", "Dispatched": "09:10", "Signed": "09:20", "Replied": "09:40"}
        shown = {each["type"]: each["at"][11:16] for each in facts}
        assert {name: shown[name] for name in stages} == stages
        assert facts[-1]["at"][11:16] == "10:30"
        assert [each["at"] for each in facts] == sorted(each["at"] for each in facts)

    def test_the_timeline_tells_what_happened_and_no_word_of_it(self, jiangyin: City) -> None:
        order = jiangyin.register(content="秘密内容")
        jiangyin.do(order, "dispatch", "dispatcher", unit="城管局", basis="权责清单")

        body = jiangyin.get(f"/orders/{order}/timeline", by="officer@城管局").body

        assert [each["type"] for each in body["facts"]][-1] == "Dispatched"
        assert body["facts"][-1]["by"] == {"role": "dispatcher", "unit": None, "label": "交办员"}
        assert {"sign@城管局", "handle@城管局"} <= {each["key"] for each in body["facts"][-1]["clocks"]}
        assert "秘密内容" not in json.dumps(body, ensure_ascii=False)

    def test_the_answer_is_shown_to_the_appellant(self, jiangyin: City) -> None:
        order = jiangyin.register()
        jiangyin.do(order, "dispatch", "dispatcher", unit="城管局", basis="权责清单")
        jiangyin.do(order, "sign", "officer@城管局")
        jiangyin.do(order, "approve_reply", "leader@城管局")
        jiangyin.do(order, "reply", "officer@城管局", text="已修复", channel="phone", kind="final")

        seen = jiangyin.get(f"/orders/{order}", by="citizen").body

        assert [each["text"] for each in seen["answers"]] == ["已修复"]

    @pytest.mark.parametrize("order", ["x", "%00", "a" * 100, "a%2Fb", "..", "路"])
    def test_what_is_no_order_is_not_found(self, jiangyin: City, order: str) -> None:
        assert jiangyin.get(f"/orders/{order}").status == 404


class TestReferrals:
    @pytest.fixture
    def referred(self, jiangyin: City) -> str:
        order = jiangyin.register(type="report", target_unit="住建局")
        jiangyin.do(order, "propose_referral", "dispatcher")
        return order

    @pytest.mark.clause("JY-12.1")
    def test_nobody_outside_learns_of_it(self, jiangyin: City, referred: str) -> None:
        jiangyin.do(referred, "refer", "designated_officer", branch="12.1", handler="纪委监委")
        outside = [
            name
            for name in jiangyin.names
            if name not in ("designated_officer", "discipline") and not name.endswith("@纪委监委")
        ]

        for name in outside:
            for path in ("", "/timers", "/timeline"):
                assert jiangyin.get(f"/orders/{referred}{path}", by=name).status == 404, name
            assert jiangyin.post(f"/orders/{referred}/urge", {"text": "请办"}, by=name).status == 404
            assert jiangyin.post(f"/orders/{referred}/identity", {"reason": "核实情况"}, by=name).status == 404
            if name != "citizen":
                assert jiangyin.get("/orders", by=name).body["items"] == []
                queue = jiangyin.get("/queue", by=name).body
                assert queue["items"] == []
                assert sum(queue["counts"].values()) == 0

    @pytest.mark.clause("JY-12.1")
    def test_those_in_it_see_it(self, jiangyin: City, referred: str) -> None:
        jiangyin.do(referred, "refer", "designated_officer", branch="12.1", handler="纪委监委")

        for name in ("designated_officer", "discipline", "officer@纪委监委"):
            assert jiangyin.get(f"/orders/{referred}", by=name).status == 200
            assert len(jiangyin.get("/orders", by=name).body["items"]) == 1

    def test_who_proposed_it_hears_the_same_answer_again(self, jiangyin: City) -> None:
        order = jiangyin.register(type="report")

        first = jiangyin.post(f"/orders/{order}/propose_referral", by="dispatcher", key="once")
        again = jiangyin.post(f"/orders/{order}/propose_referral", by="dispatcher", key="once")
        other = jiangyin.post(f"/orders/{order}/propose_referral", by="dispatcher", key="other")

        assert first.body["status"] == "RESTRICTED"
        assert (again.status, again.body, again.headers["Idempotent-Replay"]) == (200, first.body, "true")
        assert other.status == 404
        assert not Idempotency.objects.filter(key="other").exists()


class TestReveals:
    @pytest.mark.clause("JY-8d", "SZ-4")
    def test_a_role_that_may_not_is_refused(self, jiangyin: City) -> None:
        order = jiangyin.register(identity={"name": "王小明"}, target_unit="城管局")
        jiangyin.do(order, "dispatch", "dispatcher", unit="城管局", basis="权责清单")

        masked = jiangyin.post(f"/orders/{order}/identity", {"reason": "核实情况"}, by="dispatcher")
        never = jiangyin.post(f"/orders/{order}/identity", {"reason": "核实情况"}, by="connector")
        target = jiangyin.post(f"/orders/{order}/identity", {"reason": "核实情况"}, by="officer@城管局")

        assert (masked.status, masked.code) == (403, "reveal_role_masked")
        assert never.status == 404
        assert (target.status, target.code) == (403, "reveal_target_never")
        assert jiangyin.get(f"/orders/{order}", by="officer@城管局").body["identity"] is None

    def test_a_reason_is_wanted_without_personal_data(self, jiangyin: City) -> None:
        order = jiangyin.register(identity={"name": "王小明"})

        missing = jiangyin.post(f"/orders/{order}/identity", {"reason": ""}, by="supervisor")
        personal = jiangyin.post(f"/orders/{order}/identity", {"reason": "致电 13812345678"}, by="supervisor")

        assert (missing.status, missing.code) == (422, "reveal_reason_missing")
        assert (personal.status, personal.code) == (422, "reason_names_identity")

    def test_an_order_of_nobody_has_no_identity(self, jiangyin: City) -> None:
        order = jiangyin.register()

        answer = jiangyin.post(f"/orders/{order}/identity", {"reason": "核实情况"}, by="supervisor")

        assert (answer.status, answer.code) == (404, "unknown_appellant")


class TestCommands:
    def test_every_command_has_a_documented_operation(self) -> None:
        paths = api.get_openapi_schema(path_prefix="/api/")["paths"]

        wanted = {f"/api/orders/{{order_id}}/{name}" for name in cmd.BY_NAME if name != "register"}
        assert wanted <= set(paths)

    @pytest.mark.parametrize("name", [name for name in cmd.BY_NAME if name != "register"])
    def test_every_command_refuses_a_role_that_has_it_not(self, jiangyin: City, name: str) -> None:
        order = jiangyin.register()
        by = "discipline" if name != "sign" else "seat"

        answer = jiangyin.post(f"/orders/{order}/{name}", {}, by="specialist" if by == "discipline" else by)

        expected = (409, "not_allowed_now") if name == "answer" else (403, "not_your_role")
        assert (answer.status, answer.code) == expected
        assert Order.objects.get(id=order).version == queries.history(order)[-1].version

    def test_who_was_slower_is_told_who_did_what(self, jiangyin: City) -> None:
        order = jiangyin.register()
        seen = jiangyin.get(f"/orders/{order}").headers["ETag"]
        jiangyin.do(order, "dispatch", "dispatcher", unit="城管局", basis="权责清单")

        answer = jiangyin.post(f"/orders/{order}/propose_referral", by="dispatcher", If_Match=seen)

        assert (answer.status, answer.code) == (409, "conflict")
        assert "交办员" in answer.body["detail"]
        assert "交办" in answer.body["detail"]

    def test_if_match_must_be_a_version(self, jiangyin: City) -> None:
        order = jiangyin.register()

        answer = jiangyin.post(f"/orders/{order}/dispatch", {"unit": "城管局"}, by="dispatcher", If_Match="abc")

        assert (answer.status, answer.code) == (400, "version_malformed")

    def test_messages_are_said(self, jiangyin: City) -> None:
        order = jiangyin.register()

        answer = jiangyin.do(order, "dispatch", "dispatcher", unit="城管局", basis="权责清单")

        assert answer.body["messages"] == []
        assert answer.body["units"] == ["城管局"]

    def test_each_refusal_of_the_domain_has_a_sentence(self) -> None:
        from minsheng import wording

        assert all(wording.say(Rejected(code)) for code in STATUS)
