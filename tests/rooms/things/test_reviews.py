"""Ratings of services: pushed in batches, verified and rectified by the unit, checked, returned; nothing said leaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests import calling_ground as calling
from tests import town_ground as towns
from tests.town_ground import Town, text_of

from minsheng.app.cli import installation, main
from minsheng.cases.reviews.models import Review
from minsheng.figures.lake import engines, export
from minsheng.figures.lake.store import Store

BAD = {
    "source_no": "P1", "item": "不动产登记", "unit": "住建局", "grade": 1, "named": True, "contact": "13812345678",
    "words": "李丽，电话13812345678，等了四小时",
}  # fmt: skip


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def api(
    town: Town, path: str, body: object = None, *, role: str = "connector", token: str = "", key: str | None = None
) -> tuple[int, Any]:
    """Ask the API as a client of a role, once for each call where no client and no key are given."""
    token = token or calling.client_of(town.code, str(uuid4()), (role,), None)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4()) if key is None else key}
    if body is None:
        answer = Client().get(f"/api{path}", headers=headers)
    else:
        answer = Client().post(f"/api{path}", json.dumps(body), content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content)


def batch(*ratings: object) -> dict[str, object]:
    return {"version": 1, "ratings": list(ratings)}


def do(town: Town, who: str, command: str, **fields: str) -> int:
    row = Review.objects.get(source_no="P1")
    form = {"key": str(uuid4()), "seen_version": row.version, **fields}
    return town.desk(who).post(f"/things/review/{row.pk}/do/{command}", form).status_code


@pytest.mark.clause("SZ-30b")
@pytest.mark.clause("JY-16")
def test_bad_rating_is_not_closed_before_it_is_verified_rectified_and_checked(town: Town, tmp_path: Path) -> None:
    assert api(town, "/reviews", batch(BAD))[0] == 200
    assert do(town, "office", "assign_review") == 302
    page = f"/things/review/{Review.objects.get().pk}/"
    seen = text_of(town.desk("officer@住建局").get(page))

    assert ("等了四小时" in seen, "13812345678" in seen) == (True, False)
    assert town.desk("officer@城管局").get(page).status_code == 404
    number, id = Review.objects.get().number, Review.objects.get().pk
    assert api(town, f"/things/review/{id}/return_review", {"receipt": "回执1"})[0] == 409
    assert do(town, "officer@住建局", "verify_review", verdict="true", contacted="电话联系，确认排队四小时") == 302
    assert do(town, "officer@住建局", "rectify_review", measure="增开两个窗口") == 422
    assert do(town, "officer@住建局", "rectify_review", measure="增开两个窗口", told="电话告知") == 302
    assert do(town, "office", "check_review", passed="true") == 422
    assert do(town, "office", "check_review", passed="true", called_back="on") == 302
    told = api(town, "/reviews")[1]["items"]
    assert [(each["source_no"], each["number"], each["verdict"]) for each in told] == [("P1", number, "true")]
    assert api(town, f"/things/review/{id}/return_review", {"receipt": "回执1"})[0] == 200
    assert Review.objects.get().status == "CLOSED"
    export.export(Store(tmp_path), now=town.now)
    with engines.opened(Store(tmp_path)) as lake:
        (row,) = lake["reviews"].execute().to_dict("records")
    assert (row["unit"], row["grade"], row["verdict"], bool(row["timely"])) == ("住建局", 1, "true", True)


def test_batch_is_taken_one_by_one_and_a_second_time_changes_nothing(town: Town) -> None:
    good = {**BAD, "source_no": "P2", "grade": 5, "named": False}
    wrong = [{**BAD, "source_no": "P3", "unit": "没有这个局"}, {**BAD, "source_no": ""}, "P4", {**BAD, "stars": 1}]
    status, first = api(town, "/reviews", batch(BAD, good, *wrong))

    assert status == 200
    assert [bool(each["number"]) for each in first["items"]] == [True, True, False, False, False, False]
    assert all(each["fault"] for each in first["items"][2:])
    assert list(Review.objects.order_by("source_no").values_list("status", flat=True)) == ["RECEIVED", "CLOSED"]
    again = api(town, "/reviews", batch(BAD, good))[1]["items"]
    assert [(each["known"], each["number"], each["fault"]) for each in again] == [
        (True, first["items"][0]["number"], ""),
        (True, first["items"][1]["number"], ""),
    ]
    assert Review.objects.count() == 2


def test_key_of_a_batch_is_compulsory_and_takes_no_other_batch(town: Town) -> None:
    token = calling.client_of(town.code, "评价平台", ("connector",), None)
    first = api(town, "/reviews", batch(BAD), token=token, key="k1")

    assert api(town, "/reviews", batch(BAD), token=token, key="")[0] == 400
    assert (
        api(town, "/reviews", batch(BAD), token=token, key="k1")[1]["items"][0]["number"]
        == first[1]["items"][0]["number"]
    )
    assert api(town, "/reviews", batch({**BAD, "source_no": "P7"}), token=token, key="k1")[1]["code"] == "key_reused"
    assert (
        api(town, "/reviews", batch({**BAD, "source_no": " P1 "}))[1]["items"][0]["number"]
        == first[1]["items"][0]["number"]
    )
    assert Review.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{"version": 2, "ratings": []}, {"version": 1, "ratings": [{}] * 1001}, {"ratings": []}]
)
def test_document_of_another_kind_is_refused_whole(town: Town, body: dict[str, object]) -> None:
    assert api(town, "/reviews", body)[0] == 422
    assert not Review.objects.exists()


def test_nobody_else_pushes_ratings_or_reads_results(town: Town) -> None:
    assert api(town, "/reviews", batch(BAD), role="seat")[0] == 403
    assert api(town, "/reviews", role="seat")[0] == 403


def test_file_is_taken_from_the_line(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installation, "opened", nullcontext)
    file = tmp_path / "ratings.json"
    file.write_text(json.dumps(batch(BAD, {**BAD, "source_no": "P2", "grade": 9})), encoding="utf-8")

    assert main.main(["review", "import", str(file), "--city", town.code]) == 1
    said = capsys.readouterr().out
    assert "第 2 件（P2）" in said
    assert "导入 1 件，以前已导入 0 件，未导入 1 件。" in said
    file.write_text("[]", encoding="utf-8")
    assert main.main(["review", "import", str(file), "--city", town.code]) == 2
    file.write_bytes(b"\xff")
    assert main.main(["review", "import", str(file), "--city", town.code]) == 2
    assert main.main(["review", "import", str(tmp_path / "none"), "--city", town.code]) == 2
