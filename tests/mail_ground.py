"""Mails that tests are made of: whose they are, what is ours, and how their bytes are put together.

Every person, mailbox and sentence here is invented; domains are reserved ones.
"""

from __future__ import annotations

import base64
import quopri
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

from minsheng.gateways.mail import tags
from minsheng.gateways.mail.mails import Mail, Ours

DOMAIN = "hotline.example.com"
BOX = f"12345@{DOMAIN}"
KEY = b"a key of the tests, 32 bytes long"
OURS = Ours(
    domain=DOMAIN, addresses=frozenset({BOX}), keys=(KEY, b"the key before"), authserv_id="mx.hotline.example.com"
)
# An id of ours, and a mail of ours by it.
ID = "00112233445566778899aabbccddeeff"
OUR_ID = tags.message_id(ID, domain=DOMAIN, key=KEY)

PEOPLE = (
    ("林小满", "lin@example.com"), ("周大勇", "zhou.dy@example.org"), ("Erika Muster", "erika@example.net"),
    ("欧阳朝霞", "oyzx@mail.example.com"), ("Ali Örnek", "ali@example.org"),
)  # fmt: skip
SUBJECTS = ("路灯不亮", "小区噪音扰民", "公交站牌被挡", "井盖破损", "夜间施工")
WORDS = (
    "人民路三十号门前的路灯坏了一个星期，晚上看不清路。",
    "楼下的烧烤店每天营业到凌晨两点，老人无法休息。",
    "新桥站的站牌被树枝挡住，外地来的人看不见。",
    "幸福路与和平路口的井盖破了，孩子放学要从旁边走。",
    "工地夜里十一点还在打桩，已经连续三个晚上。",
)
# What stands in an answer of ours about somebody else: it must never be copied.
OTHERS = ("孙某某，住迎宾里五号楼", "吴某某，车牌末尾八八", "郑某某，电话尾号〇〇一二", "王某某的诊断", "冯某某的学校")


@dataclass(frozen=True)
class Case:
    """A mail of the corpus, and what it must become: fields of `Mail`, or what `_of` makes of them."""

    kind: str
    number: int
    raw: bytes
    must: Mapping[str, object]

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.number}"

    def became(self, mail: Mail) -> dict[str, object]:
        return {name: _of(mail, name) for name in self.must}


def _of(mail: Mail, name: str) -> object:
    match name:
        case "from":
            return mail.sender.address
        case "from_name":
            return mail.sender.name
        case "files":
            return [each.name for each in mail.files]
        case "contents":
            return [each.content for each in mail.files]
        case "outcome":
            return mail.bounce and mail.bounce.outcome
        case "of":
            return mail.bounce and mail.bounce.id
        case "dkim" | "spf":
            return mail.checked.get(name)
        case _:
            return getattr(mail, name)


@dataclass
class Written:
    """A mail put together by hand: its fields as they are to stand, and its body's bytes."""

    fields: list[tuple[str, str | bytes]] = field(default_factory=list)
    body: bytes = b""

    def raw(self) -> bytes:
        head = b"".join(name.encode() + b": " + _bytes(value) + b"\r\n" for name, value in self.fields)
        return head + b"\r\n" + self.body


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def head(n: int, *, subject: str | bytes = "", **more: str | bytes) -> list[tuple[str, str | bytes]]:
    """Return the fields of a mail of person `n`; `more`: names with `_` for `-`."""
    return [
        ("Received", "from mail.example.com by mx.hotline.example.com; Thu, 1 Jan 2026 09:00:00 +0800"),
        ("From", f"{word(PEOPLE[n][0])} <{PEOPLE[n][1]}>"),
        ("To", f"12345 <{BOX}>"),
        ("Subject", subject or word(SUBJECTS[n])),
        ("Date", f"Thu, 1 Jan 2026 09:0{n}:00 +0800"),
        ("Message-ID", f"<m{n}@mail.example.com>"),
        *((name.replace("_", "-"), value) for name, value in more.items()),
    ]


def word(text: str, charset: str = "utf-8", name: str = "") -> str:
    """Return text as an encoded word of RFC 2047, under the name of another charset where one is given."""
    return f"=?{name or charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def plain(
    n: int, text: str, charset: str = "utf-8", *, name: str = "", way: str = "8bit", **more: str | bytes
) -> bytes:
    """Return a mail of plain text in a charset, under the name of another where one is given."""
    content = text.encode(charset)
    if way == "base64":
        content = base64.encodebytes(content)
    elif way == "quoted-printable":
        content = quopri.encodestring(content)
    fields = head(n, **more)
    kind = f'text/plain; charset="{name or charset}"' if name != "-" else "text/plain"
    return Written([*fields, ("Content-Type", kind), ("Content-Transfer-Encoding", way)], content).raw()


def html(n: int, text: str, **more: str | bytes) -> bytes:
    """Return a mail of HTML alone."""
    return Written([*head(n, **more), ("Content-Type", "text/html; charset=utf-8")], text.encode()).raw()


def part(kind: str, content: bytes, *, way: str = "base64", **fields: str) -> bytes:
    """Return one part, for `parts`."""
    shown = base64.encodebytes(content) if way == "base64" else content
    lines = [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {way}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + shown


def parts(n: int, *inner: bytes, kind: str = "mixed", boundary: str = "=_b", **more: str | bytes) -> bytes:
    """Return a mail of several parts."""
    fields = [*head(n, **more), ("Content-Type", f'multipart/{kind}; boundary="{boundary}"')]
    return Written(fields, joined(inner, boundary)).raw()


def nested(kind: str, boundary: str, *inner: bytes) -> bytes:
    """Return a part that holds parts."""
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode() + joined(inner, boundary)


def joined(inner: Sequence[bytes], boundary: str) -> bytes:
    """Return parts as the body that holds them."""
    line = f"\r\n--{boundary}".encode()
    return b"".join(line + b"\r\n" + each for each in inner) + line + b"--\r\n"


def letter(n: int) -> EmailMessage:
    """Return a mail of person `n` as mail programs make it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"{PEOPLE[n][0]} <{PEOPLE[n][1]}>", BOX, SUBJECTS[n]
    message["Message-ID"] = f"<m{n}@mail.example.com>"
    message.set_content(WORDS[n])
    return message
