"""Files of letters as they really come: which column is which. How a file is read: `gateways.tables`.

docs/import.md lists the names of columns; a test holds it to this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, TextIO

from minsheng.core.ledger.values import ZONE
from minsheng.gateways import tables
from minsheng.gateways.tables import BadFile, Row, Table, clean, open_text

__all__ = ["COLUMNS", "IGNORED", "BadFile", "Row", "Table", "clean", "moment_of", "open_text", "read"]

# Our own names and what others call them; case, spaces and a byte order mark do not matter.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "id": ("留言编号", "编号", "来信编号", "工单编号", "诉求编号"),
        "user": ("留言用户", "用户", "用户编号", "网名"),
        "title": ("留言主题", "主题", "标题"),
        "time": ("留言时间", "来信时间", "时间", "提交时间"),
        "text": ("留言详情", "详情", "内容", "诉求内容", "来信内容"),
        "type": ("诉求类型", "类型"),
        "channel": ("渠道", "来源渠道"),
        "publish": ("是否公开", "是否同意公开", "公开"),
        "real_name": ("是否实名", "实名", "实名信息"),
        "name": ("姓名", "诉求人", "诉求人姓名"),
        "phone": ("电话", "联系电话", "手机", "手机号"),
        "place": ("地点", "事发地点", "地址"),
        "category": ("分类", "诉求分类", "问题分类"),
    }
)
# Known, and not taken: what others answered is not this platform's answer.
IGNORED: Final = ("答复意见", "答复时间", "点赞数", "反对数", "行号", "原因")


def read(path: Path, *, stream: TextIO) -> Table:
    """Return the table of an opened file, its rows read as they are wanted. Raises: BadFile."""
    table = tables.read(stream, columns=COLUMNS, name=path.name)
    if "text" not in table.columns:
        raise BadFile("no_text_column", path=path.name, names="、".join(COLUMNS["text"]))
    return table


def moment_of(text: str) -> datetime | None:
    """Return the moment that a letter's date writes, in the cities' zone unless it names another; None if none."""
    return tables.moment_of(text, zone=ZONE)
