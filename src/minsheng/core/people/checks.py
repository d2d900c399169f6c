"""What `minsheng doctor` looks at of people: duties that must lie apart, office hours of units that are not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import psycopg

from minsheng import wording
from minsheng.core.features.tables import is_there
from minsheng.core.features.values import BAD, GOOD, HINT, Finding
from minsheng.core.ledger.values import ZONE
from minsheng.domain import packs, separation
from minsheng.domain.actors import ADMINISTRATORS
from minsheng.domain.faults import Faulty
from minsheng.gateways import packfiles

_HELD = b"""
    select 'account', s.username, a.role, a.starts_on, a.ends_on from people_staff s
    join people_roleassignment a on a.staff_id = s.id
    where s.is_active and (a.ends_on is null or a.ends_on >= %(today)s)
    union all
    select 'client', c.city_id || ' ' || c.name, unnest(c.roles), null, null from people_client c where c.active
    order by 1, 2
"""
_CITIES = b"""
    select c.code, c.pack, c.overlays, c.pack_folder, array(select u.name from people_unit u where u.city_id = c.code)
    from policies_city c where c.active order by c.code
"""
_LACKING = b"""
    select c.code, array(select wanted.role from unnest(%(roles)s::text[]) with ordinality wanted (role, place)
        where not exists (select from people_roleassignment a join people_staff s on s.id = a.staff_id
            where s.city_id = c.code and s.is_active and a.role = wanted.role
            and (a.starts_on is null or a.starts_on <= %(today)s) and (a.ends_on is null or a.ends_on >= %(today)s))
        order by wanted.place)
    from policies_city c where c.active order by c.code
"""
_KINDS = {"account": "账号", "client": "调用方"}


def duties(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Return which accounts and clients in use hold roles that must not be held together; none is changed."""
    if not is_there(connection, "people_roleassignment"):
        return []
    accounts: dict[tuple[str, str], list[separation.Held]] = {}
    today = {"today": now.astimezone(ZONE).date()}
    for kind, name, *held in connection.execute(_HELD, today).fetchall():
        accounts.setdefault((kind, name), []).append(separation.Held(*held))
    together = [
        f"{_KINDS[kind]} {name}（{'；'.join(_both(clash) for clash in found)}）"
        for (kind, name), held in accounts.items()
        if (found := separation.clashes_in_time(held))
    ]
    if together:
        return [
            Finding(
                BAD,
                f"有 {len(together)} 个账号或调用方兼任了应当分开的岗位：{'、'.join(together)}",
                "账号请执行 minsheng staff roles 账号 --role 岗位，只留一方；"
                "调用方请 minsheng client revoke 后分别登记。本命令没有改动它们。",
            )
        ]
    return [Finding(GOOD, "没有账号或调用方兼任应当分开的岗位")]


def administrators(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Return which cities lack one of the three administrators. Source: GB/T 22239-2019 8.1.5."""
    if not is_there(connection, "people_roleassignment"):
        return []
    found = []
    values = {"today": now.astimezone(ZONE).date(), "roles": list(ADMINISTRATORS)}
    for city, lacking in connection.execute(_LACKING, values).fetchall():
        if lacking:
            what = f"{city} 没有{'、'.join(wording.ROLES[role] for role in lacking)}"
            advice = f"请执行 minsheng staff administrators {city}，按提示写明三个不同的人；已有的账号不受影响。"
            found.append(Finding(BAD, what, advice))
        else:
            found.append(Finding(GOOD, f"{city} 的系统管理员、安全管理员、审计管理员齐全"))
    return found


def _both(clash: separation.Clash) -> str:
    duty = wording.DUTIES[clash.duty]
    return f"{wording.ROLES[clash.proposer]}与{wording.ROLES[clash.decider]}：{duty}"


def unit_hours(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Return which units a city's pack gives office hours though no unit bears the name: their hours rule nothing."""
    if not is_there(connection, "people_unit"):
        return []
    found = []
    for city, pack, overlays, folder, units in connection.execute(_CITIES).fetchall():
        try:
            library = packfiles.library([Path(folder)] if folder else [])
            pack_id, version = packs.split(pack)
            chosen = packs.in_force(library, pack_id, overlays, on=now.date(), version=version)
        except (Faulty, packs.PackError):  # the city itself says so, with every page
            continue
        named = packs.laid(chosen)["office_hours_by_unit"].value
        assert isinstance(named, Mapping)  # its reader gives nothing else
        strange = [unit for unit in named if unit not in units]
        if strange:
            what = f"{city} 的规则包为本市没有的单位写了办公时间：{'、'.join(strange)}"
            advice = "单位更名后，请在规则包新版本的 office_hours_by_unit 中改用现名；现按全市办公时间计时。"
            found.append(Finding(HINT, what, advice))
        else:
            found.append(Finding(GOOD, f"{city} 的规则包写有办公时间的单位都在本市"))
    return found
