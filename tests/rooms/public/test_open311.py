"""GeoReport v2, read and written by a client that others made. Clauses: JY-9.8a, SZ-2."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import requests
from django.db import connections
from georeport import GeoReport
from pytest_django.live_server_helper import LiveServer
from tests import refusals_ground
from tests.publication_ground import published
from tests.town_ground import Town
from tests.visiting_ground import REQUEST, Citizen

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger import tasks as ledger
from minsheng.core.people import actions as people
from minsheng.core.people.models import Appellant
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.public.open311.models import Token
from minsheng.public.portal import steps


@pytest.fixture
def town(transactional_db: None, town: Town) -> Town:
    """Return a town that other threads see too."""
    return town


@pytest.fixture
def key(town: Town) -> str:
    """Return the key of a client that files for citizens."""
    return people.add_client(town.code, name="第三方应用", roles=["citizen"], actor=SYSTEM, now=town.now)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_client_of_others_reads_everything(
    server_as_it_runs: None, live_server: LiveServer, town: Town, form: str
) -> None:
    row = published(town, Citizen(town.code))
    base = f"{live_server.url}/open311/{town.code}/v2"
    client = GeoReport(base, jurisdiction=town.code, output_format=form)

    services = client.get_service_list()
    definition = client.get_service_definition("other")
    found = client.get_service_requests(service_request_id=row.number)
    listed = client.get_service_requests(start_date="2026-09-01T00:00:00Z", end_date="2026-10-01T00:00:00Z")
    single = client.get_service_request(row.number)

    assert any(each["service_code"] == "other" for each in services)
    # What filing answers is a token, never the number.
    assert {each["type"] for each in services} == {"batch"}
    attributes = definition["attributes"] if form == "json" else definition["attributes"]["attribute"]
    assert [each["code"] for each in attributes] == ["type", "publish", "target_unit"]
    found = found if isinstance(found, list) else [found]
    listed = listed if isinstance(listed, list) else [listed]
    for each in (found[0], listed[0], single):
        assert each["service_request_id"] == row.number
        assert (each["status"], each["agency_responsible"]) == ("closed", "城管局")
        assert "东门人行道破损已久" in each["description"]
        assert each["status_notes"] == "已派人修复。"


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("name", ["request", "requests"])
def test_a_single_request_answers_under_both_names_without_a_charset(town: Town, form: str, name: str) -> None:
    row = published(town, Citizen(town.code))

    answer = Citizen(town.code).client.get(f"/open311/{town.code}/v2/{name}/{row.number}.{form}")

    assert answer.status_code == 200
    assert answer["Content-Type"] == {"json": "application/json", "xml": "text/xml"}[form]
    assert row.number.encode() in answer.content


@pytest.mark.parametrize(
    "path", ["discovery", "services", "services/other", "requests", "request/1", "requests/1", "tokens/1"]
)
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_unknown_methods_are_405_and_name_what_there_is(town: Town, path: str, method: str) -> None:
    answer = getattr(Citizen(town.code).client, method)(f"/open311/{town.code}/v2/{path}.json")

    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    assert json.loads(answer.content)[0]["code"] == 405


def test_what_is_filed_through_it_is_an_appeal_like_any_other_and_its_token_gives_the_number(
    town: Town, key: str
) -> None:
    client = Citizen(town.code).client
    base = f"/open311/{town.code}/v2"

    made = client.post(f"{base}/requests.json", {**REQUEST, "api_key": key}, headers={"idempotency-key": "a-1"})
    again = client.post(f"{base}/requests.json", {**REQUEST, "api_key": key}, headers={"idempotency-key": "a-1"})

    token = json.loads(made.content)[0]["token"]
    assert made.content == again.content
    row = models.Order.objects.get()
    assert (row.status, row.channel) == ("DRAFT", "web")
    assert queries.history(row.id)[0].actor["role"] == "citizen"
    answer = json.loads(client.get(f"{base}/tokens/{token}.json").content)
    assert answer == [{"service_request_id": row.number, "token": token}]
    assert client.get(f"{base}/requests/{row.number}.json").status_code == 404


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "ms_x_y"}, 403),
        ({"service_code": "nothing"}, 400),
        ({"description": ""}, 400),
        ({"address_string": ""}, 400),
        ({"address_string": "", "lat": "x", "long": "120"}, 400),
        ({"attribute[type]": "nothing"}, 400),
        ({"attribute[publish]": "maybe"}, 400),
    ],
)
def test_what_can_not_be_taken_is_refused_in_the_standards_form_and_registers_nothing(
    town: Town, key: str, change: dict[str, str], status: int, form: str
) -> None:
    values = {**REQUEST, "api_key": key, **change}

    answer = Citizen(town.code).client.post(f"/open311/{town.code}/v2/requests.{form}", values)

    assert answer.status_code == status
    if form == "json":
        assert json.loads(answer.content)[0]["code"] == status
    else:
        assert ElementTree.fromstring(answer.content).findtext("error/code") == str(status)
    assert models.Order.objects.count() == 0


@pytest.mark.parametrize(
    ("where", "place", "left"),
    [
        ({"address_string": "", "lat": "31.9202", "long": "120.2853"}, "31.9202, 120.2853", ""),
        ({"address_string": "", "address_id": " 320281-7 "}, "地址编号 320281-7", ""),
        ({"lat": "31.9202", "long": "120.2853"}, "滨江路12号", "lat、long"),
        ({"lat": "31.9202", "address_id": "320281-7"}, "滨江路12号", "lat、address_id"),
        ({"address_string": " ", "lat": "31.9202", "address_id": "320281-7"}, "地址编号 320281-7", "lat"),
        ({"address_string": "", "lat": "31.92", "long": "120.28", "address_id": "1"}, "31.92, 120.28", "address_id"),
    ],
)
def test_one_of_the_three_ways_to_say_where_is_enough_and_what_is_not_kept_is_named(
    town: Town, key: str, where: dict[str, str], place: str, left: str
) -> None:
    values = {**REQUEST, "api_key": key, **where}

    answer = Citizen(town.code).client.post(f"/open311/{town.code}/v2/requests.json", values)

    assert answer.status_code == 200
    words = appeals.words_of(models.Order.objects.get().id)
    assert words is not None
    assert words.place == place
    notice = answer.json()[0]["service_notice"]
    assert notice.endswith(f"未保存的字段：{left}。" if left else "待热线中心核对受理。")


@pytest.mark.parametrize("where", [{}, {"lat": "31.9202"}, {"long": "120.2853"}, {"address_id": " "}])
def test_who_says_not_where_is_told_the_three_ways(town: Town, key: str, where: dict[str, str]) -> None:
    values = {**REQUEST, "api_key": key, "address_string": "", **where}

    answer = Citizen(town.code).client.post(f"/open311/{town.code}/v2/requests.json", values)

    assert answer.status_code == 400
    assert answer.json()[0]["description"] == "请填写：address_string、lat 和 long、address_id 之一。"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("jurisdiction_id=another", 404),
        ("status=lost", 400),
        ("start_date=yesterday", 400),
        ("page=x", 400),
        ("status=open", 200),
    ],
)
def test_odd_questions_get_the_standards_answers(town: Town, asked: str, status: int) -> None:
    answer = Citizen(town.code).client.get(f"/open311/{town.code}/v2/requests.json?{asked}")

    assert answer.status_code == status


def test_discovery_names_the_endpoint(server_as_it_runs: None, live_server: LiveServer, town: Town) -> None:
    found = requests.get(f"{live_server.url}/open311/{town.code}/v2/discovery.json", timeout=10).json()

    assert found["endpoints"][0]["url"] == f"{live_server.url}/open311/{town.code}/v2"


@pytest.mark.parametrize("asked", ["requests/{}.json", "request/{}.xml", "requests.json?service_request_id={}"])
def test_asking_for_what_is_not_public_is_on_record(town: Town, asked: str) -> None:
    row = Citizen(town.code).file()
    known = refusals_ground.known()

    answer = Citizen(town.code).client.get(f"/open311/{town.code}/v2/{asked.format(row.number)}")

    assert answer.status_code == 404
    assert refusals_ground.since(known).get().code == "not_found"


def test_of_several_numbers_the_public_ones_are_shown_and_the_others_on_record(town: Town) -> None:
    shown, hidden = published(town, Citizen(town.code)), Citizen(town.code).file()
    known = refusals_ground.known()

    numbers = f"{hidden.number},{shown.number}"
    answer = Citizen(town.code).client.get(f"/open311/{town.code}/v2/requests.json?service_request_id={numbers}")

    assert [each["service_request_id"] for each in answer.json()] == [shown.number]
    assert hidden.number in refusals_ground.since(known).get().stream


def test_numbers_may_have_spaces_around_them(town: Town) -> None:
    rows = [published(town, Citizen(town.code)) for _ in range(2)]
    known = refusals_ground.known()

    asked = {"service_request_id": f" {rows[0].number}, {rows[1].number} ,"}
    answer = Citizen(town.code).client.get(f"/open311/{town.code}/v2/requests.json", asked)

    assert {each["service_request_id"] for each in answer.json()} == {row.number for row in rows}
    assert not refusals_ground.since(known).exists()


def test_the_address_that_discovery_names_tells_people_what_it_is(town: Town) -> None:
    answer = Citizen(town.code).client.get(f"/open311/{town.code}/v2/")

    assert answer.status_code == 200
    assert f"/open311/{town.code}/v2" in answer.content.decode()


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    ("path", "city"),
    [
        (f"requests/{'9' * 300}", ""),
        (f"tokens/{'a' * 300}", ""),
        (f"services/{'a' * 300}", ""),
        ("nothing", ""),
        ("requests", "JIANGYIN"),
        ("requests", "nowhere"),
        ("requests", "x" * 300),
    ],
)
def test_whatever_there_is_not_is_said_in_the_notation_that_was_asked_for(
    town: Town, path: str, city: str, form: str
) -> None:
    answer = Citizen(town.code).client.get(f"/open311/{city or town.code}/v2/{path}.{form}")

    assert answer.status_code == 404
    if form == "json":
        assert json.loads(answer.content)[0]["code"] == 404
    else:
        assert ElementTree.fromstring(answer.content).findtext("error/code") == "404"


def test_too_much_is_said_in_the_standards_form_too(town: Town, key: str) -> None:
    values = {**REQUEST, "api_key": key, "description": "路" * 3_000_000}

    answer = Citizen(town.code).client.post(
        f"/open311/{town.code}/v2/requests.json", urlencode(values), content_type="application/x-www-form-urlencoded"
    )

    assert (answer.status_code, json.loads(answer.content)[0]["code"]) == (413, 413)
    assert models.Order.objects.count() == 0


def test_a_request_for_another_city_is_not_taken_here(town: Town, key: str) -> None:
    values = {**REQUEST, "api_key": key, "jurisdiction_id": "suqian"}

    assert Citizen(town.code).client.post(f"/open311/{town.code}/v2/requests.json", values).status_code == 404
    assert models.Order.objects.count() == 0


def test_what_is_not_kept_is_said_and_a_name_alone_is_kept(town: Town, key: str) -> None:
    values = {**REQUEST, "api_key": key, "email": "a@b.example", "media_url": "https://c.example/1.jpg", "phone": ""}

    answer = Citizen(town.code).client.post(f"/open311/{town.code}/v2/requests.json", values)

    assert "email、media_url" in json.loads(answer.content)[0]["service_notice"]
    words = appeals.words_of(models.Order.objects.get().id)
    assert words is not None
    assert words.appellant is not None


def test_the_same_key_files_nothing_twice_however_much_later(town: Town, key: str) -> None:
    client, path = Citizen(town.code).client, f"/open311/{town.code}/v2/requests.json"
    made = client.post(path, {**REQUEST, "api_key": key}, headers={"idempotency-key": "a-1"})
    ledger.forget_answers(before=town.now + timedelta(days=30))

    again = client.post(path, {**REQUEST, "api_key": key}, headers={"idempotency-key": "a-1"})

    assert again.content == made.content
    assert models.Order.objects.count() == 1


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("later", [False, True])
def test_another_body_under_the_same_key_is_refused_as_everywhere_and_the_first_keeps_its_token(
    town: Town, key: str, form: str, later: bool
) -> None:
    client, path = Citizen(town.code).client, f"/open311/{town.code}/v2/requests.{form}"
    sent = partial(client.post, path, headers={"idempotency-key": "a-1"})
    made = sent({**REQUEST, "api_key": key})
    if later:
        ledger.forget_answers(before=town.now + timedelta(days=30))

    refused = sent({**REQUEST, "api_key": key, "description": "河边堆了很多垃圾"})

    assert refused.status_code == 422
    assert "已用于另一次提交" in refused.content.decode()
    if form == "json":
        assert refused.json()[0]["code"] == 422
    else:
        assert ElementTree.fromstring(refused.content).findtext("error/code") == "422"
    assert sent({**REQUEST, "api_key": key}).content == made.content
    assert models.Order.objects.count() == 1


def test_the_same_body_gives_its_token_whatever_has_become_of_the_rules(
    town: Town, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, path = Citizen(town.code).client, f"/open311/{town.code}/v2/requests.json"
    sent = partial(client.post, path, {**REQUEST, "api_key": key}, headers={"idempotency-key": "a-1"})
    made = sent()
    monkeypatch.setattr(steps, "needs_real_name", lambda rules: True)

    assert sent().content == made.content
    assert client.post(path, {**REQUEST, "api_key": key}).status_code == 403


def test_a_token_from_before_bodies_were_kept_is_given_again(town: Town, key: str) -> None:
    client, path = Citizen(town.code).client, f"/open311/{town.code}/v2/requests.json"
    sent = partial(client.post, path, {**REQUEST, "api_key": key}, headers={"idempotency-key": "a-1"})
    made = sent()
    Token.objects.update(fingerprint=None)

    assert sent().content == made.content


@pytest.mark.parametrize("alike", [True, False])
def test_of_several_at_once_under_one_key_exactly_one_is_filed(town: Town, key: str, alike: bool) -> None:
    path, hands = f"/open311/{town.code}/v2/requests.json", 4
    ready = Barrier(hands)

    def send(place: int) -> tuple[int, bytes]:
        # A name without a telephone: nothing else would keep the vault from having somebody twice.
        more = {"api_key": key, "phone": "", "description": REQUEST["description"] + ("" if alike else str(place))}
        ready.wait(timeout=20)
        try:
            answer = Citizen(town.code).client.post(path, {**REQUEST, **more}, headers={"idempotency-key": "a-1"})
            return answer.status_code, answer.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(hands) as pool:
        found = list(pool.map(send, range(hands)))

    assert sorted(status for status, _ in found) == ([200] * hands if alike else [200, 422, 422, 422])
    assert len({content for status, content in found if status == 200}) == 1
    assert models.Order.objects.count() == Token.objects.count() == Appellant.objects.count() == 1


def test_where_the_web_needs_a_real_name_a_client_is_told_where_to_go(town: Town) -> None:
    other = Town("suqian_o", set_clock=town.set_clock)
    policies.open_city(other.code, name="宿迁", pack="suqian", actor=SYSTEM, now=town.now)
    key = people.add_client(other.code, name="第三方应用", roles=["citizen"], actor=SYSTEM, now=town.now)
    client = Citizen(other.code).client

    answer = client.post(f"/open311/{other.code}/v2/requests.json", {**REQUEST, "api_key": key})

    assert answer.status_code == 403
    assert "实名认证" in json.loads(answer.content)[0]["description"]
    assert "实名认证" in client.get(f"/portal/{other.code}/open-data").content.decode()


@pytest.mark.parametrize("whose", ["another city's", "no citizen's", "expired"])
def test_a_client_of_another_city_or_without_the_role_files_nothing(town: Town, suqian: Town, whose: str) -> None:
    stranger = people.add_client(
        suqian.code if whose == "another city's" else town.code,
        name="第三方应用",
        roles=["seat" if whose == "no citizen's" else "citizen"],
        expires_at=town.now if whose == "expired" else None,
        actor=SYSTEM,
        now=town.now,
    )

    answer = Citizen(town.code).client.post(f"/open311/{town.code}/v2/requests.json", {**REQUEST, "api_key": stranger})

    assert answer.status_code == 403
    assert "api_key 无效" in answer.json()[0]["description"]
    assert models.Order.objects.count() == 0
    assert not Token.objects.exists()


def test_a_token_gives_its_number_in_its_own_city_alone(town: Town, suqian: Town, key: str) -> None:
    client = Citizen(town.code).client
    made = client.post(f"/open311/{town.code}/v2/requests.json", {**REQUEST, "api_key": key}).json()
    known = refusals_ground.known()

    answer = client.get(f"/open311/{suqian.code}/v2/tokens/{made[0]['token']}.json")

    assert answer.status_code == 404
    assert models.Order.objects.get().number not in answer.content.decode()
    refused = refusals_ground.since(known).get()
    assert (refused.command, refused.code, refused.city) == ("open311", "not_found", suqian.code)
    assert client.get(f"/open311/{town.code}/v2/tokens/{made[0]['token']}.json").status_code == 200


def test_the_page_for_programmers_names_every_field_that_is_wanted(town: Town, suqian: Town) -> None:
    page = Citizen(town.code).client.get(f"/open311/{town.code}/v2/").content.decode()

    for name in REQUEST:
        assert name in page
    assert "不超过 4000 字" in page
    assert "最多提交 600 件" in page
    assert "提交诉求</h2>" not in Citizen(suqian.code).client.get(f"/open311/{suqian.code}/v2/").content.decode()
