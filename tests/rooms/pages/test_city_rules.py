"""What the rules of one city show and offer on the pages, and those of another do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, fresh, text_of

from minsheng.cases.orders import models
from minsheng.core.ledger import queries as ledger
from minsheng.core.people.models import Staff
from minsheng.core.policies.models import City
from minsheng.gateways import packfiles


@pytest.mark.clause("JY-6.9")
@pytest.mark.parametrize(("pack", "offered"), [("jiangyin", True), ("suzhou", False)])
def test_what_is_no_administrative_matter_is_refused_where_the_city_says_so(
    db: None, test_clock: Callable[[datetime], None], pack: str, offered: bool
) -> None:
    town = towns.build(f"{pack}_c", test_clock, pack=pack)
    order = town.draft()
    client = town.desk("seat")

    form = text_of(client.get(f"/orders/{order}/do/reject/"))
    version = models.Order.objects.get(id=order).version
    sent = client.post(
        f"/orders/{order}/do/reject/", fresh(code="R8", explanation="不属于行政管理职能", seen_version=version)
    )

    assert ('value="R8"' in form) is offered
    assert (sent.status_code == 302) is offered
    assert (models.Order.objects.get(id=order).status == "CLOSED") is offered


@pytest.mark.clause("SZ-0")
def test_an_order_of_suzhou_shows_the_rules_and_their_version(db: None, test_clock: Callable[[datetime], None]) -> None:
    town = towns.build("suzhou_c", test_clock, pack="suzhou")
    order = town.dispatched()

    assert "suzhou@2020-12-16" in text_of(town.desk("dispatcher").get(f"/orders/{order}/"))


@pytest.mark.clause("SQ-2")
def test_a_channel_that_a_city_writes_down_can_be_chosen(
    db: None, test_clock: Callable[[datetime], None], tmp_path: Path
) -> None:
    shipped = (packfiles.shipped_folder() / "suqian" / "pack.toml").read_text(encoding="utf-8")
    folder = tmp_path / "suqian"
    folder.mkdir()
    (folder / "pack.toml").write_text(shipped.replace('wechat = "微信"', 'wechat = "微信"\ndouyin = "抖音"'), "utf-8")
    town = towns.build("suqian_c", test_clock, pack="suqian")
    before = text_of(town.desk("seat").get("/orders/new"))

    City.objects.filter(code=town.code).update(pack_folder=str(folder))
    after = text_of(town.desk("seat").get("/orders/new"))
    town.register(channel="douyin", real_name=True)

    assert "抖音" not in before
    assert '<option value="douyin">抖音</option>' in after
    assert models.Order.objects.get().channel == "douyin"


@pytest.mark.clause("SZ-11.5")
def test_nobody_reads_an_order_before_acknowledging_that_it_is_confidential(town: Town) -> None:
    order = town.handled()
    newcomer = town.hire("新来的", "officer", unit="城管局")
    Staff.objects.filter(pk=newcomer).update(confidentiality_ack_at=None, confidentiality_version="")
    client = town.desk(newcomer)

    before = client.get(f"/orders/{order}/")
    client.post("/confidentiality", {"agreed": "on"})
    after = client.get(f"/orders/{order}/")

    assert (before.status_code, before["Location"]) == (302, "/confidentiality")
    assert after.status_code == 200
    assert ledger.history(f"staff/{newcomer}")[-1].type == "ConfidentialityAcknowledged"


@pytest.mark.parametrize(("pack", "there"), [("jiangyin", False), ("suzhou", True)])
def test_the_forum_is_in_the_navigation_of_a_city_that_has_one(
    db: None, test_clock: Callable[[datetime], None], pack: str, there: bool
) -> None:
    town = towns.build(f"{pack}_f", test_clock, pack=pack)

    for role in ("officer@城管局", "office"):
        page = town.desk(role).get("/").content.decode()
        assert ('href="/things/thread/"' in page) is there
