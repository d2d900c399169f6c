"""Finding and masking personal data. Every name and number here is invented. Clauses: JY-9.8a, JY-8d; A-73."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from pathlib import Path

import pytest

from minsheng.domain import personal
from minsheng.domain.personal import Span, find, mask

# Numbers whose last place is right, of nobody: the region 990000 does not exist.
ID_NUMBER = "990000199001010017"
CARD = "6222000000000000004"


def kinds(text: str) -> list[tuple[str, str]]:
    """Return what is found: kind and words."""
    return [(span.kind, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("请打13000000001找我", "phone", "13000000001"),
        ("请打 130 0000 0001。", "phone", "130 0000 0001"),
        ("手机130-0000-0001", "phone", "130-0000-0001"),
        ("手机1300-0000-001", "phone", "1300-0000-001"),
        ("手机13000 000001", "phone", "13000 000001"),
        ("手机130 000 00001", "phone", "130 000 00001"),
        ("手机1 3 0 0 0 0 0 0 0 0 1", "phone", "1 3 0 0 0 0 0 0 0 0 1"),
        ("手机13 00 00 00 00 1", "phone", "13 00 00 00 00 1"),
        ("手机130 000 000 01", "phone", "130 000 000 01"),
        ("手机130、0000、0001", "phone", "130、0000、0001"),
        ("电话13000000001元旦前回", "phone", "13000000001"),
        ("手机+86 13000000001", "phone", "+86 13000000001"),
        ("手机008613000000001", "phone", "008613000000001"),
        ("手机１３００００００００１", "phone", "１３００００００００１"),
        ("手机一三零零零零零零零零一", "phone", "一三零零零零零零零零一"),
        ("打0510-86860001转8", "landline", "0510-86860001转8"),
        ("打0510-86860001 分机 803。", "landline", "0510-86860001 分机 803"),
        ("打0510 8686 0001", "landline", "0510 8686 0001"),
        ("打0510-86 86 00 01", "landline", "0510-86 86 00 01"),
        ("打+86 510 86860001", "landline", "+86 510 86860001"),
        ("打零五一〇八六八六〇〇〇一", "landline", "零五一〇八六八六〇〇〇一"),
        ("电话：8686 0001转12", "landline", "8686 0001转12"),
        ("手机013000000001", "phone", "013000000001"),
        ("手机+86(0)13000000001", "phone", "+86(0)13000000001"),
        ("手机130\u00a00000\u00a00001", "phone", "130\u00a00000\u00a00001"),
        ("手机130  0000  0001", "phone", "130  0000  0001"),
        ("手机130/0000/0001", "phone", "130/0000/0001"),
        ("手机130_0000_0001", "phone", "130_0000_0001"),
        ("手机130~0000～0001", "phone", "130~0000～0001"),
        ("手机130，0000，0001", "phone", "130，0000，0001"),
        ("手机(130)00000001", "phone", "130)00000001"),
        ("手机130。0000。0001", "phone", "130。0000。0001"),
        ("手机130|0000|0001", "phone", "130|0000|0001"),
        ("手机130+0000+0001", "phone", "130+0000+0001"),
        ("手机13000000001.5", "phone", "13000000001"),
        ("手机13000000001万", "phone", "13000000001"),
        ("加wx：luxiaohe01", "account", "luxiaohe01"),
        ("身份证九九〇〇〇〇一九九〇〇一〇一〇〇一一", "id_number", "九九〇〇〇〇一九九〇〇一〇一〇〇一一"),
        ("手机130*0000*0001", "phone", "130*0000*0001"),
        ("手机130\u20110000\u20110001", "phone", "130\u20110000\u20110001"),
        ("手机130\r\n0000\n0001", "phone", "130\r\n0000\n0001"),
        ("手机130\u200b0000\u2060001", "phone", ""),
        ("手机130\u200b0000\u20600001号", "phone", "130\u200b0000\u20600001"),
        ("手机①③⓪00000001", "phone", "①③⓪00000001"),
        ("手机𝟏𝟑𝟎00000001", "phone", "𝟏𝟑𝟎00000001"),
        ("手机١٣٠٠٠٠٠٠٠٠١", "phone", "١٣٠٠٠٠٠٠٠٠١"),
        ("手机⒈⒊00000000⒈", "phone", "⒈⒊00000000⒈"),
        ("手机1️⃣3️⃣0️⃣00000001", "phone", "1️⃣3️⃣0️⃣00000001"),
        ("手机⑩3", "phone", ""),
        ("手机一三零 零零零零 零零零一", "phone", "一三零 零零零零 零零零一"),
        ("手机1三0零零零零00零1", "phone", "1三0零零零零00零1"),
        ("手机l3O0000OOO1", "phone", "l3O0000OOO1"),
        ("打（0510）86860001", "landline", "（0510）86860001"),
        ("打051086860001", "landline", "051086860001"),
        ("打0510-86860001-801。", "landline", "0510-86860001-801"),
        ("联系电话：86860001", "landline", "86860001"),
        (f"证件{ID_NUMBER}", "id_number", ID_NUMBER),
        ("99000019900101001X与", "id_number", ""),
        ("990000 19900101 0017", "id_number", "990000 19900101 0017"),
        ("990000/1990/0101/0017", "id_number", "990000/1990/0101/0017"),
        ("2，99000019900101001 7。", "id_number", "99000019900101001 7"),
        ("九九〇〇〇〇一九九〇〇一〇一〇〇一七", "id_number", "九九〇〇〇〇一九九〇〇一〇一〇〇一七"),
        ("990000203013010017", "id_number", ""),
        ("身份证号：990000199001010011", "id_number", "990000199001010011"),
        ("身份证990000900101001", "id_number", "990000900101001"),
        (f"汇到{CARD}", "bank_card", CARD),
        ("银行卡号：6222000000000001", "bank_card", "6222000000000001"),
        ("车牌苏B12345", "plate", "苏B12345"),
        ("车牌苏 B12345", "plate", "苏 B12345"),
        ("苏B·D12345闯红灯", "plate", "苏B·D12345"),
        ("苏b 1234挂", "plate", "苏b 1234挂"),
        ("苏B123学", "plate", ""),
        ("信箱 lu.xiaohe+1@example.com。", "email", "lu.xiaohe+1@example.com"),
        ("加QQ：123456789", "account", "123456789"),
        ("微信号lu_xiaohe", "account", "lu_xiaohe"),
        ("加VX：luxiaohe01", "account", "luxiaohe01"),
        ("桃源路12号3幢502室", "address", "12号3幢502室"),
        ("柳浪小区3栋2单元502室漏水", "address", "3栋2单元502室"),
        ("柳浪小区三栋二单元", "address", "三栋二单元"),
        ("柳浪小区3栋502有人", "address", "3栋502"),
        ("柳浪小区3-2-502室", "address", "3-2-502室"),
        ("柳浪小区B座1806号房", "address", "B座1806号房"),
        ("东村3组15号的树", "address", "3组15号"),
        ("我住在桃源路12号", "address", "12号"),
        ("联系人：陆晓禾，请回电", "name", "陆晓禾"),
        ("联系人：陆晓禾电话另附", "name", "陆晓禾"),
        ("我叫乔木", "name", "乔木"),
        ("我叫欧阳晓禾，", "name", "欧阳晓禾"),
        ("本人葛安然。", "name", "葛安然"),
        ("姓名：平安", "name", "平安"),
        ("请找葛安然女士", "name", "葛安然"),
        ("葛安然先生您好", "name", "葛安然"),
        ("，欧阳禾先生", "name", "欧阳禾"),
        ("尊敬的乔木先生", "name", "乔木"),
        ("我叫乔⽊", "name", "乔⽊"),
    ],
)
def test_what_tells_of_a_person_is_found(text: str, kind: str, words: str) -> None:
    assert kinds(text) == ([(kind, words)] if words else [])


@pytest.mark.parametrize(
    "text",
    [
        "请拨打12345、110、119、120或12315。",
        "24小时热线400-820-0000，或96100。",
        "工单编号26091800000123，查询码另发。",
        "文号澄委办〔2020〕44号，第十条第（三）项，312号文件。",
        "2026-09-18 16:40:00 至 2026年10月1日",
        "投资13000000001元，合13000000001.50元",
        "面积130.5平方米，长1300米，第13号线",
        "账面 320500202009180012 一项",  # eighteen digits with a wrong last place
        "编号6222000000000001",  # sixteen digits that are no card
        "桃源路12号的路灯坏了，3号楼旁",
        "1、3、4、5、6、7、8、9、10、11号楼",
        "2023-01-15，2023/05/12 13:00:00，15:30:00",
        "乘13路到15站，12栋楼，第3层",
        "张先生、高女士来电，张某某反映",
        "本人于去年搬来，业主单位，本人已多次反映",
        "联系人：周主任，联系人：他在外地",
        "本人高兴，业主马上，联系人员，我叫了人",
        "感谢高女士，请王师傅，找李老师",
        "该小伙子先生，为张的女士",
        "请在12月5日前联系网格员",
        "",
    ],
)
def test_what_tells_of_nobody_is_left(text: str) -> None:
    assert kinds(text) == []


def test_masked_text_stays_readable() -> None:
    text = (
        f"我叫欧阳晓禾，住桃源路12号3幢502室，电话130 0000 0001，证件{ID_NUMBER}，车苏B12345，"
        f"卡{CARD}，邮箱a@example.com，微信luxiaohe01；联系人：陆晓禾。"
    )

    masked = mask(text, find(text))

    assert masked == (
        "我叫欧阳某，住桃源路某号某幢某室，电话[电话]，证件[证件号码]，车[车牌]，卡[银行卡号]，邮箱[邮箱]，微信[账号]；"
        "联系人：陆某。"
    )
    assert find(masked) == ()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("柳浪小区三栋2单元502", "柳浪小区某栋某单元某"),
        ("柳浪小区3栋502有人", "柳浪小区某栋某有人"),
        ("柳浪小区３－２－502室", "柳浪小区某-某-某室"),
    ],
)
def test_addresses_keep_their_shape(text: str, masked: str) -> None:
    assert mask(text, find(text)) == masked


def test_public_numbers_are_left_and_others_not() -> None:
    text = "请拨打0510-86860001或0510-86860002，电话86860001"

    spans = find(text, known_public=("86860001", "110"))

    assert [text[span.start : span.end] for span in spans] == ["0510-86860002"]


def test_names_that_are_known_are_found_wherever_they_stand() -> None:
    text = "局里陆晓禾说不管，陆晓禾先生还骂人。"

    spans = find(text, names=("陆晓禾", "陆"))

    assert [(span.kind, span.start) for span in spans] == [("name", 2), ("name", 9)]
    assert mask(text, spans) == "局里陆某说不管，陆某先生还骂人。"


def test_spans_never_overlap_and_come_in_order() -> None:
    text = f"电话13000000001，身份证号{ID_NUMBER}，姓名陆晓禾，住3栋2单元502室"

    spans = find(text)

    assert all(first.end <= second.start for first, second in itertools.pairwise(spans))
    assert mask("abcdef", (Span(4, 6, "email"), Span(0, 2, "plate"))) == "[车牌]cd[邮箱]"


def test_grave_kinds_are_kinds() -> None:
    assert set(personal.KINDS) > personal.GRAVE


def test_in_real_letters_no_mobile_and_no_identity_number_survives(
    shared_folder: Path | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if shared_folder is None:
        pytest.skip("real letters lie outside the project; .ci/run names them by MINSHENG_SHARED")
    texts = [text for path in sorted((shared_folder / "data/messages").glob("*.csv")) for text in _texts(path)]
    counts: Counter[str] = Counter()
    survived = 0
    for text in texts:
        spans = find(text)
        counts.update(span.kind for span in spans)
        left = re.sub(r"[\s-]", "", mask(text, spans))
        numbers = re.findall(r"(?<!\d)(?:1[3-9]\d{9}|[1-9]\d{16}[\dXx])(?![\dXx元])", left)
        survived += sum(len(each) == 11 or _checks(each) for each in numbers)

    with capsys.disabled():
        print(f"\n  {len(texts)} 段文本：{dict(sorted(counts.items()))}，漏网 {survived}")
    assert survived == 0
    assert counts["name"] > 100


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row[name] for row in rows for name in ("留言主题", "留言详情", "答复意见") if row.get(name)]


def _checks(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()
