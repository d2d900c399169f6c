"""Kinds of the corpus: what is broken, hostile or beyond measure."""

from __future__ import annotations

import random
from collections.abc import Mapping

from tests.mail_ground import BOX, PEOPLE, WORDS, Written, head, joined, nested, part, plain

Made = tuple[bytes, Mapping[str, object]]


def _nothing(n: int) -> Made:
    return (b"", b"\r\n", b" ", b"\n\n\n", b"\t\r\n")[n], {"fault": "empty", "text": "", "files": []}


def _noise(n: int) -> Made:
    return random.Random(n).randbytes(4000), {"from": "", "automatic": ""}


def _many_recipients(n: int) -> Made:
    many = ", ".join(f"收件人{each} <r{each}@example.com>" for each in range(2000))
    return plain(n, WORDS[n], Cc=many), {"text": WORDS[n], "recipient_count": 2001, "from": PEOPLE[n][1], "fault": ""}


def _forged(n: int) -> Made:
    known, other = PEOPLE[0][1], "other@example.org"
    forms = (
        f'"{known}" <{other}>',
        f"{known}, {other}",
        f"{known} <{other}>",
        f"{known}\r\nFrom: {other}",
        f"<{other}>",
    )
    kept = [(name, value) for name, value in head(n) if name != "From"]
    raw = Written([*kept, ("From", forms[n]), ("Content-Type", "text/plain; charset=utf-8")], WORDS[n].encode()).raw()
    # Of two senders nobody knows who wrote; the form of the third one reads as two as well.
    return raw, {"text": WORDS[n], "from": (other, "", "", "", other)[n]}


def _forged_results(n: int) -> Made:
    own, forged, domain = "mx.hotline.example.com", "mx.evil.example", PEOPLE[n][1].partition("@")[2]
    fields = (
        [f"{own}; dkim=pass header.d={domain}; spf=fail"],
        [f"{forged}; dkim=pass header.d={domain}; spf=pass smtp.mailfrom={domain}; dmarc=pass"],
        [f"{own}; dkim=fail; spf=pass smtp.mailfrom=x@evil.example", f"{own}; dkim=pass header.d={domain}; spf=fail"],
        [f"{own} 1; dkim=none (no signature; x=pass)"],
        ["", ";", f"{own}"],
    )
    added = [("Authentication-Results", each) for each in fields[n]]
    raw = Written([*added, *head(n), ("Content-Type", "text/plain; charset=utf-8")], WORDS[n].encode()).raw()
    return raw, {
        "dkim": ("pass", None, "fail", "none", None)[n],
        "spf": ("fail", None, "pass", None, None)[n],
        "is_vouched": n == 0,
        "text": WORDS[n],
    }


def _vouched(n: int) -> Made:
    domain = PEOPLE[n][1].partition("@")[2]
    results, holds = (
        (f"spf=pass smtp.mailfrom={PEOPLE[n][1]}", True),
        ("dkim=pass header.i=@evil.example", False),
        (f"dkim=fail header.d={domain}; dmarc=pass header.from={domain}", True),
        ("dkim=pass header.d=example.com", True),  # a signature of the domain above the sender's
        (f"dkim=pass header.d=evil{domain}; spf=softfail smtp.mailfrom={domain}", False),
    )[n]
    raw = plain(n, WORDS[n], Authentication_Results=f"mx.hotline.example.com; {results}")
    return raw, {"is_vouched": holds, "from": PEOPLE[n][1]}


def _deep(n: int) -> Made:
    inner = part("text/plain; charset=utf-8", WORDS[n].encode())
    for each in range(21 + n * 100):
        inner = nested("mixed", f"=_{each}", inner)
    fields = [*head(n), ("Content-Type", 'multipart/mixed; boundary="=_top"')]
    return Written(fields, joined([inner], "=_top")).raw(), {
        "fault": "too_deep",
        "from": PEOPLE[n][1],
        "files": ["mail.eml"],
    }


def _wide(n: int) -> Made:
    many = [part("text/plain", b"x")] * (301 + n * 200)
    fields = [*head(n), ("Content-Type", 'multipart/mixed; boundary="=_b"')]
    return Written(fields, joined(many, "=_b")).raw(), {
        "fault": "too_many",
        "from": PEOPLE[n][1],
        "files": ["mail.eml"],
    }


def _long_head(n: int) -> Made:
    fields = [*head(n), *((f"X-{each}", "x" * (20 if n % 2 else 400)) for each in range(7000 if n % 2 else 3000))]
    return Written(fields, WORDS[n].encode()).raw(), {
        "fault": "too_many" if n % 2 else "too_large",
        "files": ["mail.eml"],
    }


def _odd_fields(n: int) -> Made:
    odd = (
        ("Content-Type", "multipart/mixed; boundary==?utf-8?q?a?= " + "(" * 5000),
        ("Content-Type", 'text/plain; charset="\x00"; ' + "; ".join(f"a{each}*0=x" for each in range(2000))),
        ("To", "(" * 5000 + f"<{BOX}>"),
        ("Date", "Thu, 99 Foo 99999 99:99:99 +9999"),
        ("Content-Type", "text/plain; charset=utf-8*''x"),
    )[n]
    raw = Written([*head(n), odd], WORDS[n].encode()).raw()
    return raw, {"from": PEOPLE[n][1], "text": WORDS[n], "fault": ""}


def _broken_encoding(n: int) -> Made:
    body = (b"====", b"5Lq65rCR\x00\xff", b"=ZZ=", b"begin 644 x\nM\n", b"A")[n]
    way = ("base64", "base64", "quoted-printable", "x-uuencode", "base64")[n]
    raw = Written(
        [*head(n), ("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", way)], body
    ).raw()
    return raw, {"from": PEOPLE[n][1], "fault": ""}


def _cut(n: int) -> Made:
    whole = joined(
        [
            part("text/plain; charset=utf-8", WORDS[n].encode()),
            part("image/png", b"p" * 3000, Content_Disposition="attachment"),
        ],
        "=_b",
    )
    fields = [*head(n), ("Content-Type", 'multipart/mixed; boundary="=_b"')]
    return Written(fields, whole[: len(whole) - 100 * (n + 1)]).raw(), {
        "text": WORDS[n],
        "files": ["1.png"],
        "fault": "",
    }


def _hostile_text(n: int) -> Made:
    text = ("\n" * 100_000, "On " * 60_000, ("> " * 50 + "\n") * 2000, ("On On On x:\n") * 8000, " " * 100_000 + "x")[n]
    return plain(n, text), {"from": PEOPLE[n][1], "fault": ""}


def _hostile_html(n: int) -> Made:
    shown = (
        "<div>" * 20_000,
        "<table><tr><td>" * 500,
        "<!--" * 10_000,
        "<p" * 50_000,
        "<blockquote>" * 3000 + WORDS[n],
    )[n]
    raw = Written([*head(n), ("Content-Type", "text/html; charset=utf-8")], shown.encode()).raw()
    return raw, {"from": PEOPLE[n][1], "fault": ""}


KINDS = {
    "nothing": _nothing,
    "noise": _noise,
    "2000-recipients": _many_recipients,
    "forged-from": _forged,
    "forged-results": _forged_results,
    "vouched": _vouched,
    "deep": _deep,
    "wide": _wide,
    "long-head": _long_head,
    "odd-fields": _odd_fields,
    "broken-encoding": _broken_encoding,
    "cut": _cut,
    "hostile-text": _hostile_text,
    "hostile-html": _hostile_html,
}
