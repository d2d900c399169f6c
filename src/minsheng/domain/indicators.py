"""Every rate and mean that the platform publishes: one definition each, in words that pages and reports show.

Queries count numerators and denominators; here is what they mean and how a figure is made of them. Satisfaction and
actual solution are two indicators, always (A-38).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from fractions import Fraction


class Kind(Enum):
    """What a figure is: how many, which part (as a percentage), or how much each."""

    COUNT = "count"
    RATE = "rate"
    MEAN = "mean"


class Change(Enum):
    """How a figure is set against the year before: in percent of it, in percentage points, or as a difference."""

    PERCENT = "percent"
    POINTS = "points"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One definition. `numerator`, `denominator` and `exclusions` are Chinese words for readers.

    `digits`: decimals that are published. `divisor`: what a counted sum is divided by to be in `unit`.
    """

    id: str
    name: str
    kind: Kind
    unit: str
    numerator: str
    denominator: str = ""
    exclusions: tuple[str, ...] = ()
    digits: int = 0
    change: Change = Change.PERCENT
    divisor: int = 1
    clause: str = ""

    def of(self, numerator: int, denominator: int = 1) -> Decimal | None:
        """Return the published figure, half rounded up; None for a rate or mean over nothing."""
        if self.kind is Kind.COUNT:
            return Decimal(numerator)
        if denominator == 0:
            return None
        scale = 100 if self.kind is Kind.RATE else 1
        return rounded(Fraction(numerator * scale, denominator * self.divisor), digits=self.digits)

    @property
    def words(self) -> str:
        """Return the whole definition as one paragraph for notes and for what appears on hover."""
        parts = [f"{self.name}（{self.unit}）：{self.numerator}"]
        if self.denominator:
            parts[0] += f" ÷ {self.denominator}"
        if self.exclusions:
            parts.append("不计入：" + "；".join(self.exclusions))
        return "。".join(parts) + "。"


def rounded(value: Fraction | Decimal, *, digits: int) -> Decimal:
    """Return a value with so many decimals, half rounded away from zero, without passing through a float."""
    exact = Fraction(value)
    scaled = abs(exact) * 10**digits
    whole = (scaled + Fraction(1, 2)).__floor__()
    # Put together digit by digit: arithmetic on Decimals would round to the context's precision.
    return Decimal((int(exact < 0 and whole > 0), tuple(map(int, str(whole))), -digits))


def percent_change(now: Decimal | int, before: Decimal | int, *, digits: int = 2) -> Decimal | None:
    """Return the change in percent of the figure before; None when there was nothing before."""
    if before == 0:
        return None
    return rounded((Fraction(now) - Fraction(before)) * 100 / Fraction(before), digits=digits)


def change_of(indicator: Indicator, now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Return the change between two published figures as the indicator wants it; None where one is missing.

    Points and differences are taken between the figures as published, so that a reader of both years can redo it.
    """
    if now is None or before is None:
        return None
    if indicator.change is Change.PERCENT:
        return percent_change(now, before)
    return now - before


def part(value: int, whole: int, *, digits: int = 2) -> Decimal | None:
    """Return the share of `value` in `whole` in percent; None of nothing."""
    if whole == 0:
        return None
    return rounded(Fraction(value * 100, whole), digits=digits)


def _quantum(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


def text(value: Decimal, *, digits: int) -> str:
    """Return a figure with its decimals and thousands apart, as tables print it."""
    return f"{value.quantize(_quantum(digits), ROUND_HALF_UP):,}"


_UNACCEPTED = "不予受理和无效的诉求，引导拨打紧急求助号码的，并入他件的"
_EXCLUDED = "书面不予受理意见经确认的工单（SZ-14c）"
_UNREACHED = "联系不上诉求人而办结的工单（A-55）"

ALL: tuple[Indicator, ...] = (
    Indicator("accepted", "受理诉求", Kind.COUNT, "件", "本期登记并受理的诉求件数", exclusions=(_UNACCEPTED,),
              clause="AR-1.1a"),
    Indicator("exchanged", "12345与110互转", Kind.COUNT, "件", "本期12345引导、转往110的，加上110分流来的",
              clause="AR-2.2.5, SZ-13.6"),
    Indicator("department", "部门办理", Kind.COUNT, "件", "本期受理、交由承办单位办理的诉求件数",
              exclusions=(_UNACCEPTED,), clause="AR-2.1.1"),
    Indicator("timely", "及时处办率", Kind.RATE, "%", "本期到期、在最终时限（含获准的延期）内办结答复的工单",
              "本期到期的部门办理工单", (_EXCLUDED,), 2, Change.POINTS, clause="AR-1.1a"),
    Indicator("closed", "累计办结率", Kind.RATE, "%", "其中截至报告时点（不含）已办结的工单",
              "本期受理的部门办理工单", (_EXCLUDED,), 2, Change.POINTS, clause="AR-1.1a, A-66"),
    Indicator("asked", "回访征集率", Kind.RATE, "%", "本期征集过评价（接通或已发短信）的工单", "本期受理的部门办理工单",
              (_EXCLUDED,), 2, Change.POINTS, clause="AR-2.3"),
    Indicator("rated", "参评率", Kind.RATE, "%", "诉求人给出评价的工单", "本期征集过评价（接通或已发短信）的工单",
              (_EXCLUDED,), 2, Change.POINTS, clause="AR-2.3"),
    Indicator("satisfied", "有效参评满意率", Kind.RATE, "%", "评价为满意或基本满意的工单", "评价有效的工单（以最后一轮为准）",
              (_EXCLUDED, _UNREACHED), 2, Change.POINTS, clause="AR-1.1a, A-38"),
    Indicator("solved", "问题实际解决率", Kind.RATE, "%", "诉求人答“已解决”的工单", "对“是否解决”作出有效回答的工单",
              (_EXCLUDED, _UNREACHED), 2, Change.POINTS, clause="AR-2.3, A-38, JS-2.4b"),
    Indicator("first_call", "一次接通解答率", Kind.RATE, "%", "民声接听员、政策专员在首次联系时即答复的诉求",
              "本期受理的诉求", ("挪车服务",), 2, Change.POINTS),
    Indicator("first_dispatch", "首次交办准确率", Kind.RATE, "%", "首次交办后未被退回、未改派的工单", "本期交办的部门办理工单",
              (), 2, Change.POINTS),
    Indicator("answered_30", "30秒人工接通率", Kind.RATE, "%", "请求人工后30秒内由人工接听的呼入电话",
              "请求人工的呼入电话（含未接通、主动挂断的）", (), 2, Change.POINTS, clause="AR-2.1.2"),
    Indicator("calls", "人工接听话务量", Kind.COUNT, "通", "由人工接听或拨出并接通的电话", clause="AR-2.1.2"),
    Indicator("waiting", "平均等待时长", Kind.MEAN, "秒", "从请求人工到人工接听的秒数之和", "由人工接听的呼入电话",
              (), 2, Change.DIFFERENCE, clause="AR-2.1.2"),
    Indicator("talk", "平均通话时长", Kind.MEAN, "秒", "通话秒数之和", "由人工接听或拨出并接通的电话（总计按通数加权）",
              (), 2, Change.DIFFERENCE, clause="AR-2.1.2"),
    Indicator("long_calls", "通话超10分钟占比", Kind.RATE, "%", "通话时长超过600秒的电话", "由人工接听或拨出并接通的电话",
              (), 2, Change.POINTS, clause="AR-2.1.2"),
    Indicator("seat_satisfied", "民声接听员服务满意率", Kind.RATE, "%", "通话后评价满意的电话", "通话后作出评价的电话",
              (), 2, Change.POINTS, clause="AR-2.3"),
    Indicator("handling", "平均办理时长", Kind.MEAN, "工作日", "自交办至通过审核的答复所用工作时间之和（千分之一工作日）",
              "本期受理并已答复的部门办理工单", (_EXCLUDED,), 1, Change.DIFFERENCE, divisor=1000, clause="AR-2.3"),
    Indicator("transfer_timely", "110转办按时办结率", Kind.RATE, "%", "在最终时限内办结答复的110转办工单",
              "本期到期的110转12345工单", (_EXCLUDED,), 2, Change.POINTS, clause="AR-2.2.5"),
    Indicator("transfer_satisfied", "110转办满意率", Kind.RATE, "%", "评价为满意或基本满意的110转办工单",
              "评价有效的110转12345工单", (_EXCLUDED, _UNREACHED), 2, Change.POINTS, clause="AR-2.2.5"),
    Indicator("broadcast_satisfied", "政风热线诉求办理满意率", Kind.RATE, "%", "诉求人评价满意的节目诉求",
              "节目期间收到的全部诉求（A-72）", (), 2, Change.POINTS, clause="AR-2.2.1"),
    Indicator("converted", "转化率", Kind.RATE, "%", "转化为知识库信息的问答", "“晓苏”问答总量", (), 0, Change.POINTS,
              clause="AR-2.2.4"),
    Indicator("seats_per_100k", "每十万人座席数", Kind.MEAN, "名", "民声接听员人数 × 100000", "常住人口（年份见注）",
              ("政策专员和其他人员",), 2, Change.DIFFERENCE, clause="AR-1.2a"),
    Indicator("views", "论坛访问量", Kind.COUNT, "次", "本期发布的论坛帖文的浏览次数之和", clause="AR-1.1b"),
    Indicator("threads", "论坛处理反映事项", Kind.COUNT, "件", "本期发布、已处理的论坛帖文；并入工单的随工单计一件诉求",
              clause="AR-1.1b"),
    Indicator("move_car", "挪车服务", Kind.COUNT, "件", "本期的挪车请求；含在受理诉求之内", clause="AR-1.4b"),
    Indicator("deliveries", "共享诉求数据量", Kind.COUNT, "件次", "向各接收单位交付的诉求之和；同一诉求交付两家计两次",
              clause="AR-2.5.3"),
    Indicator("delivered_distinct", "共享所涉诉求", Kind.COUNT, "件", "交付过的诉求，每件只计一次", clause="AR-2.5.3"),
    Indicator("excluded", "剔除工单", Kind.COUNT, "件", "书面不予受理意见经确认、不纳入评价的部门办理工单", clause="SZ-14c"),
    Indicator("available", "平台可用率", Kind.RATE, "%", "平台可用的分钟数", "本期全部分钟数", (), 3, Change.POINTS,
              clause="AR-2.6.3"),
    Indicator("stock", "期末数", Kind.COUNT, "", "期末在册的数量", change=Change.DIFFERENCE),
    Indicator("events", "本期数", Kind.COUNT, "", "本期发生的数量"),
)  # fmt: skip

BY_ID: dict[str, Indicator] = {each.id: each for each in ALL}


def indicator(name: str) -> Indicator:
    """Return the definition of that id. Raises: KeyError for one that is not defined."""
    return BY_ID[name]
