"""What GeoReport v2 shows of a city: its services, their attributes, and the published cases as requests.

Only what everybody may read on the portal is here, from the same rows. Source: JY-9.8a; GeoReport v2 of Open311.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from minsheng import wording
from minsheng.domain.orders import commands as cmd
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways import packfiles
from minsheng.public.publication.queries import Case

# What nobody has put into a category; the code is a service of its own, so that every request has one.
OTHER: Final = "other"
DESCRIPTION_AT_MOST: Final = 4_000
NAME_AT_MOST, PHONE_AT_MOST = 50, 30
# The standard's three ways to say where; the first that is whole is the place, an appeal has room for one.
_PLACES: Final = (("address_string",), ("lat", "long"), ("address_id",))
# What the standard lets a client send and nobody here would read: files come by the portal, which looks into them.
_NOT_KEPT: Final = ("email", "media_url", "device_id", "account_id")


class RequestRefused(Rejected):
    """A request that can't be taken; `fields` names what is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a client sends it: the registration, and who may be asked back."""

    command: cmd.Register
    category: str
    name: str
    phone: str


def services() -> list[dict[str, Any]]:
    """Return the services: every category, and the one for what has none."""
    leaves = packfiles.categories().by_code
    found = [_service(code, wording.tr(leaf.name), f"{leaf.group}/{leaf.area}") for code, leaf in leaves.items()]
    return [*found, _service(OTHER, wording.tr("其他"), wording.tr("其他"))]


def definition(code: str, rules: Rules) -> dict[str, Any] | None:
    """Return what a service wants to be told besides words and place, or None for a service that there is not."""
    if code != OTHER and code not in packfiles.categories().by_code:
        return None
    types = {name: wording.tr(label) for name, label in rules.appeal_types.items()}
    choices = {name: str(label) for name, label in wording.CHOICES["publish"].items()}
    attributes = [
        _attribute(1, "type", wording.tr("诉求类型"), values=types, required=True),
        _attribute(2, "publish", wording.tr("是否同意公开"), values=choices, required=True),
        _attribute(3, "target_unit", wording.tr("被反映单位"), values={}, required=False),
    ]
    return {"service_code": code, "attributes": attributes}


def request(case: Case, *, media: str | None) -> dict[str, Any]:
    """Return a published case as GeoReport's request: it is closed, since only closed ones are published."""
    leaf = packfiles.categories().by_code.get(case.category)
    return {
        "service_request_id": case.number,
        "status": "closed",
        "status_notes": case.reply,
        "service_name": wording.tr(leaf.name) if leaf is not None else wording.tr("其他"),
        "service_code": case.category if leaf is not None else OTHER,
        "description": f"{case.title}\n{case.content}" if case.title not in case.content else case.content,
        "agency_responsible": case.unit,
        "service_notice": None,
        "requested_datetime": _moment(case.registered_at),
        "updated_datetime": _moment(case.published_at),
        "expected_datetime": None,
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": media,
    }


def asked(form: Mapping[str, str], *, rules: Rules, units: list[str]) -> Asked:
    """Return the registration that a client's form asks for. Raises: RequestRefused `field_missing`, `malformed`."""
    code = form.get("service_code", "")
    if code != OTHER and code not in packfiles.categories().by_code:
        raise RequestRefused("field_missing", fields=("service_code",))
    place = _place(form)
    words = form.get("description", "").strip()
    kind, publish = form.get("attribute[type]", ""), form.get("attribute[publish]", "")
    missing = [
        name
        for name, value in (("description", words), (wording.tr("address_string、lat 和 long、address_id 之一"), place),
                            ("attribute[type]", kind), ("attribute[publish]", publish))
        if not value
    ]  # fmt: skip
    if missing:
        raise RequestRefused("field_missing", fields=tuple(missing))
    target = form.get("attribute[target_unit]", "").strip()
    name, phone = f"{form.get('last_name', '')}{form.get('first_name', '')}".strip(), form.get("phone", "").strip()
    wrong = [
        name
        for name, holds in (
            ("attribute[type]", kind in rules.appeal_types),
            ("attribute[publish]", publish in ("yes", "no")),
            ("attribute[target_unit]", not target or target in units),
            ("description", len(words) <= DESCRIPTION_AT_MOST),
            (_place_fields(form)[0], len(place) <= 200),
            ("last_name", len(name) <= NAME_AT_MOST),
            ("phone", len(phone) <= PHONE_AT_MOST),
        )
        if not holds
    ]
    if wrong:
        raise RequestRefused("malformed", field=wrong[0], why=wording.tr("请核对接口文档中的取值"))
    command = cmd.Register(
        type=kind, channel=rules.web_channel, appellant="citizen", publish=publish, content=words, place=place,
        target_unit=target,
    )  # fmt: skip
    return Asked(command, "" if code == OTHER else code, name, phone)


def not_kept(form: Mapping[str, str]) -> list[str]:
    """Return which fields of a form say something that the appeal has no place for."""
    kept = _place_fields(form)
    places = (name for way in _PLACES for name in way if name not in kept)
    return [name for name in (*_NOT_KEPT, *places) if form.get(name, "").strip()]


def _place(form: Mapping[str, str]) -> str:
    """Return where it is, in words: the standard takes an address, coordinates or an address's number."""
    match _place_fields(form):
        case ("lat", "long"):
            return f"{_coordinate(form['lat'], 90)}, {_coordinate(form['long'], 180)}"
        case ("address_id",):
            # Nobody here can look the number up by machine; a seat can, in the city's own register.
            return f"地址编号 {form['address_id'].strip()}"
        case _:
            return form.get("address_string", "").strip()


def _place_fields(form: Mapping[str, str]) -> tuple[str, ...]:
    whole = (way for way in _PLACES if all(form.get(name, "").strip() for name in way))
    return next(whole, _PLACES[0])


def _service(code: str, name: str, group: str) -> dict[str, Any]:
    return {
        "service_code": code,
        "service_name": name,
        "description": name,
        "metadata": True,
        # What is answered at once is a token; the standard calls that batch, and realtime what gives the number.
        "type": "batch",
        "keywords": "",
        "group": group,
    }


def _attribute(order: int, code: str, label: str, *, values: Mapping[str, str], required: bool) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": "singlevaluelist" if values else "string",
        "required": required,
        "datatype_description": None,
        "order": order,
        "description": label,
        "values": [{"key": key, "name": name} for key, name in values.items()],
    }


def _moment(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()


def _coordinate(text: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError as fault:
        raise RequestRefused("malformed", field="lat, long", why=wording.tr("应为经纬度数字")) from fault
    if not -most <= value <= most:
        raise RequestRefused("malformed", field="lat, long", why=wording.tr("应为经纬度数字"))
    return round(value, 6)
