"""Kinds of the corpus: answers to our mails, whose quotations hold what is somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.mail_ground import BOX, DOMAIN, ID, KEY, OTHERS, OUR_ID, WORDS, html, plain

from minsheng.gateways.mail import tags

Made = tuple[bytes, Mapping[str, object]]
TAGGED = tags.address(tags.REPLY, ID, domain=DOMAIN, key=KEY)


def _must(n: int, **more: object) -> dict[str, object]:
    return {"text": WORDS[n], "answers": (ID,), "automatic": "", "fault": "", "files": [], **more}


def _under(head: str, *, marks: bool = True) -> Callable[[int], Made]:
    """Return what makes an answer above a quotation with a head of some client."""

    def made(n: int) -> Made:
        quoted = f"> {OTHERS[n]}\n> 办理结果" if marks else f"{OTHERS[n]}\n办理结果"
        text = f"{WORDS[n]}\n\n{head}\n{quoted}\n"
        return plain(n, text, In_Reply_To=OUR_ID), _must(n, quoted=f"{head}\n{quoted}")

    return made


def _below(n: int) -> Made:
    head = "On Thu, Jan 1, 2026 at 9:00 AM 12345 <12345@hotline.example.com> wrote:"
    return plain(n, f"{head}\n> {OTHERS[n]}\n\n{WORDS[n]}\n", In_Reply_To=OUR_ID), _must(
        n, quoted=f"{head}\n> {OTHERS[n]}"
    )


def _between(n: int) -> Made:
    text = f"> {OTHERS[n]}\n{WORDS[n]}\n> 办理结果\n"
    return plain(n, text, In_Reply_To=OUR_ID), _must(n, quoted=f"> {OTHERS[n]}\n> 办理结果")


def _of_gmail(n: int) -> Made:
    shown = (
        f'<div dir="ltr">{WORDS[n]}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Thu, Jan '
        "1, 2026 at 9:00 AM 12345 wrote:<br></div>"
        f'<blockquote class="gmail_quote"><p>{OTHERS[n]}</p></blockquote></div>'
    )
    return html(n, shown, In_Reply_To=OUR_ID), _must(n)


def _of_outlook(n: int) -> Made:
    shown = (
        f"<p>{WORDS[n]}</p><div id=divRplyFwdMsg><b>发件人:</b> 12345 &lt;{BOX}&gt;<br>"
        f"<b>发送时间:</b> 2026年1月1日 9:00<br><b>收件人:</b> x<br><b>主题:</b> 办理结果</div><p>{OTHERS[n]}</p>"
    )
    return html(n, shown, References=f"<other@mail.example.com> {OUR_ID}"), _must(n)


def _by_tag(n: int) -> Made:
    return plain(n, WORDS[n], To=TAGGED.upper() if n % 2 else TAGGED), _must(n, answers=(), tag=ID)


def _with_a_forged_tag(n: int) -> Made:
    forged = tags.address(tags.REPLY, ID, domain=DOMAIN, key=b"another key")
    wrong = (
        forged,
        TAGGED.replace("reply+", "bounce+"),
        TAGGED.replace(DOMAIN, "example.org"),
        TAGGED[:20] + f"@{DOMAIN}",
        f"reply+@{DOMAIN}",
    )
    return plain(n, WORDS[n], To=wrong[n], In_Reply_To="<x@example.com>"), _must(n, answers=(), tag="")


def _chain(n: int) -> Made:
    heads = (
        ("在 2026年1月1日，12345 写道：", "On Wed, Dec 31, 2025 Lin wrote:", "Am 30.12.2025 um 8:00 schrieb 12345:"),
        ("Am 30.12.2025 um 8:00 schrieb 12345 <12345@hotline.example.com>:", "On Wed, Dec 31, 2025 Lin wrote:", "> x"),
        ("On Wed, Dec 31, 2025 12345 wrote:", "2025年12月30日 Lin 写道：", "Le 30 déc. 2025 à 8:00, x a écrit :"),
        ("Le 30 déc. 2025 à 8:00, 12345 <12345@hotline.example.com> a écrit :", "On Wed wrote:", "> x"),
        ("2026年1月1日 9:00 12345 <12345@hotline.example.com>:", "On Wed, Dec 31, 2025 Lin wrote:", "> x"),
    )[n]
    quoted = f"{heads[0]}\n> {OTHERS[n]}\n> {heads[1]}\n>> 第二层\n>> {heads[2]}\n>>> 第三层"
    return plain(n, f"{WORDS[n]}\n\n{quoted}\n", References=OUR_ID), _must(n, quoted=quoted)


KINDS = {
    "reply-english": _under("On Thu, Jan 1, 2026 at 9:00 AM 12345 <12345@hotline.example.com> wrote:"),
    "reply-chinese": _under("在 2026年1月1日 星期四 09:00，12345 <12345@hotline.example.com> 写道："),
    "reply-qq": _under(
        '------------------ 原始邮件 ------------------\n发件人: "12345" <12345@hotline.example.com>;', marks=False
    ),
    "reply-netease": _under('At 2026-01-01 09:00:00, "12345" <12345@hotline.example.com> wrote:', marks=False),
    "reply-outlook": _under("发件人: 12345\n发送时间: 2026年1月1日 9:00\n收件人: x\n主题: 办理结果", marks=False),
    "reply-below": _below,
    "reply-between": _between,
    "reply-gmail-html": _of_gmail,
    "reply-outlook-html": _of_outlook,
    "reply-by-tag": _by_tag,
    "reply-forged-tag": _with_a_forged_tag,
    "reply-chain": _chain,
}
