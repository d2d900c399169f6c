"""Every purpose of a file has its readers in one table, for lists and downloads alike.

Clauses: JY-8d, JY-23.5, JY-10.3c.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from tests import files_ground as samples
from tests.town_ground import Town, row
from tests.visiting_ground import Citizen

from minsheng.cases.appeals import attachments
from minsheng.cases.orders.storage import queries
from minsheng.core.files import actions as keeping
from minsheng.core.files import places
from minsheng.core.files.models import PURPOSES
from minsheng.core.files.values import Checked
from minsheng.core.people import permissions
from minsheng.core.people.permissions import FILES, Reader
from minsheng.domain.actors import CITY_ROLES
from minsheng.gateways.antivirus import EicarOnly

PARTS = ("城管局", "住建局")
# Who reads the files of an ordinary matter about 城管局, which handles it together with 住建局.
READ_BY = {
    "APPEAL": {"dispatcher", "supervisor", "auditor", "officer@住建局", "leader@住建局"},
    "REPLY": {"dispatcher", "supervisor", "auditor", "command", "officer@住建局", "leader@住建局", "officer@城管局"},
    "RETURN": {"dispatcher", "supervisor", "auditor", "command", "officer@住建局", "leader@住建局"},
    "EXTENSION": {"dispatcher", "supervisor", "auditor", "command", "officer@住建局", "leader@住建局"},
    "COMMENT": {"dispatcher", "supervisor", "auditor"},
}
READERS = ("dispatcher", "supervisor", "auditor", "command", "officer@住建局", "leader@住建局", "officer@城管局")


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    """Keep files in a folder of the test's own."""
    settings.FILES_FOLDER = tmp_path / "files"
    settings.DEMO = True


def kept(town: Town, order: str, purpose: str, *, unit: str = "") -> str:
    """Keep a file of an order for a purpose; return its id."""
    ground = attachments.ground(
        order=order, city=town.code, purpose=purpose, unit=unit, round=1, stage=row(order).status
    )
    by = town.actor(f"officer@{unit}") if unit else town.actor("dispatcher")
    checked: Checked = keeping.check(
        io.BytesIO(samples.PNG), name=f"{purpose}.png", ground=ground, actor=by, scanner=EicarOnly(),
        now=town.now,
    )  # fmt: skip
    (made,) = keeping.attach([checked], ground=ground, actor=by, store=places.store(), now=town.now)
    return str(made)


def reads(town: Town, who: str, order: str, file: str, name: str) -> bool:
    """Tell whether somebody reads a file; the page of the order, the list and the download must agree."""
    client = town.desk(who)
    listed = name in client.get(f"/orders/{order}/attachments").content.decode()
    on_page = name in client.get(f"/orders/{order}/").content.decode()
    sent = client.get(f"/orders/{order}/attachments/{file}").status_code == 200
    assert listed == sent == on_page, (who, name)
    return sent


def joint(town: Town, **said: Any) -> str:
    """Return an order that both units handle, 住建局 in the lead."""
    order = town.register(**said)
    town.act(order, "dispatcher", "dispatch", units=PARTS, lead="住建局", basis="权责清单")
    return order


def test_every_purpose_has_its_readers() -> None:
    assert set(FILES) == set(PURPOSES)
    assert Reader.TARGET not in FILES["COMMENT"] | FILES["APPEAL"]
    assert FILES["COMMENT"] == {Reader.HOTLINE}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_each_reads_what_the_table_says(purpose: str, town: Town) -> None:
    order = joint(town, target_unit="城管局")
    file = kept(town, order, purpose)

    assert {who for who in READERS if reads(town, who, order, file, f"{purpose}.png")} == READ_BY[purpose]


def test_an_internal_note_is_for_the_hotline_alone(town: Town) -> None:
    order = joint(town)
    file = kept(town, order, "COMMENT")

    desks = [role for role in CITY_ROLES if permissions.sees_orders(role)]
    roles = [role for role in desks if role not in ("discipline", "connector")]
    assert [role for role in roles if not reads(town, role, order, file, "COMMENT.png")] == ["command", "joint_meeting"]
    for unit in PARTS:
        assert not any(
            reads(town, f"{role}@{unit}", order, file, "COMMENT.png") for role in ("officer", "leader", "head")
        )


def test_a_unit_complained_about_reads_what_it_has_brought_itself(town: Town) -> None:
    order = joint(town, target_unit="城管局")

    own = kept(town, order, "RETURN", unit="城管局")

    assert reads(town, "officer@城管局", order, own, "RETURN.png")


def test_in_confidence_no_unit_reads_what_the_citizen_brought(town: Town) -> None:
    order = joint(town, confidential=True)
    brought, answer = kept(town, order, "APPEAL"), kept(town, order, "REPLY")

    assert not any(reads(town, f"officer@{unit}", order, brought, "APPEAL.png") for unit in PARTS)
    assert all(reads(town, f"officer@{unit}", order, answer, "REPLY.png") for unit in PARTS)
    assert reads(town, "auditor", order, brought, "APPEAL.png")


def test_the_citizen_reads_what_they_brought_and_no_paper_of_the_house(town: Town) -> None:
    citizen = Citizen(town.code)
    filed = citizen.file()
    made = {purpose: kept(town, filed.id, purpose) for purpose in PURPOSES}

    shown = citizen.shown(f"appeals/{filed.number}")
    answers = {purpose: citizen.get(f"appeals/{filed.number}/files/{made[purpose]}") for purpose in PURPOSES}

    assert [purpose for purpose in PURPOSES if f"{purpose}.png" in shown] == ["APPEAL"]
    assert [purpose for purpose in PURPOSES if answers[purpose].status_code == 200] == ["APPEAL"]
    assert queries.state_of(row(filed.id)).is_open
