"""The demonstration cities: their units, regions and accounts. All names are invented by us."""

from __future__ import annotations

from dataclasses import dataclass

from minsheng.domain.actors import CITY_ROLES, UNIT_ROLES

# Printed by the command; `people.signin` lets demonstration accounts in only where MINSHENG_DEMO=1.
PASSWORD = "Yanshi-12345"  # noqa: S105 - meant to be public


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit: `key` is how topics name it, `parent` another unit's key."""

    key: str
    name: str
    kind: str
    level: str
    region: str = ""
    parent: str = ""
    complete: bool = True  # has contacts and a roster


@dataclass(frozen=True, slots=True)
class DemoCity:
    """A city under one pack. `towns` are two a region, in the regions' order."""

    code: str
    prefix: str
    name: str
    pack: str
    overlays: tuple[str, ...]
    regions: tuple[str, str, str]
    towns: tuple[str, ...]


# Jiangsu's overlay stands on suzhou's demonstration alone, so that both ways after dissatisfaction can be seen.
CITIES = (
    DemoCity(
        "demo_suzhou",
        "sz",
        "演示市（苏州规则）",
        "suzhou",
        ("jiangsu_2021",),
        ("云岚区", "青禾区", "白鹭县"),
        ("柳塘镇", "月河街道", "松涛街道", "稻香镇", "渔火镇", "石鼓镇"),
    ),
    DemoCity(
        "demo_jiangyin",
        "jy",
        "演示市（江阴规则）",
        "jiangyin",
        (),
        ("东篱片区", "南浦片区", "西廊片区"),
        ("芦苇镇", "听涛街道", "麦浪镇", "银杏街道", "竹溪镇", "帆影街道"),
    ),
    DemoCity(
        "demo_suqian",
        "sq",
        "演示市（宿迁规则）",
        "suqian",
        (),
        ("晴川区", "花溪县", "望湖县"),
        ("槐荫街道", "杏林街道", "荷风镇", "枣园镇", "雁归镇", "桑田镇"),
    ),
)

_CITY_UNITS = (
    ("urban", "市城市管理局", "government"),
    ("housing", "市住房和城乡建设局", "government"),
    ("transport", "市交通运输局", "government"),
    ("water", "市水务局", "government"),
    ("ecology", "市生态环境局", "government"),
    ("education", "市教育局", "government"),
    ("labor", "市人力资源和社会保障局", "government"),
    ("health", "市卫生健康委员会", "government"),
    ("market", "市市场监督管理局", "government"),
    ("police", "市公安局", "government"),
    ("civil", "市民政局", "government"),
    ("medical", "市医疗保障局", "government"),
    ("culture", "市文化广电和旅游局", "government"),
    ("land", "市自然资源和规划局", "government"),
    ("farm", "市农业农村局", "government"),
    ("discipline", "市纪委监委", "party"),
    ("disabled", "市残疾人联合会", "party"),
    ("union", "市总工会", "party"),
    ("tapwater", "市自来水公司", "enterprise"),
    ("gas", "市燃气公司", "enterprise"),
    ("power", "市供电公司", "enterprise"),
    ("bus", "市公共交通公司", "enterprise"),
)

# The units with accounts: their queues are the ones that visitors look into, so most topics go there.
STAFFED = ("urban", "housing", "transport", "town0")

_NAMES = [
    "林知夏",
    "周予安",
    "沈听澜",
    "许云舟",
    "顾念之",
    "陆青禾",
    "苏晚晴",
    "韩松月",
    "叶子墨",
    "程一诺",
    "何见山",
    "罗小满",
    "宋长歌",
    "唐竹影",
    "白沐风",
    "江照晚",
    "江若水",
    "方知远",
    "秦明月",
]
_UNIT_NAMES = "丁立秋 范白露 石惊蛰 梁谷雨 孟清明 邵小雪 戴立春 尹芒种 汪霜降 蒋处暑 田大暑 贺夏至".split()  # noqa: SIM905
UNACKNOWLEDGED = ("town0", "head")


@dataclass(frozen=True, slots=True)
class Account:
    """A demonstration account."""

    username: str
    display_name: str
    role: str
    unit: str = ""  # the unit's key
    acknowledged: bool = True


def units_of(city: DemoCity) -> tuple[DemoUnit, ...]:
    """Return the city's units, parents first. Source: SZ-3, JY-3b, entities Unit."""
    units = [DemoUnit(key, name, kind, "city") for key, name, kind in _CITY_UNITS]
    units.append(DemoUnit("cable", "市有线网络公司", "enterprise", "city", complete=False))
    for place, region in enumerate(city.regions):
        units.append(DemoUnit(f"platform{place}", f"{region}12345分中心", "platform", "county", region))
        units.append(
            DemoUnit(f"urban{place}", f"{region}城市管理局", "government", "county", region, f"platform{place}")
        )
        for count in range(2):
            number = place * 2 + count
            name = city.towns[number]
            office = f"{name}人民政府" if name.endswith("镇") else f"{name}办事处"
            units.append(DemoUnit(f"town{number}", office, "government", "town", region, f"platform{place}"))
    return tuple(units)


def accounts_of(city: DemoCity) -> tuple[Account, ...]:
    """Return the city's accounts: one a role of the hotline, three at each unit of STAFFED.

    The town's head has not acknowledged confidentiality, so that the page of it can be seen (SZ-11.5).
    """
    hotline = tuple(Account(f"{city.prefix}_{role}", name, role) for role, name in zip(CITY_ROLES, _NAMES, strict=True))
    places = [(unit, role) for unit in STAFFED for role in UNIT_ROLES]
    units = tuple(
        Account(f"{city.prefix}_{unit}_{role}", name, role, unit, acknowledged=(unit, role) != UNACKNOWLEDGED)
        for (unit, role), name in zip(places, _UNIT_NAMES, strict=True)
    )
    return hotline + units
