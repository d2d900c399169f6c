"""What a seat has typed is kept for them alone, encrypted, until it is registered or three days are over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.registering_ground import CALLER, GIVEN, OTHERS, TYPED
from tests.town_ground import Town, fresh, text_of

from minsheng.core.drafts import tasks, unsent
from minsheng.core.drafts.models import FormDraft


class TestDrafts:
    def save(self, town: Town, **values: str) -> Any:
        return town.desk("seat").post("/orders/new/draft", fresh(**{**TYPED, **values}))

    def test_what_is_typed_is_kept_and_offered_again(self, town: Town) -> None:
        saved = self.save(town)
        opened = text_of(town.desk("seat").get("/orders/new"))
        restored = text_of(town.desk("seat").get("/orders/new?draft=restore"))

        assert json.loads(saved.content) == {"said": "已自动保存 16:40:00", "saved_at": "16:40:00"}
        assert "恢复 16:40 未提交的登记" in opened
        assert "张三丰" not in opened
        assert 'value="张三丰"' in restored
        assert 'value="13812345678"' in restored
        assert ">路灯不亮</textarea>" in restored.replace("\n", "")
        assert "error-summary" not in restored

    def test_it_is_ciphertext(self, town: Town) -> None:
        self.save(town)

        body = bytes(FormDraft.objects.get().body or b"")
        for clear in ("张三丰", "13812345678", "路灯不亮"):
            assert clear.encode() not in body
            assert json.dumps(clear).strip('"').encode() not in body

    def test_nobody_else_sees_it(self, town: Town) -> None:
        self.save(town)
        town.staff["seat 2"] = town.hire("钱座席", "seat")

        assert "未提交的登记" not in text_of(town.desk("seat 2").get("/orders/new"))
        assert "张三丰" not in text_of(town.desk("seat 2").get("/orders/new?draft=restore"))

    def test_moved_to_another_seats_row_it_opens_nothing(self, town: Town) -> None:
        self.save(town)
        other = town.hire("钱座席", "seat")
        FormDraft.objects.update(staff_id=other)

        assert unsent.of(other, "registration", now=town.now) is None
        assert town.desk(other).get("/orders/new").status_code == 200

    def test_it_is_gone_after_three_days(self, town: Town) -> None:
        self.save(town)
        town.later(hours=71)
        assert "未提交的登记" in text_of(town.desk("seat").get("/orders/new"))

        town.later(hours=1)

        assert "未提交的登记" not in text_of(town.desk("seat").get("/orders/new"))
        tasks.forget(town.now)
        assert FormDraft.objects.count() == 0

    def test_it_goes_with_the_registration_and_a_late_save_brings_nothing_back(self, town: Town) -> None:
        client = town.desk("seat")
        form = fresh(**GIVEN, **CALLER)
        client.post("/orders/new/draft", form)

        client.post("/orders/new", {**form, "submit": "1"})
        late = client.post("/orders/new/draft", form)

        assert json.loads(late.content)["said"] == "这份登记已经提交。"
        assert FormDraft.objects.get().body is None
        assert "未提交的登记" not in text_of(client.get("/orders/new"))

    def test_a_refused_registration_leaves_it(self, town: Town) -> None:
        self.save(town)

        town.desk("seat").post("/orders/new", fresh(**GIVEN, phone="12", submit="1"))

        assert unsent.of(town.staff["seat"], "registration", now=town.now) is not None

    @pytest.mark.parametrize(("button", "place"), [("again", "/orders/new"), ("1", "/")])
    def test_it_is_not_wanted(self, town: Town, button: str, place: str) -> None:
        self.save(town)

        answer = town.desk("seat").post("/orders/new/draft", {"delete": button})

        assert answer["Location"] == place
        assert unsent.of(town.staff["seat"], "registration", now=town.now) is None

    def test_an_emptied_form_leaves_nothing(self, town: Town) -> None:
        self.save(town)

        town.desk("seat").post("/orders/new/draft", fresh(content=""))

        assert unsent.of(town.staff["seat"], "registration", now=town.now) is None

    @pytest.mark.parametrize("values", [{"key": "no key"}, {f"{name}": "字" * 30_000 for name in ("content", "place")}])
    def test_what_is_no_form_of_ours_is_borne(self, town: Town, values: dict[str, str]) -> None:
        answer = town.desk("seat").post("/orders/new/draft", fresh(**values) if "key" not in values else values)

        assert answer.status_code in (200, 422)
        assert json.loads(answer.content)["said"]

    @pytest.mark.parametrize("who", OTHERS)
    def test_others_keep_none(self, town: Town, who: str) -> None:
        answer = town.desk(who).post("/orders/new/draft", fresh(**TYPED))

        assert answer.status_code == 403
        assert FormDraft.objects.count() == 0

    def test_it_is_never_sent_by_address(self, town: Town) -> None:
        assert town.desk("seat").get("/orders/new/draft", TYPED).status_code == 405
