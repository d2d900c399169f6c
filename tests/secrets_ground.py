"""An appeal of somebody known, for tests of who learns who it is."""

from __future__ import annotations

from tests.town_ground import Town

from minsheng.cases.orders import actions
from minsheng.core.people import appellants
from minsheng.domain.orders import commands as cmd

NAME, PHONE = "陆晓禾", "13000000001"
ID_NUMBER, ADDRESS = "320281198503151231", "桃源路一号2幢301室"


def filed(town: Town, *, title: str = "", source_no: str = "", submit: bool = True, **fields: object) -> str:
    """Return an order of somebody known that waits for its dispatch, or is still being taken."""
    who = appellants.keep_appellant(
        city=town.code, kind="citizen", name=NAME, phone=PHONE, id_number=ID_NUMBER,
        address=ADDRESS, now=town.now,
    )  # fmt: skip
    given = {"type": "help", "channel": "phone", "appellant": "citizen", "publish": "yes", "content": "人行道破损"}
    command = cmd.build("submit" if submit else "register", {**given, **fields}, zone=None)
    assert isinstance(command, cmd.AppealFields)
    made = actions.register(
        command, city=town.code, actor=town.actor("seat"), now=town.now,
        words=actions.Words(appellant=who, title=title, source_no=source_no),
    )  # fmt: skip
    return made.order.id
