"""What somebody typed into a form of the desks is kept for them alone until the server has taken it. Clauses: JY-8d,
SZ-26."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests.town_ground import BACKEND, Town, fresh, text_of

import minsheng
from minsheng.core.drafts import unsent
from minsheng.core.drafts.models import FormDraft
from minsheng.core.people.models import Staff
from minsheng.core.people.signin import SEEN

SOURCE = Path(minsheng.__file__).parent
# What a template writes where a form asks for words: a box of its own, or the fields of a form that has one.
LONG = (
    "<textarea",
    "{{ form.label }}</button>",
    "desks:do' row.id form.command",
    'name="withdraw"',
    "field=form.content",
    "form=reason_form",
    "form=instruction_form",
    "form=section.form",
)
ANSWER = "已派人到现场查看，张三丰家门口的路灯已经修好。"
KEY = "019b0000-0000-7000-8000-000000000001"


def idle(client: Client) -> None:
    """Let the session have been idle for longer than it may."""
    session = client.session
    session[SEEN] = time.time() - 16 * 60
    session.save()


def kept(town: Town, who: str, form: str) -> dict[str, list[str]] | None:
    """Return what is kept of a form for somebody."""
    held = unsent.of(town.staff[who], form, now=town.now)
    return dict(held.fields) if held is not None else None


def drafted(town: Town) -> str:
    """Return an order whose answer waits for the leader."""
    order = town.handled()
    reply = f"/orders/{order}/do/reply/"
    assert (
        town.desk("officer@城管局").post(reply, fresh(text=ANSWER, channel="phone", send_draft="1")).status_code == 302
    )
    return order


def typed(form: str, **values: str) -> dict[str, Any]:
    """Return a form as it is saved while somebody types."""
    return {"draft": form, "draft_page": "/orders/x/do/reply/", "draft_key": KEY, **values}


def test_what_is_typed_is_kept_sealed_and_given_back_to_its_own_person_alone(town: Town) -> None:
    form = "order/x/reply"
    client = town.desk("officer@城管局")

    said = client.post("/drafts/save", typed(form, text=ANSWER, key=KEY, csrfmiddlewaretoken="t", password="p"))

    assert json.loads(said.content) == {"said": "已自动保存 16:40:00"}
    body = bytes(FormDraft.objects.get().body or b"")
    assert ANSWER.encode() not in body
    assert json.dumps(ANSWER).encode() not in body
    given = json.loads(client.get("/drafts/kept", {"form": form}).content)
    assert given == {form: {"said": "09-18 16:40 填写的内容没有提交，重新填写会替换它。", "fields": {"text": [ANSWER]}}}
    assert json.loads(town.desk("auditor").get("/drafts/kept", {"form": form}).content) == {}
    FormDraft.objects.update(staff_id=town.staff["auditor"])
    assert kept(town, "auditor", form) is None


def test_a_form_that_meets_an_ended_session_is_kept_and_leads_back_to_its_page(town: Town) -> None:
    order = town.handled()
    path = f"/orders/{order}/do/reply/"
    client = town.desk("officer@城管局")
    sent = fresh(text=ANSWER, channel="phone", draft=f"order/{order}/reply", draft_page=path)
    idle(client)

    answer = client.post(path, sent)

    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in?next={path}"
    assert kept(town, "officer@城管局", f"order/{order}/reply") == {"text": [ANSWER], "channel": ["phone"]}
    assert ANSWER not in town.desk("officer@城管局").get(path).content.decode()


def checked(town: Town, who: str) -> Client:
    """Return a browser whose forms need the token of the session."""
    client = town.desk(who)
    client.handler.enforce_csrf_checks = True
    return client


@pytest.mark.parametrize("source", [{"Origin": "http://testserver"}, {"Referer": "http://testserver/orders/x/"}])
def test_a_form_with_an_old_token_is_kept_when_a_page_of_ours_sent_it(town: Town, source: dict[str, str]) -> None:
    order = town.handled()
    path = f"/orders/{order}/do/reply/"
    whose = str(town.staff["officer@城管局"])
    sent = fresh(text=ANSWER, channel="phone", draft=f"order/{order}/reply", draft_page=path, draft_person=whose)

    answer = checked(town, "officer@城管局").post(path, sent, headers=source)

    assert answer.status_code == 403
    assert "填写的内容已保存" in text_of(answer)
    assert f'href="{path}"' in answer.content.decode()
    assert kept(town, "officer@城管局", f"order/{order}/reply") == {"text": [ANSWER], "channel": ["phone"]}


@pytest.mark.parametrize(
    "source",
    [{}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Referer": "http://testserver.evil.example/x"},
     {"Origin": "https://evil.example", "Referer": "http://testserver/"}],
)  # fmt: skip
def test_a_form_without_a_token_from_elsewhere_keeps_nothing(town: Town, source: dict[str, str]) -> None:
    client = checked(town, "officer@城管局")

    for path in ("/orders/x/do/reply/", "/drafts/save"):
        answer = client.post(path, typed("order/x/reply", text=ANSWER), headers=source)
        assert (answer.status_code, "已保存" in answer.content.decode()) == (403, False)

    assert FormDraft.objects.count() == 0


def test_a_form_that_somebody_else_had_open_is_not_kept_for_who_is_signed_in_now(town: Town) -> None:
    theirs = typed("order/x/reply", text=ANSWER, draft_person=str(town.staff["officer@城管局"]))

    refused = checked(town, "auditor").post("/orders/x/do/reply/", theirs, headers={"Origin": "http://testserver"})
    saved = town.desk("auditor").post("/drafts/save", theirs)

    assert (refused.status_code, "已保存" in text_of(refused)) == (403, False)
    assert (saved.status_code, json.loads(saved.content)["kept"]) == (401, False)
    assert FormDraft.objects.count() == 0


def test_a_page_is_given_the_token_of_now_and_whose_it_is(town: Town) -> None:
    client = checked(town, "officer@城管局")

    given = json.loads(client.get("/drafts/token").content)

    assert given["person"] == str(town.staff["officer@城管局"])
    saved = client.post("/drafts/save", typed("order/x/reply", text=ANSWER, csrfmiddlewaretoken=given["token"]))
    assert saved.status_code == 200
    assert kept(town, "officer@城管局", "order/x/reply") == {"text": [ANSWER]}
    assert Client().get("/drafts/token").status_code == 302


def test_after_signing_out_nothing_is_kept_and_the_browser_is_told(town: Town) -> None:
    client = town.desk("officer@城管局")
    client.post("/sign-out")

    saved = client.post("/drafts/save", typed("order/x/reply", text=ANSWER))
    sent = client.post("/orders/x/do/reply/", typed("order/x/reply", text=ANSWER))

    assert (saved.status_code, json.loads(saved.content)["kept"]) == (401, False)
    assert sent["Location"] == "/sign-in?next=/orders/x/do/reply/"
    assert FormDraft.objects.count() == 0


def test_only_what_was_handed_in_is_taken(town: Town) -> None:
    client = town.desk("officer@城管局")
    asked = {"form": ["order/x/reply", "order/x/reply", "y"], "key": [KEY, "no key", KEY]}
    assert json.loads(client.get("/drafts/taken", asked).content) == {"taken": []}
    unsent.drop(town.staff["officer@城管局"], "order/x/reply", key=UUID(KEY), now=town.now)

    assert json.loads(client.get("/drafts/taken", asked).content) == {"taken": ["order/x/reply"]}
    assert json.loads(town.desk("auditor").get("/drafts/taken", asked).content) == {"taken": []}


@pytest.mark.parametrize("first", ["/live/since?after=0", "/", "/drafts/kept?form=order/x/reply"])
def test_what_is_saved_after_an_ended_session_is_kept_whatever_met_its_end(town: Town, first: str) -> None:
    """A page asks for signals and previews by itself: one of these, and no form, meets the end of most sessions."""
    client = town.desk("officer@城管局")
    idle(client)
    client.get(first)

    saved = [client.post("/drafts/save", typed("order/x/reply", text=text)) for text in ("已派人", ANSWER)]

    assert [each.status_code for each in saved] == [401, 401]
    assert all("重新登录后可以恢复" in json.loads(each.content)["said"] for each in saved)
    assert kept(town, "officer@城管局", "order/x/reply") == {"text": [ANSWER]}


def test_whoever_signs_in_next_saves_for_themselves(town: Town) -> None:
    client = town.desk("officer@城管局")
    idle(client)
    client.get("/")
    client.force_login(Staff.objects.get(pk=town.staff["auditor"]), backend=BACKEND)
    client.get("/sign-out")
    client.cookies.clear()

    assert client.post("/drafts/save", typed("order/x/reply", text=ANSWER)).status_code == 401
    assert FormDraft.objects.count() == 0


def test_nobody_keeps_anything_without_a_session(town: Town) -> None:
    assert Client().post("/drafts/save", typed("order/x/reply", text=ANSWER)).status_code == 401
    assert FormDraft.objects.count() == 0
    assert Client().get("/drafts/kept", {"form": "order/x/reply"}).status_code == 302


@pytest.mark.parametrize("page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_an_ended_session_never_leads_elsewhere(town: Town, page: str) -> None:
    client = town.desk("officer@城管局")
    idle(client)

    answer = client.post("/orders/x/do/reply/", {**typed("order/x/reply", text=ANSWER), "draft_page": page})

    assert answer["Location"] == "/sign-in?next=/"


def test_what_the_server_took_is_forgotten_and_a_late_save_brings_nothing_back(town: Town) -> None:
    order = town.handled()
    form = f"order/{order}/reply"
    client = town.desk("officer@城管局")
    town.act(order, "leader@城管局", "approve_reply")
    sent = fresh(text=ANSWER, channel="phone", draft=form)
    client.post("/drafts/save", sent)

    assert client.post(f"/orders/{order}/do/reply/", sent).status_code == 302
    late = client.post("/drafts/save", sent)

    assert json.loads(late.content) == {"said": ""}
    assert kept(town, "officer@城管局", form) is None


def test_what_the_server_refused_is_kept(town: Town) -> None:
    order = town.handled()
    client = town.desk("officer@城管局")
    form = f"order/{order}/reply"
    sent = fresh(text=ANSWER, channel="phone", draft=form)
    client.post("/drafts/save", sent)

    # Nobody has approved it yet.
    assert client.post(f"/orders/{order}/do/reply/", sent).status_code == 422

    assert kept(town, "officer@城管局", form) == {"text": [ANSWER], "channel": ["phone"]}


def test_a_refusal_after_which_the_form_is_empty_keeps_what_was_sent(town: Town) -> None:
    order = town.handled()
    client = town.desk("leader@城管局")
    form = f"order/{order}/send_back"

    client.post(f"/orders/{order}/draft/back", {"remark": "请写明日期", **typed(form)})

    assert kept(town, "leader@城管局", form) == {"remark": ["请写明日期"]}


def test_it_is_gone_when_its_person_does_not_want_it(town: Town) -> None:
    client = town.desk("auditor")
    client.post("/drafts/save", typed("order/x/reject_audit", comment="请补充现场照片"))

    assert client.post("/drafts/drop", {"draft": "order/x/reject_audit"}).status_code == 204

    assert kept(town, "auditor", "order/x/reject_audit") is None


@pytest.mark.parametrize(
    "values", [{}, {"draft": ""}, {"draft": "x" * 300}, {"draft": "order/x/reply", "text": "字" * 200_001}]
)
def test_what_is_no_form_of_ours_is_not_kept(town: Town, values: dict[str, str]) -> None:
    answer = town.desk("auditor").post("/drafts/save", values)

    assert json.loads(answer.content) == {"said": ""}
    assert FormDraft.objects.count() == 0


def test_of_very_many_forms_the_oldest_goes(town: Town) -> None:
    for place in range(52):
        town.later(seconds=1)
        unsent.save(town.staff["auditor"], f"order/{place}/reply", fields={"text": ["字"]}, key=None, now=town.now)

    names = set(FormDraft.objects.values_list("form", flat=True))
    assert len(names) == 50
    assert names.isdisjoint({"order/0/reply", "order/1/reply"})


def test_words_about_any_thing_are_kept_until_the_server_has_taken_them(town: Town) -> None:
    office, form, page = town.desk("office"), "paper/new/register_paper", "/things/paper/new/register_paper"
    paper = {"title": "办理规范", "number": "GF-1", "kind": "standard", "issued": "2026-09-01", "text": ANSWER}
    assert f'name="draft" value="{form}"' in office.get(page).content.decode()
    office.post("/drafts/save", typed(form, text=ANSWER))

    assert office.post(page, fresh(**{**paper, "title": ""}, draft=form, draft_key=KEY)).status_code == 422
    assert kept(town, "office", form) == {"text": [ANSWER]}
    begun = office.post(page, fresh(**paper, draft=form, draft_key=KEY))
    assert begun.status_code == 302, text_of(begun)
    assert kept(town, "office", form) is None

    thing = begun["Location"]
    form = f"{thing.removeprefix('/things/').strip('/')}/amend_paper"
    assert f'name="draft" value="{form}"' in office.get(thing).content.decode()
    office.post("/drafts/save", typed(form, text=ANSWER))
    sent = fresh(text=ANSWER, document="GF-2", seen_version="1", draft=form, draft_key=KEY)
    assert office.post(f"{thing}do/amend_paper", sent).status_code == 302
    assert kept(town, "office", form) is None


def test_every_form_of_the_desks_with_long_words_takes_part(town: Town) -> None:
    order = town.replied()
    pages = {
        "auditor": (f"/orders/{order}/", f"/orders/{order}/do/reject_audit/", f"/orders/{order}/publication"),
        "officer@城管局": (f"/orders/{town.handled()}/do/reply/",),
        "leader@城管局": (f"/orders/{drafted(town)}/do/approve_reply/",),
        "seat": ("/orders/new",),
    }
    for who, paths in pages.items():
        for path in paths:
            page = text_of(town.desk(who).get(path))
            for form in page.split("<form ")[1:]:
                words = form.partition("</form>")[0]
                assert ("<textarea" in words) <= ('name="draft" value="' in words and "data-draft-url" in words), path


def test_every_form_with_words_of_some_length_names_itself() -> None:
    found = 0
    for room in ("desks", "figures/reports", "workbench/things"):
        for template in sorted((SOURCE / room / "templates").rglob("*.html")):
            for form in template.read_text().split("<form ")[1:]:
                words = form.partition("</form>")[0]
                if any(mark in words for mark in LONG):
                    found += 1
                    assert "data-draft-url" in words, template.name
                    assert 'name="draft"' in words or "site/draft.html" in words, template.name
    assert found >= 10
