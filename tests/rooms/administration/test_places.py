"""Places: entered one by one or from a file, offered at registration with region and address."""

from __future__ import annotations

from typing import Any

import pytest
from tests.administration_ground import hidden, keyed, kinds_of, plain, send_file
from tests.town_ground import Town, text_of

from minsheng.core.people import places, regions
from minsheng.core.people.models import Place
from minsheng.core.people.places import Place as Wanted

LIST = "/administration/places"


@pytest.fixture
def tree(town: Town) -> Town:
    """Return the town with two of its towns as regions."""
    for code, name in (("320281", "江阴市"), ("320281001", "澄江街道"), ("320281002", "云亭街道")):
        regions.put(town.code, code, name, actor=town.actor("admin"), now=town.now)
    return town


def add(town: Town, name: str, **more: str) -> Any:
    """Enter a place by its page."""
    return town.desk("admin").post(LIST, keyed(name=name, **more))


def offered(town: Town, words: str, who: str = "seat") -> list[dict[str, str]]:
    """Return what the registration offers."""
    found: list[dict[str, str]] = town.desk(who).get("/places", {"q": words}).json()["options"]
    return found


def test_a_place_is_offered_with_region_and_address_by_any_of_its_names(tree: Town) -> None:
    assert add(tree, "人民医院", region="320281001", address="寿山路163号", aliases="人医、市一院").status_code == 302
    add(tree, "新桥头")

    wanted = "澄江街道寿山路163号人民医院"
    assert [each["value"] for each in offered(tree, "人民医")] == [wanted]
    assert [each["value"] for words in ("市一院", "RMYY", "寿山路") for each in offered(tree, words)] == [wanted] * 3
    assert offered(tree, "人医")[0]["why"] == "人医、市一院"
    assert [each["value"] for each in offered(tree, "xqt")] == ["新桥头"]
    assert offered(tree, "") == offered(tree, "没有的") == []
    assert 'data-combo="/places?q="' in text_of(tree.desk("seat").get("/orders/new"))
    assert tree.desk("admin").get("/places", {"q": "人"}).status_code == 403
    found = regions.tree(tree.code).place(wanted)
    assert found is not None
    assert found.name == "澄江街道"


def test_what_is_written_names_nothing_twice(tree: Town) -> None:
    add(tree, "寿山路163号", region="320281001", address="寿山路163号")
    add(tree, "云亭中学", region="320281002", address="云亭街道建设路1号")

    assert [each["value"] for each in offered(tree, "163")] == ["澄江街道寿山路163号"]
    assert [each["value"] for each in offered(tree, "中学")] == ["云亭街道建设路1号云亭中学"]


def test_a_place_is_changed_and_ended_and_each_is_a_fact(tree: Town) -> None:
    add(tree, "人民医院", region="320281001")
    [kept] = Place.objects.all()
    desk = tree.desk("admin")

    desk.post(f"{LIST}/{kept.pk}", keyed(address="寿山路163号", aliases=""))
    desk.post(f"{LIST}/{kept.pk}", keyed(address="寿山路163号", aliases=""))
    changed = offered(tree, "人民")
    shown = plain(desk.get(f"{LIST}/{kept.pk}"))
    ended = desk.post(f"{LIST}/{kept.pk}", keyed(end="1"))

    assert changed[0]["value"] == "澄江街道寿山路163号人民医院"
    assert "登记时填入澄江街道寿山路163号人民医院" in shown
    assert ended.status_code == 302
    assert offered(tree, "人民") == []
    assert desk.get(f"{LIST}/{kept.pk}").status_code == 404
    assert kinds_of(f"places/{tree.code}") == ["PlaceAdded", "PlaceChanged", "PlaceEnded"]
    # The name is free again.
    assert add(tree, "人民医院", region="320281001").status_code == 302
    assert "停用地点" in plain(tree.desk("audit_admin").get("/records/?kind=places"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "请填写地点名称"),
        ({"name": "长" * 51}, "最多50个字"),
        ({"name": "医院", "region": "320999"}, "320999"),
        ({"name": "张三 13812345678"}, "不能有手机号码"),
        ({"name": "医院", "aliases": "一、二、三、四、五、六"}, "别名最多5个"),
    ],
)
def test_what_is_no_place_is_refused(tree: Town, given: dict[str, str], said: str) -> None:
    answer = tree.desk("admin").post(LIST, keyed(**given))

    assert answer.status_code == 422
    assert said in plain(answer)
    assert not Place.objects.exists()


def test_a_file_is_looked_at_taken_in_once_and_given_back(tree: Town) -> None:
    desk = tree.desk("admin")
    add(tree, "人民医院", region="320281001", address="旧地址1号")
    rows = (
        "名称,地址,区划代码,别名",
        "人民医院,寿山路163号,320281001,人医；市一院",
        "人民医院,,320281002,",
        "云亭中学,建设路1号,320281002000,",
        "云亭中学,建设路1号,320281002,",
        ",没有名称,,",
        "某处,,999999,",
        "某处,13812345678,,",
    )

    seen = send_file(desk, "places", *rows)
    before = Place.objects.count()
    rejects = desk.post("/administration/import/places/rejects", hidden(seen)).content.decode("utf-8-sig")
    done = [desk.post("/administration/import/places/confirm", hidden(seen), follow=True) for _ in range(2)]
    given = text_of(desk.get(LIST, {"export": "csv"})).splitlines()[1:]

    assert "将新增3行；已有1行，不变；3行不合格" in plain(seen)
    assert before == 1
    assert [line[:2] for line in rejects.splitlines()[1:]] == ["6,", "7,", "8,"]
    assert "新增3行" in plain(done[0])
    assert "已经导入过" in plain(done[1])
    assert given == [
        "人民医院,寿山路163号,320281001,人医、市一院",
        "人民医院,,320281002,",
        "云亭中学,建设路1号,320281002,",
    ]
    assert kinds_of(f"places/{tree.code}") == ["PlaceAdded", "PlaceChanged", "PlaceAdded", "PlaceAdded"]
    again = send_file(desk, "places", "名称,地址,区划代码,别名", *given)
    assert "将新增0行；已有3行" in plain(again)


def test_another_citys_places_are_its_own_and_pages_follow_each_other(tree: Town) -> None:
    from tests import town_ground as towns

    other = towns.build("suqian_c", tree.set_clock, pack="suqian")
    for number in range(53):
        places.put(tree.code, Wanted(f"路口{number:02}"), actor=tree.actor("admin"), now=tree.now)
    desk = tree.desk("admin")

    first = text_of(desk.get(LIST))
    after = Place.objects.order_by("id")[49].pk
    second = plain(desk.get(LIST, {"after": str(after)}))

    assert "共53条" in plain(desk.get(LIST))
    assert f'name="after" value="{after}"' in first
    assert "路口52" in second
    assert "路口49" not in second
    assert offered(other, "路口") == []
    assert other.desk("admin").get(f"{LIST}/{after}").status_code == 404
    for who in ("seat", "office"):
        assert tree.desk(who).get(LIST).status_code == 403
