"""What the administration's pages do, by command: accounts from a file, codes, leavers, programs and their tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.town_ground import Town, moment

from minsheng.app.cli import city, client, main, message, place, snippet, staff
from minsheng.core.people import actions
from minsheng.core.people.models import DeskShift, Staff
from minsheng.core.policies import queries as policies


@pytest.fixture
def town(db: None, test_clock: object, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Return a town whose database stands in the place of an installation."""
    from tests import town_ground as towns

    for module in (staff, client, city, message, snippet, place):
        monkeypatch.setattr(module.installation, "opened", _open)
    return towns.build("jiangyin", test_clock)  # type: ignore[arg-type]


def test_accounts_come_from_a_file_get_a_code_and_leave(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("账号,姓名,单位,岗位\nw1,王一,城管局,经办人\nw2,王二,没有,经办人\n", encoding="utf-8")

    loaded = main.main(["staff", "import", str(file), "--city", town.code])
    code = main.main(["staff", "code", "w1", "--reason", "新来"])
    seen = main.main(["staff", "leave", "w1"])
    still = Staff.objects.get(username="w1").is_active
    left = main.main(["staff", "leave", "w1", "--to", "jiangyin-officer城管局", "--yes"])
    unknown = [main.main(["staff", "leave", *each]) for each in (["nobody"], ["w1", "--to", "nobody"])]

    out = capsys.readouterr()
    assert (loaded, code, seen, still, left, unknown) == (1, 0, 0, True, 0, [1, 1])
    assert "新增 1 个账号" in out.out
    assert "以上为预览，没有改动" in out.out
    assert not Staff.objects.get(username="w1").is_active
    assert not DeskShift.objects.exists()


def test_a_program_gets_a_new_token_and_is_listed(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    main.main(["client", "create", "某系统", "--city", town.code, "--role", "connector"])
    first = capsys.readouterr().out.strip()

    status = main.main(["client", "renew", "某系统", "--city", town.code, "--days", "30"])
    second = capsys.readouterr().out.strip()
    main.main(["client", "list", "--city", town.code])
    missing = main.main(["client", "renew", "没有", "--city", town.code])

    assert (status, missing) == (0, 1)
    assert actions.authenticate(first, now=town.now) is None
    assert actions.authenticate(second, now=town.now) is not None
    assert "某系统  在用" in capsys.readouterr().out


def test_a_pack_is_tried_first_and_comes_into_force_when_confirmed(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["city", "rules", town.code, "--pack", "suqian@2020-10-19", "--from", "2026-10-01"]

    tried = main.main(words)
    before = policies.rules_for(town.code, now=moment("2026-10-01T00:00:00")).pack
    done = main.main([*words, "--yes"])
    today = main.main([*words[:-1], "2026-09-18"])

    out = capsys.readouterr()
    assert (tried, before, done, today) == (0, "jiangyin", 0, 1)
    assert "全部相符，没有施行" in out.out
    assert "明天或以后" in out.err
    assert policies.rules_for(town.code, now=moment("2026-10-01T00:00:00")).pack == "suqian"


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("staff", "add", "", "--name", "甲", "--role", "seat"), "名称是空的"),
        (("staff", "add", "seat\u200b", "--name", "甲", "--role", "seat"), "看不见的字符"),
        (("staff", "add", "two words", "--name", "甲", "--role", "seat"), "账号不能有空格"),
        (("staff", "add", "wang", "--name", "\u200b", "--role", "seat"), "名称是空的"),
        (("client", "create", "\u200b", "--role", "seat"), "名称是空的"),
        (("client", "create", "长" * 101, "--role", "seat"), "不超过 100 个字"),
    ],
)
def test_names_that_nobody_sees_are_refused_on_the_line_too(
    town: Town, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    status = main.main([*words, "--city", town.code])

    assert status != 0
    assert said in capsys.readouterr().err


def test_what_text_messages_say_is_shown_changed_and_put_back(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    words = "您的诉求{number}办好了。"
    place = ["--city", town.code]

    done = [
        main.main(["message", "set", "closed", words, "--check", *place]),
        main.main(["message", "set", "closed", words, *place]),
        main.main(["message", "set", "closed", words, *place]),
        main.main(["message", "show", "closed", *place]),
        main.main(["message", "reset", "closed", *place]),
        main.main(["message", "list", *place]),
    ]
    refused = [
        main.main(["message", "set", "closed", "办好了{link}", *place]),
        main.main(["message", "set", "referral_notice", "转了", *place]),
        main.main(["message", "show", "no_such", *place]),
    ]

    out = capsys.readouterr()
    assert (done, refused) == ([0] * 6, [1] * 3)
    assert "【12345】您的诉求20260918000123办好了。" in out.out
    assert "没有改动" in out.out
    assert "第 1 版，自 2026-09-18 起" in out.out
    assert "closed  已办结（原文）" in out.out
    assert "没有名为 {link} 的内容可填" in out.err
    assert "由 JY-12.4 规定" in out.err


def test_snippets_are_added_listed_and_ended(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--city", town.code]

    added = [
        main.main(["snippet", "add", "感谢来电", "感谢您的来电。", *place]),
        main.main(["snippet", "add", "路灯已修复", "已修复。", "--unit", "城管局", *place]),
    ]
    main.main(["snippet", "list", *place])
    listed = capsys.readouterr().out
    ended = main.main(["snippet", "end", listed.split()[0], *place])
    refused = [
        main.main(["snippet", "add", "某人", "请致电 13812345678", *place]),
        main.main(["snippet", "add", "某局", "请查看。", "--unit", "没有的局", *place]),
        main.main(["snippet", "end", "9999", *place]),
    ]

    assert (added, ended, refused) == ([0, 0], 0, [1, 1, 1])
    assert "全市  感谢来电：感谢您的来电。" in listed
    assert "城管局  路灯已修复：已修复。" in listed


def test_places_come_from_a_file_are_found_and_ended(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "places.csv"
    file.write_text("名称,地址\n人民医院,寿山路163号\n,没有名称\n", encoding="utf-8")
    in_town = ["--city", town.code]

    checked = main.main(["place", "import", str(file), "--check", *in_town])
    taken = main.main(["place", "import", str(file), *in_town])
    capsys.readouterr()
    found = main.main(["place", "find", "rmyy", *in_town])
    shown = capsys.readouterr().out
    ended = main.main(["place", "end", shown.split()[0], *in_town])
    gone = main.main(["place", "find", "rmyy", *in_town])

    assert (checked, taken, found, ended, gone) == (1, 1, 0, 0, 1)
    assert "寿山路163号人民医院" in shown
    assert "请填写地点名称" in file.with_name("places.csv.rejects.csv").read_text(encoding="utf-8-sig")
