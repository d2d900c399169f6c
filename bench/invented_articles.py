"""An invented base of articles and questions about them: no text of others.

A subject, what is done with it, and what one wants to know of that make an article; a question says the same in other
words.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

# Each subject with how people call it.
SUBJECTS = (
    ("住房公积金", "公积金"),
    ("养老保险", "社保"),
    ("居民医疗保险", "医保"),
    ("失业保险", "失业金"),
    ("工伤保险", "工伤"),
    ("生育保险", "生育津贴"),
    ("居住证", "暂住证"),
    ("居民身份证", "身份证"),
    ("户口簿", "户口本"),
    ("不动产权证", "房产证"),
    ("机动车驾驶证", "驾照"),
    ("电动自行车号牌", "电瓶车牌照"),
    ("个体工商户营业执照", "个体户执照"),
    ("食品经营许可证", "餐饮许可"),
    ("公租房", "廉租房"),
    ("人才公寓", "人才房"),
    ("老年人优待证", "老年卡"),
    ("残疾人证", "残疾证"),
    ("最低生活保障", "低保"),
    ("临时救助", "困难救助"),
    ("高龄津贴", "高龄补贴"),
    ("公办幼儿园", "公办园"),
    ("义务教育入学", "小学上学"),
    ("转学手续", "转学"),
    ("教师资格证", "教师证"),
    ("导游证", "导游资格"),
    ("出生医学证明", "出生证"),
    ("疫苗接种证", "打疫苗本"),
    ("献血证", "无偿献血证"),
    ("健康证", "从业健康证明"),
    ("婚姻登记", "结婚证"),
    ("收养登记", "收养孩子"),
    ("殡葬服务", "火化"),
    ("公墓墓位", "墓地"),
    ("燃气报装", "装天然气"),
    ("自来水报装", "装自来水"),
    ("电力增容", "用电增容"),
    ("宽带迁移", "宽带移机"),
    ("有线电视", "数字电视"),
    ("停车泊位", "路边停车位"),
    ("公交乘车卡", "公交卡"),
    ("地铁月票", "地铁卡"),
    ("出租汽车资格证", "出租车证"),
    ("网约车许可", "网约车证"),
    ("船舶登记", "渔船登记"),
    ("渔业捕捞许可", "捕鱼许可"),
    ("犬只登记", "狗证"),
    ("户外广告设置", "广告牌审批"),
    ("渣土运输许可", "渣土车许可"),
    ("夜间施工许可", "夜间施工证"),
    ("排水许可", "排污水许可"),
    ("建筑工程施工许可", "施工许可证"),
    ("物业维修资金", "维修基金"),
    ("住宅加装电梯", "老楼装电梯"),
    ("老旧小区改造", "旧改"),
    ("宅基地审批", "农村建房"),
    ("土地承包经营权", "承包地"),
    ("农机购置补贴", "农机补贴"),
    ("专利申请资助", "专利资助"),
    ("高新技术企业认定", "高企认定"),
)
# What is done, with other words for it.
DEEDS = (
    ("申请", "想申请"),
    ("变更", "要改信息"),
    ("补办", "丢了想补一个"),
    ("注销", "不要了怎么取消"),
    ("年审", "每年要审吗"),
    ("转移", "换地方怎么转"),
    ("查询", "在哪里能查到"),
    ("续期", "快到期了怎么续"),
    ("投诉举报", "被人违规占用想举报"),
    ("代办", "能不能让别人去办"),
)
# What one wants to know of it.
ASPECTS = (
    ("所需材料", "要带哪些材料"),
    ("办理时限", "几天能办好"),
    ("收费标准", "要多少钱"),
    ("办理地点", "去哪里办"),
    ("办理条件", "什么人可以办"),
)
TALK = ("请问一下", "我想问", "你好，", "", "麻烦问下", "帮我看看")


@dataclass(frozen=True, slots=True)
class Invented:
    """One article: title, another phrasing, body."""

    title: str
    phrasing: str
    body: str


def articles() -> list[Invented]:
    """Return the whole base, 3,000 articles."""
    return [
        Invented(
            f"{subject}{deed}的{aspect}",
            f"{alias}{deed}{aspect}是什么",
            f"办理{subject}{deed}，请先了解{aspect}。{subject}由主管单位负责，{deed}后以短信告知结果。"
            f"已办理{alias}的，可在线上办理{deed}。",
        )
        for (subject, alias), (deed, _), (aspect, _) in itertools.product(SUBJECTS, DEEDS, ASPECTS)
    ]


def questions(count: int, *, seed: int = 17) -> list[tuple[str, str]]:
    """Return so many questions, each with the title of the article that answers it."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        (subject, alias), (deed, said), (aspect, asked) = (
            chance.choice(SUBJECTS),
            chance.choice(DEEDS),
            chance.choice(ASPECTS),
        )
        name, verb = chance.choice((subject, alias)), chance.choice((deed, f"{deed}，{said}"))
        words = chance.choice((f"{name}{verb}{asked}", f"{verb}{name}，{asked}", f"{name}要{verb}，{aspect}"))
        found.append((f"{chance.choice(TALK)}{words}", f"{subject}{deed}的{aspect}"))
    return found


def mistyped(text: str, *, seed: int) -> str:
    """Return a question with one letter typed wrong."""
    chance = random.Random(seed)
    place = chance.choice([each for each, letter in enumerate(text) if "\u4e00" <= letter <= "\u9fff"])
    return text[:place] + chance.choice("的一是在不了有和人这中大为上个国") + text[place + 1 :]
