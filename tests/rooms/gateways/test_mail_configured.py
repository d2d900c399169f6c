"""The file of mail: what it says, and what whoever runs the platform is told of one that can't be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from minsheng.gateways.mail import configured, lines
from minsheng.gateways.mail.configured import MailMisconfigured

HEAD = 'domain = "hotline.example.com"\nsender = "12345@hotline.example.com"\n'
OUTGOING = '[outgoing]\nhost = "mx.example.com"\n'
BOX = '[[box]]\nname = "hotline"\ncity = "suqian"\nhost = "mx.example.com"\nuser = "u"\npassword = "MAIL_SECRET"\n'
PIPE = '[[pipe]]\nname = "mx"\ncity = "suqian"\ntoken = "MAIL_SECRET"\n'
FAX = '[fax]\nsender = "fax@example.com"\nnumber_in = ["Subject"]\nto = "{number}@example.com"\n'


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAIL_SECRET", "geheim")
    return tmp_path / "mail.toml"


def test_the_file_says_boxes_servers_and_what_is_ours(file: Path) -> None:
    own = 'name = "12345热线"\nown = ["Info@example.com"]\nauthserv_id = "mx.example.com"\n'
    file.write_text(HEAD + own + OUTGOING + BOX + PIPE, encoding="utf-8")

    found = configured.mailing(str(file))

    assert found is not None
    (box,), (pipe,) = found.boxes, found.pipes
    assert (box.city, box.box.name, box.box.folder, box.box.kept_folder) == ("suqian", "hotline", "INBOX", "")
    assert (box.box.line.port, box.box.line.password) == (993, "geheim")
    assert (pipe.city, pipe.name, pipe.token) == ("suqian", "mx", "geheim")
    assert found.outgoing is not None
    assert (found.outgoing.port, found.outgoing.secrecy, found.outgoing.user) == (465, lines.IMPLICIT, "")
    ours = found.ours([b"k"])
    assert ours.addresses == {"12345@hotline.example.com", "info@example.com"}
    assert (ours.domain, ours.authserv_id, ours.keys) == ("hotline.example.com", "mx.example.com", (b"k",))
    assert "geheim" not in repr(found)


def test_no_file_is_no_mail_and_one_that_changed_is_read_anew(file: Path) -> None:
    assert configured.mailing("") is None
    file.write_text(HEAD, encoding="utf-8")
    before = configured.mailing(str(file))
    file.write_text(HEAD + OUTGOING, encoding="utf-8")
    os.utime(file, ns=(1, 1))

    after = configured.mailing(str(file))

    assert before is not None
    assert after is not None
    assert (before.outgoing is None, after.outgoing is None) == (True, False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = ", "不是 TOML"),
        ("", "缺少 domain、sender"),
        (HEAD + 'odd = "1"\n', "不认识的项 odd"),
        ('domain = "nodot"\nsender = "a@nodot"\n', "domain 应为域名"),
        ('domain = "a.example.com"\nsender = "a@b.example.com"\n', "sender 应为 domain 下"),
        (HEAD + '[outgoing]\nport = 25\n', "[outgoing]缺少 host"),
        (HEAD + OUTGOING + 'secrecy = "none"\n', "只能用于本机"),
        (HEAD + OUTGOING + 'secrecy = "ssl"\n', "secrecy 应为"),
        (HEAD + OUTGOING + 'user = "u"\n', "须同时写"),
        (HEAD + OUTGOING + 'port = "x"\n', "ValueError"),
        (HEAD + OUTGOING + 'ca_file = "/nowhere.pem"\n', "ca_file 打不开"),
        (HEAD + OUTGOING + 'user = "u"\npassword = "MAIL_NOWHERE"\n', "没有设置环境变量 MAIL_NOWHERE"),
        (HEAD + '[[box]]\nname = "x"\n', "第 1 个 [[box]]缺少 city、host、password、user"),
        (HEAD + BOX.replace('"hotline"', '"热线"'), "name 应为小写字母"),
        (HEAD + BOX + BOX, "重名"),
        (HEAD + BOX + PIPE.replace('"mx"', '"hotline"'), "重名"),
        (HEAD + "box = 1\n", "TypeError"),
        (HEAD + FAX.replace("{number}", "n"), "to 应为邮箱地址"),
        (HEAD + FAX.replace('["Subject"]', '"Subject"'), "number_in 应为列表"),
        (HEAD + FAX + 'failed = "("\n', "failed 不是正则表达式"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why(file: Path, text: str, says: str) -> None:
    file.write_text(text, encoding="utf-8")

    with pytest.raises(MailMisconfigured) as refused:
        configured.mailing(str(file))

    assert says in refused.value.args[0]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MailMisconfigured, match="打不开"):
        configured.mailing(str(tmp_path / "none.toml"))
