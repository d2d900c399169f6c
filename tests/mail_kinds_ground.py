"""Kinds of the corpus: charsets, right and wrong, and how mails are put together."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Mapping

from tests.mail_ground import BOX, PEOPLE, SUBJECTS, WORDS, Written, head, html, nested, part, parts, plain, word

Made = tuple[bytes, Mapping[str, object]]
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def _typed(n: int) -> dict[str, object]:
    return {
        "text": WORDS[n],
        "subject": SUBJECTS[n],
        "from": PEOPLE[n][1],
        "from_name": PEOPLE[n][0],
        "quoted": "",
        "files": [],
        "automatic": "",
        "bounce": None,
        "fault": "",
        "to": (BOX,),
        "message_id": f"<m{n}@mail.example.com>",
    }


def _text(charset: str, *, name: str = "", way: str = "8bit") -> Callable[[int], Made]:
    return lambda n: (plain(n, WORDS[n], charset, name=name, way=way), _typed(n))


def _rare_letters(n: int) -> Made:
    # In GBK or GB18030 and not in GB2312, under whose name they come.
    text = ("镕", "喆", "堃", "𠮷", "㐂")[n] + WORDS[n]
    return plain(n, text, "gb18030", name="gb2312"), {**_typed(n), "text": text}


def _subject_in_gbk(n: int) -> Made:
    return plain(n, WORDS[n], "gbk", name="gb2312", subject=word(SUBJECTS[n], "gbk", "gb2312")), _typed(n)


def _subject_without_charset(n: int) -> Made:
    return plain(n, WORDS[n], "gbk", name="-", subject=SUBJECTS[n].encode("gbk")), _typed(n)


def _subject_cut_in_a_letter(n: int) -> Made:
    raw = SUBJECTS[n].encode("utf-8")
    words = [f"=?utf-8?B?{base64.b64encode(each).decode()}?=" for each in (raw[:4], raw[4:])]
    return plain(n, WORDS[n], subject="\r\n ".join(words)), _typed(n)


def _subject_broken(n: int) -> Made:
    broken = f"=?utf-8?B?{'A' * (n * 4 + 1)}?= x"
    return plain(n, WORDS[n], subject=broken), {"text": WORDS[n], "from": PEOPLE[n][1], "fault": ""}


def _latin(n: int) -> Made:
    text = ("Grüße aus Köln", "Çöp toplanmıyor", "Le café est bruyant", "Año nuevo", "Straße gesperrt")[n]
    charset = ("iso-8859-1", "iso-8859-9", "iso-8859-15", "windows-1252", "iso-8859-1")[n]
    return plain(n, text, charset), {**_typed(n), "text": text}


def _chinese_as_latin(n: int) -> Made:
    return plain(n, WORDS[n], "gbk", name="iso-8859-1"), _typed(n)


def _cut_letter(n: int) -> Made:
    content = WORDS[n].encode()[:-1]
    raw = Written([*head(n), ("Content-Type", "text/plain; charset=utf-8")], content).raw()
    return raw, {**_typed(n), "text": WORDS[n][:-1] + "\ufffd"}


def _both_forms(n: int) -> Made:
    shown = f"<html><body><p>{WORDS[n]}</p></body></html>".encode()
    forms = (part("text/plain; charset=utf-8", WORDS[n].encode()), part("text/html; charset=utf-8", shown))
    return parts(n, *forms, kind="alternative"), _typed(n)


def _html_alone(n: int) -> Made:
    shown = (
        f"<html><head><style>p {{color: red}}</style></head><body><p>{WORDS[n]}</p><script>x()</script></body></html>"
    )
    return html(n, shown), _typed(n)


def _empty_plain_form(n: int) -> Made:
    forms = (part("text/plain", b" \r\n"), part("text/html; charset=utf-8", f"<div>{WORDS[n]}</div>".encode()))
    return parts(n, *forms, kind="alternative"), _typed(n)


def _picture_in_html(n: int) -> Made:
    shown = part("text/html; charset=utf-8", f'<p>{WORDS[n]}</p><img src="cid:p">'.encode())
    related = nested("related", "=_r", shown, part("image/png", PICTURE, Content_ID="<p>"))
    raw = parts(n, part("text/plain; charset=utf-8", WORDS[n].encode()), related, kind="alternative")
    return raw, {**_typed(n), "files": ["1.png"], "contents": [PICTURE]}


_NAMES = ("路灯.png", "现场 照片.png", "桥;b.png", "井盖（东侧）.png", "x" * 120 + ".png")


def _file_names(n: int) -> Made:
    name = _NAMES[n]
    ways = (
        f'attachment; filename="{word(name, "gbk", "gb2312")}"',
        "attachment; filename*=utf-8''" + "".join(f"%{each:02X}" for each in name.encode()),
        f'attachment; filename="{name}"',
        f'attachment; filename="{word(name)}"',
        f'attachment; filename="{name}"',
    )
    raw = parts(
        n, part("text/plain; charset=utf-8", WORDS[n].encode()), part("image/png", PICTURE, Content_Disposition=ways[n])
    )
    return raw, {**_typed(n), "files": [name[-100:]], "contents": [PICTURE]}


def _file_with_a_path(n: int) -> Made:
    name = ("../../etc/passwd", "C:\\\\Users\\\\x\\\\p.png", "/tmp/p.png", "..", "p\u202egnp.exe")[n]
    raw = parts(
        n,
        part("text/plain; charset=utf-8", WORDS[n].encode()),
        part("image/png", PICTURE, Content_Disposition=f'attachment; filename="{name}"'),
    )
    return raw, {**_typed(n), "files": [("passwd", "p.png", "p.png", "1.png", "pgnp.exe")[n]]}


def _text_as_file(n: int) -> Made:
    raw = parts(
        n,
        part("text/plain; charset=utf-8", WORDS[n].encode()),
        part("text/plain", "名单".encode("gbk"), Content_Disposition='attachment; filename="list.txt"'),
    )
    return raw, {**_typed(n), "files": ["list.txt"], "contents": ["名单".encode("gbk")]}


def _forwarded_as_file(n: int) -> Made:
    inner = plain((n + 1) % 5, WORDS[(n + 1) % 5])
    raw = parts(n, part("text/plain; charset=utf-8", WORDS[n].encode()), part("message/rfc822", inner, way="8bit"))
    return raw, {**_typed(n), "files": ["1.eml"]}


def _winmail(n: int) -> Made:
    content = b"\x78\x9f\x3e\x22" + bytes([n]) * 100
    raw = parts(
        n, part("text/plain; charset=utf-8", WORDS[n].encode()), part("application/ms-tnef; name=winmail.dat", content)
    )
    return raw, {**_typed(n), "files": ["winmail.dat"], "contents": [content]}


def _signed(n: int) -> Made:
    raw = parts(
        n,
        part("text/plain; charset=utf-8", WORDS[n].encode()),
        part("application/pkcs7-signature; name=smime.p7s", b"0\x80"),
        kind="signed",
    )
    return raw, {**_typed(n), "files": ["smime.p7s"]}


def _encrypted(n: int) -> Made:
    kind = ("enveloped-data", "signed-data", "enveloped-data", "authEnveloped-data", "enveloped-data")[n]
    fields = [
        *head(n),
        ("Content-Type", f"application/pkcs7-mime; smime-type={kind}; name=smime.p7m"),
        ("Content-Transfer-Encoding", "base64"),
    ]
    raw = Written(fields, base64.encodebytes(b"0\x80secret")).raw()
    must = {
        "fault": "encrypted",
        "text": "",
        "files": ["smime.p7m"],
        "contents": [b"0\x80secret"],
        "from": PEOPLE[n][1],
    }
    return raw, must


def _archive(n: int) -> Made:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("zeros"), b"\0" * (1 << 20))
    raw = parts(
        n,
        part("text/plain; charset=utf-8", WORDS[n].encode()),
        part("application/zip", kept.getvalue(), Content_Disposition='attachment; filename="bomb.zip"'),
    )
    # Never opened here: what may be kept of it is asked where files are.
    return raw, {**_typed(n), "files": ["bomb.zip"], "contents": [kept.getvalue()]}


KINDS = {
    "utf-8": _text("utf-8"),
    "gbk": _text("gbk"),
    "gb18030": _text("gb18030", way="base64"),
    "big5-name": lambda n: (plain(n, "路燈壞了" * (n + 1), "big5"), {**_typed(n), "text": "路燈壞了" * (n + 1)}),
    "gbk-as-gb2312": _rare_letters,
    "utf-8-as-gb2312": _text("utf-8", name="gb2312", way="base64"),
    "gbk-as-utf-8": _text("gbk", name="utf-8", way="quoted-printable"),
    "utf-7": _text("utf-7", way="quoted-printable"),
    "utf-7-as-ascii": _text("utf-7", name="us-ascii"),
    "no-charset": _text("gbk", name="-"),
    "unknown-charset": _text("gbk", name="x-unknown-9"),
    "chinese-as-latin": _chinese_as_latin,
    "latin": _latin,
    "utf-16": _text("utf-16", way="base64"),
    "iso-2022": lambda n: (
        plain(n, "街灯が壊れた" * (n + 1), "iso-2022-jp"),
        {**_typed(n), "text": "街灯が壊れた" * (n + 1)},
    ),
    "cut-letter": _cut_letter,
    "subject-gbk": _subject_in_gbk,
    "subject-bytes": _subject_without_charset,
    "subject-cut": _subject_cut_in_a_letter,
    "subject-broken": _subject_broken,
    "both-forms": _both_forms,
    "html-alone": _html_alone,
    "empty-plain": _empty_plain_form,
    "picture-in-html": _picture_in_html,
    "file-names": _file_names,
    "file-paths": _file_with_a_path,
    "text-as-file": _text_as_file,
    "forwarded-as-file": _forwarded_as_file,
    "winmail": _winmail,
    "smime-signed": _signed,
    "smime-encrypted": _encrypted,
    "archive-bomb": _archive,
}
