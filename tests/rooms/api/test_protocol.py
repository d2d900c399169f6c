"""How the API is spoken to: who calls, keys that make writing idempotent, bad input, its document. Clauses: JY-12.1."""

from __future__ import annotations

import json

import pytest
from tests import calling_ground as calling
from tests.calling_ground import City

from minsheng.cases.orders.models import Order
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.models import Idempotency, Refusal
from minsheng.core.people.models import Appellant


class TestCallers:
    @pytest.mark.parametrize("path", ["/orders", "/queue", "/contacts", "/orders/x", "/orders/x/timers"])
    def test_a_stranger_is_refused(self, jiangyin: City, path: str) -> None:
        answer = jiangyin.get(path, by="ms_abc_def")

        assert (answer.status, answer.code) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_a_stranger_registers_nothing(self, jiangyin: City) -> None:
        answer = jiangyin.post("/appeals", calling.APPEAL, by="")

        assert answer.status == 401
        assert Order.objects.count() == 0

    def test_a_client_of_several_roles_chooses_one(self, jiangyin: City) -> None:
        jiangyin.tokens["both"] = calling.client_of(jiangyin.code, "both", ("seat", "callback_agent"), None)

        unsaid = jiangyin.post("/appeals", calling.APPEAL, by="both")
        foreign = jiangyin.post("/appeals", calling.APPEAL, by="both", X_Role="auditor")
        chosen = jiangyin.post("/appeals", calling.APPEAL, by="both", X_Role="seat")

        assert (unsaid.status, unsaid.code) == (403, "role_wanted")
        assert (foreign.status, foreign.code) == (403, "not_your_role")
        assert chosen.status == 201

    def test_an_order_of_another_city_does_not_exist(self, jiangyin: City, suqian: City) -> None:
        order = jiangyin.register()

        answers = [
            suqian.get(f"/orders/{order}"),
            suqian.get(f"/orders/{order}/timers"),
            suqian.get(f"/orders/{order}/timeline"),
            suqian.post(f"/orders/{order}/dispatch", {"unit": "城管局"}, by="dispatcher"),
            suqian.post(f"/orders/{order}/identity", {"reason": "核实情况"}, by="supervisor"),
        ]

        assert {(each.status, each.code) for each in answers} == {(404, "not_found")}
        assert suqian.get("/orders").body["items"] == []

    def test_an_order_of_another_unit_does_not_exist(self, jiangyin: City) -> None:
        order = jiangyin.register()
        jiangyin.do(order, "dispatch", "dispatcher", unit="城管局", basis="权责清单")

        foreign = jiangyin.post(f"/orders/{order}/sign", by="officer@住建局")
        own = jiangyin.post(f"/orders/{order}/sign", by="officer@城管局")

        assert foreign.status == 404
        assert own.status == 200

    def test_a_portal_names_the_identifier_and_lists_nothing(self, jiangyin: City) -> None:
        order = jiangyin.register()
        number = Order.objects.get(id=order).number

        by_id = jiangyin.get(f"/orders/{order}", by="citizen")
        by_number = jiangyin.get(f"/orders/{number}", by="citizen")
        listed = jiangyin.get("/orders", by="citizen")

        assert by_id.status == 200
        assert by_id.body["identity"] is None
        assert by_number.status == 404
        assert listed.status == 403
        assert jiangyin.get(f"/orders/{number}", by="seat").status == 200

    def test_asking_for_what_does_not_exist_for_one_is_on_record(self, jiangyin: City) -> None:
        order = jiangyin.register(type="report", target_unit="城管局")
        jiangyin.post(f"/orders/{order}/propose_referral", by="dispatcher")

        answers = [
            jiangyin.get(f"/orders/{order}", by="citizen"),
            jiangyin.get("/orders/01a0b3ac-0000-7000-830d-a892d5151da3", by="citizen"),
            jiangyin.post(f"/orders/{order}/urge", by="citizen"),
        ]

        assert [each.status for each in answers] == [404, 404, 404]
        assert answers[0].body == answers[1].body
        assert Refusal.objects.filter(command="read", code="not_found").count() == 3


class TestKeys:
    def test_a_write_without_a_key_is_refused(self, jiangyin: City) -> None:
        answer = jiangyin.post("/appeals", calling.APPEAL, by="seat", key=" ")

        assert (answer.status, answer.code) == (400, "key_missing")
        assert Order.objects.count() == 0

    def test_the_same_key_and_body_get_the_same_answer(self, jiangyin: City) -> None:
        body = {**calling.APPEAL, "identity": {"name": "王小明"}}

        first = jiangyin.post("/appeals", body, by="seat", key="once")
        jiangyin.do(first.body["id"], "dispatch", "dispatcher", unit="城管局", basis="权责清单")
        again = jiangyin.post("/appeals", body, by="seat", key="once")

        assert first.status == 201
        assert "Idempotent-Replay" not in first.headers
        assert (again.status, again.headers["Idempotent-Replay"]) == (200, "true")
        assert again.body == first.body
        assert Order.objects.count() == 1
        assert Appellant.objects.count() == 1

    def test_the_same_key_with_another_body_is_refused(self, jiangyin: City) -> None:
        jiangyin.post("/appeals", calling.APPEAL, by="seat", key="once")

        answer = jiangyin.post("/appeals", {**calling.APPEAL, "content": "别的"}, by="seat", key="once")

        assert (answer.status, answer.code) == (422, "key_reused")
        assert Order.objects.count() == 1

    def test_clients_do_not_share_keys(self, jiangyin: City) -> None:
        jiangyin.tokens["other"] = calling.client_of(jiangyin.code, "other", ("seat",), None)

        for name in ("seat", "other"):
            assert jiangyin.post("/appeals", calling.APPEAL, by=name, key="once").status == 201

        assert Order.objects.count() == 2

    def test_a_refused_command_leaves_its_key_free(self, jiangyin: City) -> None:
        order = jiangyin.register()

        refused = jiangyin.post(f"/orders/{order}/pass_audit", by="auditor", key="once")
        again = jiangyin.post(f"/orders/{order}/pass_audit", by="auditor", key="once")

        assert (refused.status, refused.code) == (409, "not_allowed_now")
        assert (again.status, again.code) == (409, "not_allowed_now")

    def test_a_reveal_is_recorded_each_time(self, jiangyin: City) -> None:
        order = jiangyin.register(identity={"name": "王小明", "phone": "13812345678"})
        body = {"reason": "回访前核实情况", "fields": ["phone"]}

        first = jiangyin.post(f"/orders/{order}/identity", body, by="supervisor", key="once")
        again = jiangyin.post(f"/orders/{order}/identity", body, by="supervisor", key="once")
        other = jiangyin.post(f"/orders/{order}/identity", {"reason": "另外的理由"}, by="supervisor", key="once")

        assert first.body == {"name": None, "phone": "13812345678", "id_number": None, "address": None}
        assert again.body == first.body
        assert again.headers["Idempotent-Replay"] == "true"
        assert (other.status, other.code) == (422, "key_reused")
        appellant = Appellant.objects.get()
        assert [each.type for each in ledger.history(f"identity/{appellant.pk}")].count("IdentityRevealed") == 2


class TestBadInput:
    BODIES = (
        ("{", 400),
        ("", 422),
        ("[]", 422),
        ('"x"', 422),
        ("null", 422),
        ("[" * 100_000, 400),
        ("\xff\xfe", 400),
        ('{"type": "help", "channel": "phone", "content": ' + "9" * 5000 + "}", 400),
        (json.dumps({**calling.APPEAL, "content": "a\0b"}), 422),
        (json.dumps({**calling.APPEAL, "content": "\ud800"}), 422),
        (json.dumps({**calling.APPEAL, "content": "长" * 20_001}), 422),
        (json.dumps({**calling.APPEAL, "place": "长" * 1_001}), 422),
        (json.dumps({**calling.APPEAL, "content": ["x"]}), 422),
        (json.dumps({**calling.APPEAL, "content": 1}), 422),
        (json.dumps({**calling.APPEAL, "type": "nothing"}), 422),
        (json.dumps({**calling.APPEAL, "submit": "yes"}), 422),
        (json.dumps({**calling.APPEAL, "utility": 1}), 422),
        (json.dumps({**calling.APPEAL, "unknown": 1}), 422),
        (json.dumps({**calling.APPEAL, "\ud800": 1}), 422),
        (json.dumps({**calling.APPEAL, "upper_due": "0001-01-01T00:00:00+08:00"}), 422),
        (json.dumps({**calling.APPEAL, "upper_due": "9999-12-31T23:59:59-12:00"}), 422),
        (json.dumps({**calling.APPEAL, "upper_due": 12345}), 422),
        (json.dumps({**calling.APPEAL, "said_at": "yesterday"}), 422),
        (json.dumps({**calling.APPEAL, "title": "a\0b"}), 422),
        (json.dumps({**calling.APPEAL, "identity": {"name": "a\0b"}}), 422),
        (json.dumps({**calling.APPEAL, "identity": {"name": "x", "age": 3}}), 422),
        (json.dumps({**calling.APPEAL, "emergency": {"place": {"x": 1}}}), 422),
        (json.dumps({**calling.APPEAL, "emergency": {"place": "a\0b"}}), 422),
        ('{"content": NaN}', 422),
    )

    @pytest.mark.parametrize(("body", "status"), BODIES, ids=range(len(BODIES)))
    def test_a_bad_body_is_refused_and_changes_nothing(self, jiangyin: City, body: str, status: int) -> None:
        answer = jiangyin.post("/appeals", body.encode("latin-1" if body == "\xff\xfe" else "utf-8"), by="seat")

        assert answer.status == status, answer.body
        assert answer.code in ("bad_json", "malformed")
        assert any("\u4e00" <= char <= "\u9fff" for char in answer.body["detail"])
        assert Order.objects.count() == 0
        assert Idempotency.objects.count() == 0

    def test_a_body_that_is_too_large_is_refused(self, jiangyin: City) -> None:
        answer = jiangyin.post("/appeals", "x" * 6_000_000, by="seat")

        assert (answer.status, answer.code) == (413, "too_large")

    @pytest.mark.parametrize(
        ("command", "body"),
        [
            ("request_extension", {"by_days": 1000}),
            ("request_extension", {"by_days": 10**30}),
            ("request_extension", {"by_days": True}),
            ("request_extension", {"until": "9999-12-31T00:00:00Z"}),
            ("request_extension", {"leader_consent": {"at": "0001-01-01T00:00:00Z"}}),
            ("request_extension", {"leader_consent": "yes"}),
            ("dispatch", {"units": ["x"] * 51}),
            ("dispatch", {"units": "城管局"}),
            ("dispatch", {"unit": "a\0b"}),
            ("link", {"to": "a\0b"}),
            ("callback", {"satisfied": "perhaps"}),
        ],
    )
    def test_a_bad_field_of_a_command_is_refused(self, jiangyin: City, command: str, body: dict[str, object]) -> None:
        order = jiangyin.register()

        answer = jiangyin.post(f"/orders/{order}/{command}", body, by="dispatcher")

        assert (answer.status, answer.code) == (422, "malformed")
        assert answer.body["fields"][0].split(".")[0] in body

    def test_an_unknown_address_or_method_is_a_problem_too(self, jiangyin: City) -> None:
        absent = jiangyin.get("/nothing")
        written = jiangyin.post("/nothing", by="seat")
        method = jiangyin.post("/orders", by="seat")

        assert (absent.status, absent.code) == (404, "not_found")
        assert (written.status, written.code) == (404, "not_found")
        assert (method.status, method.code) == (405, "method_not_allowed")
        assert method.headers["Allow"] == "GET"


def test_the_document_is_served_to_everyone(jiangyin: City) -> None:
    answer = jiangyin.get("/openapi.json", by="")

    assert answer.status == 200
    assert answer.body["openapi"].startswith("3.1")
    assert "/api/appeals" in answer.body["paths"]
