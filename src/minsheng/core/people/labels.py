"""Chinese words for what people's codes mean, and the texts of people's own pages: one table for the feature."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_noop

UNIT_KIND_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"platform": "下级平台", "government": "政府部门", "party": "党群部门", "enterprise": "企事业单位"}
)
UNIT_LEVEL_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"city": "市级", "county": "县（市、区）级", "town": "镇（街道）级"}
)
FIELD_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"name": "姓名", "phone": "联系电话", "id_number": "证件号码", "address": "地址"}
)

# Stands in the place of a value that can't be opened: damaged, moved from another row, or sealed with a lost key.
UNREADABLE: Final = gettext_noop("身份数据无法解开，请联系系统管理员")

CONFIDENTIALITY_VERSION: Final = "2026-1"
CONFIDENTIALITY: Final = (
    gettext_noop("本人知悉并遵守国家保密法律法规和个人信息保护的有关规定。"),
    gettext_noop(
        "在签收、承办、答复、审核、回访各环节中，不泄露诉求人的姓名、电话、证件号码、住址等信息，尤其不向被投诉、被举报的单位和个人泄露。"
    ),
    gettext_noop("只在办理工作确有需要时查看诉求人身份信息，如实填写查看理由；本人知悉每次查看都会留下记录。"),
    gettext_noop("不以任何方式复制、留存、对外提供诉求内容和诉求人信息；离岗后继续履行保密义务。"),
)
