"""What an auditor may want to look at in an answer, by the criteria 规范, 具体, 完整. It proposes, a person judges.

Source: SZ-15.4, JY-9.5, SQ-10.4a.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from minsheng.domain import personal

# The criteria are the defects that an auditor may name (`commands.RejectAudit`).
IRREGULAR: Final = "irregular"
VAGUE: Final = "vague"
INCOMPLETE: Final = "incomplete"

KIND_OF: Final = {
    "personal_data": IRREGULAR,
    "no_contact": IRREGULAR,
    "no_basis": IRREGULAR,
    "empty_phrase": VAGUE,
    "no_measure": VAGUE,
    "no_date": VAGUE,
    "says_nothing": INCOMPLETE,
    "too_short": INCOMPLETE,
    "off_topic": INCOMPLETE,
}
CODES: Final = tuple(KIND_OF)

# Characters that say something; tuned on real answers, see `bench/bench_replies.py`.
SUBSTANCE_AT_LEAST: Final = 30
SHORT_BELOW: Final = 60
# Of the pairs of characters of a question, so many must come back in the answer.
SHARED_AT_LEAST: Final = 2

_CLAUSE: Final = re.compile(r"[^。；;！!？?，,：:\n]+")
# Clauses that stand in any answer: greetings, thanks, receipt, forwarding, promises without an object.
_EMPTY: Final = re.compile(
    "(?:您|你|网友|同志)(?:们)?好|收悉|已阅|感谢|谢谢|敬请|谅解|理解(?:和|与)?支持|特此|此复|祝您|关注后续|欢迎|如有(?:疑问|不明)|一如既往"
    "|已(?:经)?(?:将|把)?.{0,20}(?:转至|转交|转由|转给|转办|转呈|批转|移交|交由|交办|反馈给|告知)|转.{2,16}(?:核实|处理|办理|调查|核处)"
    "|(?:正在|将(?:会)?|会|尽快|及时|积极|认真|进一步|努力|继续).{0,12}(?:处理|核实|调查|研究|解决|办理|跟进|加强|回复|答复|关注|改进)"
    "|高度重视|非常重视|领导重视|高度关注|引起重视|持续关注|已经?(?:答复|回复|反映)|反映的(?:问题|情况|留言)?$|留言$|^关于"
)
# What a reader calls empty words; a span each, so that the auditor sees which.
_EMPTY_PHRASE: Final = re.compile(
    "高度重视|非常重视|引起重视|尽快(?:处理|解决|办理|落实)|积极(?:处理|协调|推进)|认真(?:研究|处理|对待)|进一步(?:加强|研究|完善)"
    "|加大.{0,6}力度|努力(?:改进|做好)|妥善(?:处理|解决)|适时|酌情|择机|有关部门|相关部门"
)
_CONTACT: Final = re.compile(
    r"\d{7,8}(?!\d)|1[3-9]\d{9}|\d{3,4}-\d{4,8}|(?<!\d)(?:12345|96\d{3,4})(?!\d)|联系人|经办人|承办人"
)
_BASIS: Final = re.compile(
    "《[^》]{2,60}》|根据|依据|依照|按照|规定|条例|办法|法律|政策|〔\\d{4}〕|第[一二三四五六七八九十百\\d]+条|标准|合同|规划|经(?:查|核实|调查|了解|现场)"
)
_DATE: Final = re.compile(
    r"\d{1,2}月|\d{4}年\d|\d{4}([-/.])\d{1,2}\1\d|\d{1,2}[日号](?!线)|\d{1,4}\s?(?:个)?(?:工作日|天|日内|小时|周)|(?:月|年|季度)(?:底|末|初)|(?:当|次|今|明|昨)(?:日|天|年)"
)
_MEASURE: Final = re.compile(
    "(?:已(?:经)?|于|均|全部).{0,24}(?:修复|更换|清理|清除|清运|整改|拆除|安装|完成|恢复|维修|补发|退还|支付|处罚|查处|取缔|约谈|责令|制止|增设"
    "|疏通|到位|关停|停工|办结|开通|发放|落实|规范)|责令|处罚|罚款|立案|取缔|下达|约谈|现场(?:检查|核实|查看|勘察)|整改|拟|计划|将(?:于|在|对)|安排"
)
_NO_WORD: Final = frozenset("的了是在我你您他们这那有和与及也就都不没很请问反映问题情况希望政府部门领导您好")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at in an answer. `kind` is the criterion; the span is the place in it, if there is one."""

    kind: str
    code: str
    start: int | None = None
    end: int | None = None


def check(reply: str, *, appeal: str, known_public: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return what to look at in an answer to an appeal.

    personal_data: a telephone, a name, an address and the like stand in it, a span each (A-73).
    no_contact: neither a person nor a number to ask further.
    no_basis: no rule, document, agreement or finding of fact is named.
    empty_phrase: words that promise without an object, a span each.
    no_measure: nothing that was done or will be. no_date: no day, and no length of time.
    says_nothing: besides greeting, thanks and forwarding hardly a word is left.
    too_short: under sixty characters. off_topic: it shares no words with the question.
    Source: SZ-15.4, JY-9.5.
    """
    codes = (
        ("no_contact", not _CONTACT.search(reply)),
        ("no_basis", not _BASIS.search(reply)),
        ("no_measure", not _MEASURE.search(reply)),
        ("no_date", not _DATE.search(_without_dateline(reply))),
        ("says_nothing", says_nothing(reply)),
        ("too_short", len("".join(reply.split())) < SHORT_BELOW),
        ("off_topic", not answers(reply, appeal)),
    )
    whole = [Finding(KIND_OF[code], code) for code, holds in codes if holds]
    spans = [
        Finding(IRREGULAR, "personal_data", span.start, span.end)
        for span in personal.find(reply, known_public=known_public)
    ]
    spans += [Finding(VAGUE, "empty_phrase", *match.span()) for match in _EMPTY_PHRASE.finditer(reply)]
    return (*whole, *sorted(spans, key=lambda each: each.start or 0))


def says_nothing(reply: str) -> bool:
    """Tell whether hardly anything is left of an answer without greeting, thanks, forwarding and promises.

    On 1,927 real answers, 209 of them labeled as saying nothing, it finds 87% of those, and is right in 78% of what it
    names; the threshold was chosen on the same answers.
    """
    return substance(reply) < SUBSTANCE_AT_LEAST


def substance(reply: str) -> int:
    """Return how many characters of an answer stand in clauses that don't stand in every answer."""
    clauses = (match[0].strip() for match in _CLAUSE.finditer(_without_dateline(reply)))
    return sum(len(each) for each in clauses if len(each) > 3 and not _EMPTY.search(each))


def answers(reply: str, appeal: str) -> bool:
    """Tell whether an answer speaks of what the appeal is about: they share pairs of characters."""
    asked = _pairs(appeal)
    return not asked or len(asked & _pairs(reply)) >= min(SHARED_AT_LEAST, len(asked))


def _pairs(text: str) -> set[str]:
    runs = re.findall(r"[一-鿿]+", text)
    return {
        run[place : place + 2]
        for run in runs
        for place in range(len(run) - 1)
        if _NO_WORD.isdisjoint(run[place : place + 2])
    }


def _without_dateline(reply: str) -> str:
    """Return the answer without the day under it, which dates the letter and nothing that was done."""
    return re.sub(r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*$", "", reply)
