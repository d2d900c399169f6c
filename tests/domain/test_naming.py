"""A person complained about is known however they were typed. Clauses: JY-8d, JY-12.0."""

from __future__ import annotations

import pytest

from minsheng.domain import naming
from minsheng.gateways import readings


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("丁立秋", "丁立秋"),
        ("丁立秋（执法队）", "丁立秋"),
        ("城管局丁立秋", "丁立秋"),
        ("丁 立秋", "丁立秋"),
        ("丁　立　秋", "丁立秋"),  # full-width spaces
        ("丁\u200b立\u200b秋", "丁立秋"),  # what nobody sees
        ("丁\ufeff立秋\u2060", "丁立秋"),
        ("丁·立·秋", "丁立秋"),
        ("\n丁立秋 队长\t", "丁立秋"),
        ("城管局执法大队丁立秋、王某", "丁立秋"),
        ("丁立秋", "丁立秋（执法队）"),  # the account's name says more than the text
        ("丁立秋", "丁 立秋"),
        ("欧阳立", "城管局欧阳立"),
        ("ＤＩＮＧ Li", "Ding Li"),
    ],
)
def test_a_name_is_found_however_it_was_typed(text: str, name: str) -> None:
    assert naming.names(text, name)
    assert naming.names_any(("", text), ("周联系", name), readings=readings.of)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "丁立秋"),
        ("丁", "丁立秋"),  # a family name alone is half the town
        ("队长", "丁立秋队长"),  # a post is nobody
        ("丁立冬", "丁立秋"),
        ("丁立秋", "丁"),
        ("丁立秋", "（）"),
        ("丁（立秋）", "丁立冬"),
    ],
)
def test_nobody_else_is_named(text: str, name: str) -> None:
    assert not naming.names(text, name)
    assert not naming.names_any((text,), (name,), readings=readings.of)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("丁立龝", "丁立秋"),  # old forms of a letter
        ("丁立秌", "丁立秋"),
        ("城管局丁立穐队长", "丁立秋"),
        ("丁麗秋", "丁丽秋"),  # letters as they are written in Taiwan
        ("城管局劉偉", "刘伟"),
        ("劉偉", "刘伟"),
        ("呂建國", "吕建国"),
        ("丁立秋", "丁立龝"),  # the account's name is the unusual one
        ("丁丽秋（执法队）", "丁立秋"),  # as the seat heard it
        ("ding liqiu", "丁立秋"),
        ("Ding Li Qiu", "丁立秋"),
        ("DINGLIQIU", "丁立秋"),
        ("Ｄｉｎｇ　Ｌｉｑｉｕ", "丁立秋"),
        ("Ding Li-qiu", "丁立秋"),
        ("Dīng Lì Qiū", "丁立秋"),
        ("Liqiu Ding", "丁立秋"),
        ("城管局 ding liqiu 队长", "丁立秋"),
        ("投诉执法队Ding Liqiu，态度恶劣", "丁立秋"),
        ("Lyu Jianguo", "吕建国"),
        ("lv jianguo", "吕建国"),
        ("Lü Jianguo", "吕建国"),
        ("Xi'an Li", "李西安"),
        ("Ouyang Xiu", "欧阳修"),
        ("Xiu Ouyang", "欧阳修"),
        ("Shan Tian", "单田"),  # a family name is read otherwise than the word
        ("Wei Liu", "刘伟（法规科）"),
    ],
)
def test_a_name_is_found_as_it_sounds(text: str, name: str) -> None:
    assert not naming.names(text, name)
    assert naming.names_any((text,), (name,), readings=readings.of)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("丁立冬", "丁立秋"),
        ("丁力求", "丁立秋"),  # other tones
        ("李秋", "丁立秋"),
        ("盯，立秋", "丁立秋"),  # a name does not go on behind a comma
        ("流尾", "刘伟"),  # two everyday letters are heard in half of what people say
        ("ding li", "丁立秋"),
        ("ding liqiuyan", "丁立秋"),
        ("building liqiu", "丁立秋"),
        ("app", "丁立秋"),
        ("Ding Liqiu", "Ding Lan"),
        ("", "丁立秋"),
        ("宿迁市某某置业有限公司", "宿迁市某某置业公司"),  # no name of a person
    ],
)
def test_what_only_comes_near_names_nobody(text: str, name: str) -> None:
    assert not naming.sounds_like(text, name, readings.of)


@pytest.mark.parametrize(
    ("text", "name", "is_named"),
    [
        ("城管队员丁立秋打人", "丁立秋", True),
        ("打人的是丁 立 秋", "丁立秋（执法队）", True),
        ("城管队员打人", "丁立秋", False),
        ("路灯修好了我很高兴", "高兴", False),
        ("打人的是队员（高兴）", "高兴", True),
        ("高兴打人了", "高兴", True),
        ("执法的高兴队长打人", "高兴", True),
        ("丁", "丁", False),
    ],
)
def test_a_name_in_the_words_of_an_appeal(text: str, name: str, is_named: bool) -> None:
    assert naming.mentions(text, name) == is_named


@pytest.mark.parametrize(
    ("text", "name", "is_named"),
    [
        ("丁队长", "丁立秋", True),
        ("老丁", "丁立秋", True),
        ("那个姓丁的", "丁立秋", True),
        ("丁某某", "丁立秋", True),
        ("欧阳科长", "欧阳修文", True),
        ("李队长", "丁立秋", False),
        ("丁字路口", "丁立秋", False),
        ("队长", "市监平台", False),
    ],
)
def test_who_is_called_by_a_post_is_everybody_of_that_family_name(text: str, name: str, is_named: bool) -> None:
    assert naming.names(text, name) == is_named
