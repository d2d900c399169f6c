"""What somebody typed, apart from what they quoted: text of HTML, lines with `>`, and the heads that clients write.

A quoted answer may hold the data of others, so whatever may be a quotation counts as one (JY-15, SQ-10).
"""

from __future__ import annotations

import re
from typing import Final

from inscriptis import get_annotated_text
from inscriptis.model.config import ParserConfig
from mailparser_reply.parser import EmailMessage

# The library's heads of quotations. Its own reading takes minutes for a mail of nothing but line ends, so that it gets
# short lines without empty ones (`_skeleton`), and of them alone its expression is asked.
_HEADS: Final = EmailMessage("", languages=["zh", "en", "ja", "ko", "de", "fr", "es", "it"]).HEADER_REGEX
# Heads of clients that people here use: QQ mail, NetEase, Outlook and Foxmail in Chinese.
_OWN_HEADS: Final = re.compile(
    r"^[ >]*(?:[-_=*— ]{2,40}(?:原始邮件|原始郵件|邮件原件|原邮件|原始信件|回复的原邮件|转发的邮件|转发邮件信息"
    r"|轉寄的郵件|原邮件信息|Original(?: Message)?|Forwarded [Mm]essage|回复邮件)[-_=*— ]{2,40}"
    r"|(?=.*[\d@<]).{6,160}(?:写道|寫道|wrote|编写|撰写)\s?[:：]"
    # Whatever the language: a moment, and an address in brackets before a colon.
    r"|(?=.*\d).{6,160}<[^<>\s]{1,80}@[^<>\s]{1,80}>\s?[:：]"
    r"|\*{0,2}(?:发件人|寄件者|寄件人|發件人|From|自)\*{0,2}\s?[:：].{1,160})\s*$",
    re.MULTILINE,
)
_FROM_LINE: Final = re.compile(r"^[ >]*\*{0,2}(?:发件人|寄件者|寄件人|發件人|From|自)\*{0,2}\s?[:：]")
_BESIDE_FROM: Final = re.compile(
    r"^[ >]*\*{0,2}(?:发送时间|发送日期|寄件日期|傳送時間|日期|时间|收件人|收件者|主题|主旨|抄送|Sent|Date|To"
    r"|Subject|Cc)\*{0,2}\s?[:：]"
)
_LINE_AT_MOST: Final = 200
_LINES_AT_MOST: Final = 2_000
_HEADS_AT_MOST: Final = 100
HTML_AT_MOST: Final = 2 * 1024 * 1024
_HTML: Final = ParserConfig(annotation_rules={"blockquote": ["quoted"], "div#class=gmail_quote": ["quoted"]})
_TAGS: Final = re.compile(r"<[^<>]{0,2000}>")
_UNSEEN: Final = re.compile(r"(?is)<(script|style|head|title)\b.{0,100000}?</\1\s*>")
_MARKS: Final = (">", "＞")


def of_html(html: str) -> str:
    """Return HTML as text, what it quotes as lines with `>`. Never raises."""
    plain = html[:HTML_AT_MOST].replace("\0", "")
    if not plain.strip():
        return ""
    try:
        found = get_annotated_text(plain, _HTML)
        text, quoted = str(found["text"]), [(int(start), int(end)) for start, end, _ in found["label"]]
    except Exception:  # nested too deep, or nothing that a browser would show either
        text, quoted = _TAGS.sub(" ", _UNSEEN.sub(" ", plain)), []
    lines, place = [], 0
    for line in text.split("\n"):
        kept, middle = line.strip(), place + len(line) - len(line.lstrip())
        inside = any(start <= middle < end for start, end in quoted)
        lines.append(f"> {kept}" if inside and kept else kept)
        place += len(line) + 1
    return _tidy(lines)


def split(text: str) -> tuple[str, str]:
    """Return what was typed and what was quoted; a text below lines with `>` was typed too."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cut = _head_at(lines)
    typed = [line for line in lines[:cut] if not _is_quoted(line)]
    quoted = [line for line in lines[:cut] if _is_quoted(line)] + lines[cut:]
    # An answer below the quotation: a head whose lines all have `>`, and behind them some that have none.
    if cut < len(lines) and (below := _below(lines, cut)) < len(lines):
        quoted = quoted[: len(quoted) - (len(lines) - below)]
        more = lines[below:]
        again, rest = split("\n".join(more))
        typed, quoted = [*typed, *again.split("\n")], [*quoted, rest]
    return _tidy(typed), _tidy(quoted)


def _head_at(lines: list[str]) -> int:
    """Return the line with which a quotation begins, or how many lines there are."""
    places = [place for place, line in enumerate(lines) if line.strip()][:_LINES_AT_MOST]
    skeleton = [lines[place].strip()[:_LINE_AT_MOST] for place in places]
    at = _first_own(skeleton)
    # A head has a colon somewhere; nothing else is worth the expression, and a hostile line costs it milliseconds.
    asked = [place for place, line in enumerate(skeleton[:at]) if re.search(r"[:：]|Original", line)]
    for place in asked[:_HEADS_AT_MOST]:
        match = _HEADS.match("\n".join(skeleton[place : place + 3]))
        if match is not None and match.end() > 1:
            at = place
            break
    return places[at] if at < len(places) else len(lines)


def _first_own(skeleton: list[str]) -> int:
    for at, line in enumerate(skeleton):
        if not _OWN_HEADS.search(line):
            continue
        # A single "发件人：" may be typed; with a moment or a subject under it, it is a head.
        if _FROM_LINE.match(line) and not any(_BESIDE_FROM.match(each) for each in skeleton[at + 1 : at + 4]):
            continue
        return at
    return len(skeleton)


def _below(lines: list[str], cut: int) -> int:
    """Return the line under a quotation that is wholly of lines with `>`, or how many lines there are."""
    at = cut + 1
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at >= len(lines) or not _is_quoted(lines[at]):
        return len(lines)
    while at < len(lines) and (not lines[at].strip() or _is_quoted(lines[at])):
        at += 1
    return at


def _tidy(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(_MARKS)
