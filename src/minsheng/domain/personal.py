"""Finding personal data in Chinese text and masking it, so that an answer can be published.

The finder is cautious on both sides: it proposes, a person decides (A-73). It never marks short public numbers, order
numbers, dates or money. Source: JY-9.8a, JY-8d.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from minsheng.domain.family_names import COMPOUND, EVERYDAY, NOT_NAMES, SINGLE
from minsheng.domain.folding import NUMERALS, fold

PHONE: Final = "phone"
LANDLINE: Final = "landline"
ID_NUMBER: Final = "id_number"
PLATE: Final = "plate"
BANK_CARD: Final = "bank_card"
EMAIL: Final = "email"
ACCOUNT: Final = "account"
ADDRESS: Final = "address"
NAME: Final = "name"
KINDS: Final = (PHONE, LANDLINE, ID_NUMBER, PLATE, BANK_CARD, EMAIL, ACCOUNT, ADDRESS, NAME)
# What may never be published by oversight: each of these that remains must be acknowledged one by one.
GRAVE: Final = frozenset({PHONE, ID_NUMBER, PLATE, BANK_CARD})

_MASKS: Final = {
    PHONE: "[电话]",
    LANDLINE: "[电话]",
    ID_NUMBER: "[证件号码]",
    PLATE: "[车牌]",
    BANK_CARD: "[银行卡号]",
    EMAIL: "[邮箱]",
    ACCOUNT: "[账号]",
}

# What people put between the groups of a number: blanks, line ends, dashes, dots, strokes, commas; 、 divides a list.
_SEP: Final = r"[\s\-—–.·•・/_~*,()\[\]【】。|:+=ー]"
_GAP: Final = rf"{_SEP}{{0,3}}"
# A text without such a run of digits holds no telephone number, identity number or card.
_RUN: Final = re.compile(rf"\d(?:(?:{_GAP}|、)\d){{6}}")
_MOBILE: Final = re.compile(
    rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?(?:\(?0\)?{_GAP})?"
    rf"(?:1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|1[3-9]\d{{2}}{_GAP}\d{{4}}{_GAP}\d{{3}}|1[3-9]\d{{3}}{_GAP}\d{{6}}"
    rf"|1[3-9]\d{_GAP}\d{{3}}{_GAP}\d{{5}}|1{_SEP}{{1,3}}[3-9](?:{_SEP}{{1,3}}\d){{9}}"
    # Any groups with one blank or dash between; and a list's mark between the usual ones.
    rf"|1[3-9](?:[ \-]?\d){{9}}(?![ \-]?\d)|1[3-9]\d、\d{{4}}、\d{{4}}(?!、))"
    r"(?!\d)(?!\.\d\d?\s*(?:元|万|亿|平方))(?!\s*(?:元(?!旦|宵)|亿|平方))"
)
_AREA: Final = r"(?:10|2\d|[3-9]\d{2})"
_EXTENSION: Final = rf"(?:(?:[-—–]|{_GAP}(?:转|分机|ext\.?|#){_GAP})\d{{1,5}}(?!\d|[-—–]\d))?"
_LANDLINE: Final = re.compile(
    rf"(?<![\d.\-])(?:(?:\+|00)86{_GAP}\(?0?|\(?0){_AREA}\)?{_GAP}"
    rf"(?:[2-8]\d{{2,3}}{_GAP}\d{{4}}|[2-8]\d(?:{_SEP}\d\d){{3}})(?!\d){_EXTENSION}",
    re.IGNORECASE,
)
# Without the code of the area it is a number like any other, unless the text says what it is.
_LOCAL_LINE: Final = re.compile(
    rf"(?:电话|座机|固话|致电|拨打|号码)[:是为]{{0,2}}\s*([2-8]\d{{2,3}}{_GAP}\d{{4}}(?!\d){_EXTENSION})", re.IGNORECASE
)
_ID_NUMBER: Final = re.compile(rf"(?<![0-9A-Za-z])(?=([1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx])(?![0-9A-Za-z]))")
_BORN: Final = re.compile(r"\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
# Where the text says that it is one, also a wrong one and the old fifteen digits count.
_SAID_ID_NUMBER: Final = re.compile(
    r"(?:身份证|证件)(?:号码|号|编号)?[:：是为]{0,2}\s*(\d{17}[\dXx]|\d{15})(?![0-9A-Za-z])"
)
_BANK_CARD: Final = re.compile(rf"(?<!\d)[3-6]\d{{3}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{1,3}})?(?!\d)")
_SAID_BANK_CARD: Final = re.compile(
    r"(?:卡号|账号|帐号|账户|帐户|银行卡)(?:号码|号)?[:：是为]{0,2}\s*(\d{4}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,3})?)(?!\d)"
)
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼] ?[A-HJ-Za-hj-z][ ·•.\-]{0,3}"
    r"(?=[A-Za-z]{0,4}\d)(?:[A-HJ-NP-Za-hj-np-z\d]{5,6}|[A-HJ-NP-Za-hj-np-z\d]{4}[挂学警港澳])(?![0-9A-Za-z])"
)
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", re.ASCII)
_QQ: Final = re.compile(r"(?:qq|扣扣)(?:群)?(?:号码|号)?[:：是为 ]{0,3}([1-9]\d{4,10})(?!\d)", re.IGNORECASE)
_WECHAT: Final = re.compile(
    r"(?:微\s?信|薇信|weixin|wechat|v信|(?<![a-z])[vw]x)(?:号码|账号|号)?[:：是为 ]{0,3}"
    r"([a-z][a-z0-9_-]{5,19}|\d{5,11})(?![a-z0-9])",
    re.IGNORECASE,
)

_NUMBER: Final = r"(?:[A-Za-z]?\d{1,5}[A-Za-z]?|[A-Za-z]|[一二三四五六七八九十百零]{1,4}|[甲乙丙丁])"
_STEP: Final = rf"{_NUMBER}(?:号楼|号院|号房|号|弄|幢|栋|座|单元|层|楼|室|户|房|组|队)"
# A building and what leads to one door in it; or a house of a village; or numbers with dashes that end in a room.
_DWELLING: Final = re.compile(
    rf"(?<![0-9A-Za-z])(?:{_STEP}[ ,，-]?){{1,5}}(?:{_NUMBER}(?:室|户|号房)|{_NUMBER}单元(?:[ ,，-]?\d{{1,4}}(?!\d))?"
    rf"|(?<=[幢栋座])[ ,，-]?\d{{3,4}}(?![\d.年月日元米路号]))"
    rf"|(?<![0-9A-Za-z-])\d{{1,3}}(?:-\d{{1,4}}){{1,3}}(?:室|户|号房)"
    rf"|(?<=村){_NUMBER}(?:组|队){_NUMBER}号"
)
# A number in a street is a place as good as any, unless somebody lives there.
_HOME: Final = re.compile(
    rf"(?:住|住址|地址|户籍|家在)[:：在于为是]{{0,2}}[^，。；;\n\d]{{0,25}}?({_NUMBER}号(?![线文令码]))"
)
_HOUSE_NUMBER: Final = re.compile(
    rf"{_NUMBER}(?=号楼|号院|号房|号|弄|幢|栋|座|单元|层|楼|室|户|房|组|队)|(?<=[幢栋座元])[ ,，-]?\d+|\d+(?=-)"
)

_WHO: Final = (
    "姓名|名字|联系人|举报人|投诉人|反映人|反馈人|申请人|诉求人|当事人|来电人|来信人|委托人|代理人|报案人|承包人|责任人"
    "|负责人|经办人|承办人|业主|户主|房东|房主|车主|店主|租客|法人代表|法定代表人|法人|死者|伤者|患者|原告|被告"
    "|被举报人|被投诉人|我叫|名叫|本人|化名|笔名|丈夫|妻子|父亲|母亲|儿子|女儿|配偶"
)
_ASKED_NAME: Final = re.compile(rf"(?:{_WHO})\s{{0,2}}[:：]\s{{0,2}}|(?:我叫|名叫|姓名)[是为]?\s{{0,2}}")
_PASSING_NAME: Final = re.compile(rf"(?:{_WHO})\s{{0,2}}")
_TITLE: Final = re.compile(
    "先生|女士|小姐|同志|师傅|老师|大爷|大妈|阿姨|老人|医生|警官|律师|书记|主任|局长|科长|所长|站长|队长|校长|院长|村长|镇长"
    "|经理|老板|董事长|总经理|会计"
)
_AFTER_NAME: Final = (
    *("住", "家住", "电话", "手机", "联系", "身份证", "证件", "性别", "先生", "女士", "同志"),
    *("男，", "女，", "男,", "女,", "现年", "今年"),
)
_BEFORE_NAME: Final = frozenset("的由向找问给与和跟同为系叫及即经请让被对是")
# What is not in anybody's given name, so that a sentence does not run into one.
_NEVER_GIVEN: Final = frozenset(
    "的了吗呢吧啊是在不没我你您他她它们这哪些个把被就也都又很太最更已将要会到说与及或等去来让给对某住有"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Personal data from one place of a text to another, of a kind."""

    start: int
    end: int
    kind: str


def find(text: str, *, known_public: Iterable[str] = (), names: Iterable[str] = ()) -> tuple[Span, ...]:
    """Return the personal data in a text, in order and without overlap.

    `known_public` are telephone numbers that anybody may know, such as units' switchboards; `names` are names that are
    to be found wherever they stand.
    Source: JY-9.8a, A-73.
    """
    folded = fold(text)
    public = {digits for each in known_public if len(digits := _digits(each)) >= 7}
    found = [*find_in(folded.text)]
    for name in names:
        if len(name) >= 2:
            for match in re.finditer(re.escape(fold(name).text), folded.text):
                _add(found, Span(*match.span(), NAME))
    kept = [each for each in found if not _is_public(folded.text[each.start : each.end], each.kind, public)]
    kept.sort(key=lambda each: each.start)
    return tuple(Span(*folded.span(each.start, each.end), each.kind) for each in kept)


def find_in(plain: str) -> Sequence[Span]:
    """Return the personal data in a folded text, the surest first, without overlap."""
    found: list[Span] = []
    taken = bytearray(len(plain))
    spelt = plain.translate(NUMERALS)
    looked: list[tuple[Callable[[str], Iterator[Span]], str]] = []
    if _RUN.search(spelt):
        looked += [(finder, plain) for finder in _NUMBER_FINDERS]
        looked += [(finder, spelt) for finder in (_SPELT_FINDERS if spelt != plain else ())]
    for finder, text in (*looked, *((finder, plain) for finder in _FINDERS)):
        for span in finder(text):
            # The finders come in order of how sure they are: what a surer one has found is its.
            if not any(taken[span.start : span.end]):
                taken[span.start : span.end] = b"\1" * (span.end - span.start)
                found.append(span)
    return found


def mask(text: str, spans: Sequence[Span]) -> str:
    """Return the text with readable words in the place of the spans; they must not overlap."""
    pieces: list[str] = []
    end = 0
    for span in sorted(spans, key=lambda each: each.start):
        pieces += (text[end : span.start], masked(text[span.start : span.end], span.kind))
        end = span.end
    return "".join((*pieces, text[end:]))


def masked(words: str, kind: str) -> str:
    """Return what stands in the place of personal data of a kind."""
    match kind:
        case "name":
            return f"{words[:2] if words[:2] in COMPOUND else words[:1]}某"
        case "address":
            return _HOUSE_NUMBER.sub("某", fold(words).text)
        case _:
            return _MASKS[kind]


def _add(found: list[Span], span: Span) -> None:
    """Keep what does not overlap with something surer: the finders come in order of how sure they are."""
    if all(span.end <= other.start or other.end <= span.start for other in found):
        found.append(span)


def _is_public(words: str, kind: str, public: set[str]) -> bool:
    digits = _digits(words.translate(NUMERALS))
    return kind in (PHONE, LANDLINE) and any(digits.endswith(each) or each.endswith(digits) for each in public)


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _matches(pattern: re.Pattern[str], kind: str, *, group: int = 0) -> Callable[[str], Iterator[Span]]:
    return lambda text: (Span(*match.span(group), kind) for match in pattern.finditer(text))


def _id_numbers(text: str) -> Iterator[Span]:
    for match in _ID_NUMBER.finditer(text):
        number = "".join(filter(str.isalnum, match[1]))
        if _BORN.match(number) and _id_checks(number):
            yield Span(*match.span(1), ID_NUMBER)


def _id_checks(number: str) -> bool:
    """Tell whether the last place of an identity number is right (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def _bank_cards(text: str) -> Iterator[Span]:
    for match in _BANK_CARD.finditer(text):
        if _luhn(_digits(match[0])):
            yield Span(*match.span(), BANK_CARD)


def _luhn(number: str) -> bool:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _names(text: str) -> Iterator[Span]:
    for match in _ASKED_NAME.finditer(text):
        yield from _name_at(text, match.end(), asked=True)
    for match in _PASSING_NAME.finditer(text):
        yield from _name_at(text, match.end(), asked=False)
    for match in _TITLE.finditer(text):
        yield from _name_before(text, match.start())


def _name_at(text: str, start: int, *, asked: bool) -> Iterator[Span]:
    """Give the name that begins here, if what follows it shows where it ends. `asked`: the text has asked for one."""
    given = start + _family_length(text, start)
    for end in (given + 1, given + 2):
        name = text[start:end]
        if given > start and len(name) == end - start and _may_be_name(name, given - start, asked=asked):
            rest = text[end : end + 3]
            closed = not rest or not _is_han(rest[0]) or (asked and rest.startswith(_AFTER_NAME))
            if closed:
                yield Span(start, end, NAME)
                return


def _name_before(text: str, end: int) -> Iterator[Span]:
    """Give the whole name that stands before a title; a family name alone says nothing and stays."""
    for length in (4, 3, 2):
        start = end - length
        if start < 0:
            continue
        family = _family_length(text, start)
        if family and 1 <= length - family <= 2 and _may_be_name(text[start:end], family, asked=False):
            if start == 0 or not _is_han(text[start - 1]) or text[start - 1] in _BEFORE_NAME:
                yield Span(start, end, NAME)
                return


def _family_length(text: str, start: int) -> int:
    if text[start : start + 2] in COMPOUND:
        return 2
    return 1 if text[start : start + 1] in SINGLE else 0


def _may_be_name(name: str, family: int, *, asked: bool) -> bool:
    given = name[family:]
    if not all(map(_is_han, given)) or not _NEVER_GIVEN.isdisjoint(given) or _TITLE.match(given):
        return False
    return name[:2] not in NOT_NAMES and (asked or name[0] not in EVERYDAY)


def _is_han(letter: str) -> bool:
    return "一" <= letter <= "鿿"


_NUMBER_FINDERS: Final[tuple[Callable[[str], Iterator[Span]], ...]] = (
    _id_numbers,
    _matches(_SAID_ID_NUMBER, ID_NUMBER, group=1),
    _bank_cards,
    _matches(_SAID_BANK_CARD, BANK_CARD, group=1),
    _matches(_MOBILE, PHONE),
    _matches(_LANDLINE, LANDLINE),
    _matches(_LOCAL_LINE, LANDLINE, group=1),
)
# What is looked for once more where numerals and letters stand for digits.
_SPELT_FINDERS: Final = (
    _id_numbers,
    _matches(_SAID_ID_NUMBER, ID_NUMBER, group=1),
    _bank_cards,
    _matches(_SAID_BANK_CARD, BANK_CARD, group=1),
    _matches(_MOBILE, PHONE),
    _matches(_LANDLINE, LANDLINE),
    _matches(_LOCAL_LINE, LANDLINE, group=1),
)
_FINDERS: Final[tuple[Callable[[str], Iterator[Span]], ...]] = (
    _matches(_EMAIL, EMAIL),
    _matches(_PLATE, PLATE),
    _matches(_QQ, ACCOUNT, group=1),
    _matches(_WECHAT, ACCOUNT, group=1),
    _matches(_DWELLING, ADDRESS),
    _matches(_HOME, ADDRESS, group=1),
    _names,
)
