"""Covering who somebody is in what was said: what the finder finds, and what is known of the appellant, however typed.

A text leaves with readable words in the place of personal data; `personal` finds and masks, here the appellant's own
name, telephones, number and address are looked for besides. Source: JY-8d, SZ-26.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from minsheng.domain import personal
from minsheng.domain.folding import NUMERALS, fold
from minsheng.domain.personal import ADDRESS, ID_NUMBER, NAME, PHONE

# Letters of names in the old spelling, beside the new one.
_OLD: Final = (
    "陸陆劉刘張张陳陈楊杨趙赵黃黄週周吳吴孫孙馬马朱朱鄭郑謝谢馮冯許许鄧邓蔣蒋韓韩馮冯蕭萧葉叶蘇苏盧卢魯鲁歐欧陽阳錢钱湯汤龔龚顧顾龍龙"
    "賀贺賴赖譚谭鄒邹閻阎韋韦羅罗範范萬万齊齐溫温喬乔諸诸葛葛鐘钟鍾钟華华曉晓麗丽國国偉伟強强軍军傑杰濤涛紅红蘭兰鳳凤嬌娇蓮莲瓊琼"
    "賢贤貴贵寶宝財财慶庆榮荣輝辉煒炜燦灿寧宁靜静潔洁穎颖瑩莹瑋玮環环珮佩綺绮維维紹绍緒绪綱纲繼继績绩綠绿緋绯紋纹細细織织統统經经"
    "書书畫画詩诗詠咏詳详誠诚誼谊諾诺謙谦識识議议護护譽誉讓让贊赞運运達达遠远選选遙遥邁迈鄰邻鋒锋鋼钢銘铭銀银鋭锐錦锦鏡镜鑫鑫"
    "長长門门開开間间閔闵關关閑闲隨随際际階阶雲云電电霧雾霽霁韻韵順顺須须預预領领頌颂頡颉頤颐題题風风飛飞騰腾驍骁驊骅驥骥魚鱼鮑鲍"
    "鴻鸿鵬鹏鶴鹤鶯莺鷹鹰麥麦齡龄樂乐樹树橋桥機机權权歡欢歲岁殷殷氣气沖冲澤泽滿满潤润漢汉濱滨灣湾爾尔獻献瑤瑶產产異异盡尽眾众碩硕"
    "禮礼禎祯積积穩稳競竞筆笔節节籃篮純纯終终絲丝綸纶縝缜聖圣聞闻聰聪聯联職职臨临興兴舉举義义習习肅肃腦脑艷艳藝艺蔭荫蔚蔚藍蓝蘊蕴"
    "裡里見见觀观覺觉覽览訓训記记詞词語语說说調调豐丰賓宾賽赛趙赵車车軒轩軼轶載载輪轮辰辰農农釗钊鈞钧鈺钰鉅巨鉑铂鉉铉鋁铝鎮镇鐵铁鑒鉴"
    "東东業业嚴严爭争鳳凤雙双發发變变啟启員员單单嘗尝國国園园圓圆團团塵尘壇坛壽寿夢梦夾夹奧奥婦妇嫻娴學学實实寵宠將将專专導导層层島岛"
    "嶺岭嶽岳幫帮師师帥帅廣广廳厅彙汇彌弥彥彦後后徑径從从復复徵征愛爱慧慧懷怀憲宪應应戰战戲戏揚扬換换擇择據据敵敌數数斬斩時时晉晋晝昼"
    "暉晖曄晔曦曦會会條条榆榆槍枪檔档檜桧"
)
_CASE: Final = {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
# How letters of names are compared, and how those of numbers and addresses: there 陆 is a family name, here a six.
_NAMES: Final = _CASE | {ord(old): new for old, new in zip(_OLD[::2], _OLD[1::2], strict=True)}
_NUMBERS: Final = _NAMES | NUMERALS
# By whether it is a name that is looked for.
_FOLDS: Final = {True: _NAMES, False: _NUMBERS}
# What stands between the numbers of an address, or is left out: 12幢305室, 12号楼305, 12-305.
_PARTS: Final = frozenset("幢栋棟号號楼樓座单單元室户戶层層")
_DIGITS: Final = frozenset("0123456789")
# Of a telephone's number: the words before its last four digits, and what is written for the digits that are left out.
_TAIL: Final = "(?:尾号|尾数|末四位|后四位)[^0-9]{0,4}"
_HIDDEN: Final = "[*xX×·•＊]{2,6}"
_LEADING: Final = re.compile(r".*?(?:省|市|区|县|街道|镇|乡)")
_AREA: Final = re.compile(r"0(?:10|2\d|[3-9]\d\d)(?=\d{7,8}$)")
_LEAST_NAME, _LEAST_NUMBER, _LEAST_ADDRESS = 2, 5, 5
_LONGEST_EXTENSION: Final = 5
_ALL_COVERED: Final = "[住址]"
# What stands for covered letters: our own words for them, and the signs that people use.
_COVER: Final = re.compile(r"\[[^\[\]\n]{1,8}\]|某+|[*＊×■□●○]+")


@dataclass(frozen=True, slots=True)
class Own:
    """What is known of the appellant, which is covered wherever it stands."""

    name: str = ""
    phone: str = ""
    id_number: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a covered text; `kind` says what was covered there, empty for what stands as it was said."""

    text: str
    kind: str = ""


NOBODY: Final = Own()


def pieces(text: str, *, own: Own = NOBODY, also: tuple[Own, ...] = (), found: bool = True) -> tuple[Piece, ...]:
    """Return a text in pieces, personal data covered; `also`: whose besides the appellant's, as who joined them.

    `found`: what the finder finds too, not these people's alone.
    """
    folded = fold(text)
    covers: list[tuple[int, int, Piece]] = []
    taken = bytearray(len(folded.text))
    for person in (own, *also):
        covers += _of_own(folded.text, person, taken)
    if found:
        for span in personal.find_in(folded.text):
            if not any(taken[span.start : span.end]):
                said = folded.text[span.start : span.end]
                covers.append((span.start, span.end, Piece(personal.masked(said, span.kind), span.kind)))
    made: list[Piece] = []
    place = 0
    for start, end, piece in sorted(covers, key=lambda each: each[:2]):
        first, last = folded.span(start, end)
        if first > place:
            made.append(Piece(text[place:first]))
        made.append(piece)
        place = max(place, last)
    return (*made, Piece(text[place:])) if text[place:] else tuple(made)


def covered(text: str, *, own: Own = NOBODY, also: tuple[Own, ...] = (), found: bool = True) -> str:
    """Return a text with personal data covered, as `pieces` finds them; what holds none comes back as it is."""
    made = pieces(text, own=own, also=also, found=found)
    return "".join(piece.text for piece in made) if any(piece.kind for piece in made) else text


def spelt(name: str) -> str:
    """Return a name in one case and in the new spelling, as names are compared."""
    return name.translate(_NAMES)


def is_cover_of(text: str, said: str) -> bool:
    """Return whether a text is what was said with nothing but letters covered: no word is added, none comes otherwise.

    Line ends and surrounding space don't count.
    """
    text, said = ("\n".join(each.split("\r\n")).strip() for each in (text, said))
    if text == covered(said):
        return True  # an address may come in other widths
    kept = _COVER.split(text)
    if len(kept) == 1:
        return text == said
    if not said.startswith(kept[0]) or not said[len(kept[0]) :].endswith(kept[-1]):
        return False
    place, end = len(kept[0]), len(said) - len(kept[-1])
    for each in kept[1:-1]:
        found = said.find(each, place, end)
        if found < 0:
            return False
        place = found + len(each)
    return True


def _of_own(seen: str, own: Own, taken: bytearray) -> Iterable[tuple[int, int, Piece]]:
    """Give where something of the appellant stands: letters and digits are compared, whatever is between them.

    `taken`: which letters are covered already; what is given is added.
    """
    if own == NOBODY:
        return
    own = Own(*(fold(each).text for each in (own.name, own.phone, own.id_number, own.address)))
    places = [place for place, letter in enumerate(seen) if letter.isalnum()]
    bare = {is_name: _squeezed(seen, spelling) for is_name, spelling in _FOLDS.items()}
    for wanted, cover in _wanted(own):
        letters = bare[cover.kind == NAME]
        start = letters.find(wanted)
        while start >= 0:
            begin, end = places[start], places[start + len(wanted) - 1] + 1
            if any(taken[begin:end]):
                start = letters.find(wanted, start + 1)
                continue
            taken[begin:end] = b"\1" * (end - begin)
            yield begin, end, cover
            start = letters.find(wanted, start + len(wanted))
    yield from _loosely(seen, own, taken)


def _loosely(seen: str, own: Own, taken: bytearray) -> Iterable[tuple[int, int, Piece]]:
    """Give where the address stands by its name and numbers alone, and the telephone by its ends alone."""
    letters, places = _unparted(seen)
    address = _LEADING.sub("", own.address)
    wanted, _ = _unparted(address)
    if len(wanted) >= _LEAST_ADDRESS and wanted[-1] in _DIGITS and not wanted.isdigit():
        masked = Piece(personal.masked(address, ADDRESS), ADDRESS)
        start = letters.find(wanted)
        while start >= 0:
            begin, end = places[start], places[start + len(wanted) - 1] + 1
            if not any(taken[begin:end]) and letters[start + len(wanted) : start + len(wanted) + 1] not in _DIGITS:
                taken[begin:end] = b"\1" * (end - begin)
                yield begin, end, masked
            start = letters.find(wanted, start + 1)
    for phone in _lines(own.phone):
        head, tail = phone[:3], phone[-4:]
        for found in re.finditer(f"{_TAIL}({tail})(?![0-9])|{head}{_HIDDEN}({tail})(?![0-9])", seen):
            begin, end = found.span(1) if found[1] else found.span(2)
            if not any(taken[begin:end]):
                taken[begin:end] = b"\1" * (end - begin)
                yield begin, end, Piece(personal.masked(own.phone, PHONE), PHONE)


def _unparted(text: str) -> tuple[str, list[int]]:
    """Return letters and digits of an address without the words for its parts, and where each stands; 十二 is 12."""
    spelled = [(letter.translate(_NUMBERS), place) for place, letter in enumerate(text) if letter.isalnum()]
    spelled = [(letter, place) for letter, place in spelled if letter not in _PARTS]
    letters, places = "", []
    for index, (letter, place) in enumerate(spelled):
        said = letter
        if letter == "十":
            after = spelled[index + 1][0] if index + 1 < len(spelled) else ""
            said = ("" if letters[-1:] in _DIGITS else "1") + ("" if after in _DIGITS else "0")
        letters += said
        places += [place] * len(said)
    return letters, places


def _wanted(own: Own) -> Iterable[tuple[str, Piece]]:
    """Give what is looked for, folded, the longest and surest first, and what stands in its place."""
    if len(number := _squeezed(own.id_number, _NUMBERS)) >= _LEAST_NUMBER:
        yield number, Piece(personal.masked(own.id_number, ID_NUMBER), ID_NUMBER)
    cover = Piece(personal.masked(own.phone, PHONE), PHONE)
    for each in _lines(own.phone):
        yield each, cover
    address = own.address
    while len(wanted := _squeezed(address, _NUMBERS)) >= _LEAST_ADDRESS:
        masked = personal.masked(address, ADDRESS)
        yield wanted, Piece(masked if masked != address else _ALL_COVERED, ADDRESS)
        shorter = _LEADING.sub("", address, count=1)
        if shorter == address:
            break
        address = shorter
    if len(name := _squeezed(own.name, _NAMES)) >= _LEAST_NAME:
        yield name, Piece(personal.masked(own.name, NAME), NAME)


def _lines(phone: str) -> Iterable[str]:
    """Give the ways in which a number is said: with its extension and without, and at home without its area."""
    line, _dash, extension = phone.rpartition("-")
    whole = [phone] if len(extension) > _LONGEST_EXTENSION or not line else [phone, line]
    for digits in (_squeezed(each, _NUMBERS) for each in whole):
        if len(digits) >= _LEAST_NUMBER:
            yield digits
            if (local := _AREA.sub("", digits, count=1)) != digits:
                yield local


def _squeezed(text: str, spelling: Mapping[int, str]) -> str:
    """Return the letters and digits of a folded text alone, in one case and spelling; one for each that counts."""
    return "".join(filter(str.isalnum, text)).translate(spelling)
