"""A citizen's browser, and every page of the public side with what must be there to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Browser, Page
from tests import forum_ground as forum
from tests import knowledge_ground as knowledge
from tests.browser_ground import next_page
from tests.files_ground import PNG
from tests.films_ground import FILM
from tests.looking_ground import Viewer, watched
from tests.publication_ground import decided
from tests.reports_ground import sent
from tests.town_ground import Town, relayed
from tests.visiting_ground import Citizen, answered, closed

from minsheng.cases.appeals import attachments
from minsheng.cases.orders import models
from minsheng.cases.questions.actions import KIND
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.domain.knowledge import question
from minsheng.domain.knowledge.basis import RegisterBasis
from minsheng.public.publication import actions

# Cities whose rules want a real name of whoever files on the web: one where nobody has signed in, one where they have.
STRICT, STRICT_KNOWN = "suqian_a", "suqian_b"
# A city with a forum, where the visitor has an account and a real name.
FORUM = "suzhou_f"


@dataclass(frozen=True, slots=True)
class Look:
    """A page to be looked at; `{number}` is a published case and one's own appeal. `status`: what it answers."""

    path: str
    status: int = 200


_OF_A_CITY = (
    "", "file/type", "file/content", "file/place", "file/alike", "file/about", "file/files", "file/publish",
    "file/contact", "file/check", "file/receipt", "query", "mine", "sign-in", "sign-in/code", "account",
    "real-name/return", "cases", "cases?text=破损", "cases?text=道", "cases/{number}", "appeals/{number}",
    "appeals/{open}", "appeals/{split}", "appeals/{part}", "statistics", "knowledge", "knowledge?text=路灯",
    "knowledge/{article}", "questions", "questions?text=报到", "questions/ask", "questions/ask?text=路灯",
    "questions/{asked}", "questions/{published}", "open-data", "releases", "releases/{release}",
)  # fmt: skip
_OF_A_FORUM = (
    "", "?text=路灯", "?text=公交", "/mine", "/name", "/post", "/{thread}", "/{answered_thread}", "/{waiting_thread}",
    "/{refused_thread}",
)  # fmt: skip
PAGES = (
    *(Look(f"/portal/{{city}}/{path}") for path in _OF_A_CITY),
    Look("/portal/"),
    Look("/open311/{city}/v2/"),
    Look("/portal/{city}/cases/nothing", status=404),
    Look(f"/portal/{STRICT}/file/contact"),
    Look(f"/portal/{STRICT_KNOWN}/file/contact"),
    Look(f"/portal/{STRICT}/open-data"),
    *(Look(f"/portal/{FORUM}/forum{rest}") for rest in _OF_A_FORUM),
    Look(f"/portal/{FORUM}/forum/{{hidden_thread}}", status=410),
    Look(f"/portal/{STRICT_KNOWN}/forum/post"),
)


@contextmanager
def visiting(browser: Browser, base: str, *, scripts: bool = True, **cookies: str) -> Iterator[Viewer]:
    """Open a citizen's browser."""
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=scripts, viewport={"width": 390, "height": 844}
    )
    context.add_cookies([{"name": key, "value": value, "url": base} for key, value in cookies.items()])
    with watched(context, base) as viewer:
        yield viewer


def press(page: Page, label: str) -> None:
    """Press a button by its words."""
    with next_page(page):
        page.get_by_role("button", name=label, exact=True).first.click()


def prepared(town: Town) -> tuple[Citizen, dict[str, str]]:
    """Return somebody with an account, a published case with picture and film, an answered one, a receipt, a draft.

    Beside: what addresses are filled in with, and a release that was sent.
    """
    citizen = Citizen(town.code)
    row = _with_pictures(town, citizen)
    town.later(seconds=1)
    waiting = citizen.file()
    answered(town, waiting.id)
    town.later(seconds=1)
    # A word without an end, which must not push a page aside.
    split = citizen.file(place={"place": "w" * 150})
    town.act(split.id, "seat", "submit")
    town.act(split.id, "dispatcher", "dispatch", units=("城管局", "住建局"), parallel=True, basis="权责清单")
    part = models.Order.objects.filter(parent=split.id).order_by("id")[0]
    relayed()
    actions.count(town.now)
    for city in (STRICT, STRICT_KNOWN):
        policies.open_city(city, name="宿迁市", pack="suqian", actor=SYSTEM, now=town.now)
        other = Citizen(city, citizen.client)
        if city == STRICT_KNOWN:
            other.sign_in("13000000001")
            town.later(minutes=2)
        other.begin()
    threads = forum.prepared(FORUM, citizen.client, town.set_clock, now=town.now)
    town.later(minutes=2)
    citizen.sign_in("13000000001")
    town.later(minutes=2)
    assert citizen.asked("sign-in", {"phone": "13000000001"}).status_code == 302
    assert citizen.post("real-name", {}).status_code == 302
    citizen.fill()
    fields = {"number": row.number, "open": waiting.number, "split": split.number, "part": part.number}
    fields |= {"asked": asked(town, citizen, "退役士兵如何报到？"), "published": published(town), **threads}
    # What was said about all this is read, so that it stands on no page that is looked at.
    assert citizen.get("").status_code == 200
    return citizen, {"city": town.code, "release": str(sent(town)), "article": _article(town), **fields}


def asked(town: Town, citizen: Citizen, content: str) -> str:
    """Ask the question desk and let 城管局 answer; return the question's number."""
    form = {"key": str(uuid4()), "content": content, "unit": "城管局", "seen": "-"}
    assert citizen.post("questions/ask", form).status_code == 302
    row = KIND.rows_in(town.code).order_by("-asked_at", "-id")[0]
    for who, command in (
        ("officer@城管局", question.DraftAnswer(text="凭接收证到街道报到。")),
        ("leader@城管局", question.ApproveAnswer()),
        ("officer@城管局", question.AnswerQuestion(text="凭接收证到街道报到。")),
    ):
        lifecycles.apply(KIND, row.pk, command, city=town.code, by=town.actor(who), now=town.now)
    number: str = row.number
    return number


def published(town: Town) -> str:
    """Return the number of a question of somebody else that everybody reads."""
    other = Citizen(town.code)
    other.sign_in("13000000009")
    number = asked(town, other, "居住证怎么续签？")
    row = KIND.rows_in(town.code, number=number).get()
    for command in (
        question.PublishQuestion(title="退役士兵报到手续", text="凭接收证到街道报到。"),
        question.RecommendQuestion(recommended=True),
    ):
        lifecycles.apply(KIND, row.pk, command, city=town.code, by=town.actor("office"), now=town.now)
    return number


def _article(town: Town) -> str:
    """Return the number of a published article with all that its page may show."""
    document = RegisterBasis(kind="notice", title="城市照明管理办法", number="澄政〔2026〕1号")
    knowledge.begin(town, "office", "basis", document)
    body = "### 怎么报修\n\n1. 拨打 0510-86801234\n2. 等候维修\n\n| 种类 | 时限 |\n| --- | --- |\n| 单灯不亮 | 一天 |"
    form = {"phrasings": ("路灯不亮",), "category": "1101", "basis": ("澄政〔2026〕1号",), "item_code": "0001"}
    row = knowledge.published(town, body=body, valid_to=(town.now + timedelta(days=400)).date(), **form)
    knowledge.published(town, title="路灯坏了怎么办", body="路灯坏了请报修。")
    return row.number


def session_of(citizen: Citizen) -> str:
    """Return the value of the citizen's session cookie."""
    return str(citizen.client.cookies[settings.SESSION_COOKIE_NAME].value)


def seen_by(viewer: Viewer, citizen: Citizen) -> None:
    """Let the browser have the citizen's session."""
    safe = viewer.base.replace("http:", "https:")
    name = settings.SESSION_COOKIE_NAME
    viewer.page.context.add_cookies([{"name": name, "value": session_of(citizen), "url": safe, "secure": True}])


def each_page(viewer: Viewer, fields: dict[str, str]) -> Iterator[str]:
    """Open one page after the other and give its path; one that leads elsewhere or answers otherwise is a fault."""
    for look in PAGES:
        path = look.path.format(**fields)
        answer = viewer.page.goto(f"{viewer.base}{path}")
        assert answer is not None
        landed = viewer.page.evaluate("decodeURIComponent(location.pathname + location.search)")
        assert (answer.status, landed) == (look.status, path)
        yield path


def _with_pictures(town: Town, citizen: Citizen) -> models.Order:
    """Return a published case with a picture and a film."""
    citizen.fill()
    for content, name in ((PNG, "现场.png"), (FILM.read_bytes(), "现场.mp4")):
        uploaded = citizen.post("file/files", {"files": [SimpleUploadedFile(name, content)], "upload": "1"})
        assert uploaded.status_code == 302
    assert citizen.asked("file/check", {"agreed": "on"}).status_code == 302
    row = models.Order.objects.get()
    answered(town, row.id)
    closed(town, row.id)
    chosen = [str(each.id) for each in attachments.of_order(row.id)]
    assert decided(town, row.id, public_files=chosen).status_code == 302
    relayed()
    return models.Order.objects.get(id=row.id)
