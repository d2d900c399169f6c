"""What the API takes, as pydantic models: one a command, made from the command's own fields.

The models document and reject early; `commands.build` reads the values again, as it does for every door.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, create_model, model_validator

from minsheng import wording
from minsheng.domain.kinds import OWN
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import fields
from minsheng.domain.orders.order import STATES
from minsheng.domain.orders.table import BY_COMMAND
from minsheng.domain.text import cleaned_values

TITLE, NAME, PHONE, ID_NUMBER, ADDRESS, SOURCE_NO, REASON, CATEGORY = 200, 100, 40, 40, 500, 100, 500, 20

Line = Annotated[str, Field(strict=True, max_length=fields.SHORT)]
Text = Annotated[str, Field(strict=True, max_length=fields.LONG)]
Moment = Annotated[str, Field(strict=True, max_length=40, json_schema_extra={"format": "date-time"})]
Count = Annotated[StrictInt, Field(ge=0, le=999)]


def one_of(values: tuple[str, ...]) -> Any:
    """Return the type whose values are these texts."""
    return Literal.__getitem__(values)


Status: TypeAlias = one_of(STATES)  # type: ignore[valid-type]


def code_of(values: tuple[str, ...]) -> Any:
    """Return the type of a code that the pack lists: one of these, or a city's own."""
    return one_of(values) | Annotated[str, Field(pattern=f"^({OWN.pattern})$", max_length=40)]


Type: TypeAlias = code_of(cmd.TYPES)  # type: ignore[valid-type]


class Asked(BaseModel):
    """A body of a request: what it doesn't know is refused, so that a slip of the pen never passes for a wish."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _cleaned(cls, values: object) -> object:
        """Read texts as a form's are read (`site.middleware.CleanForms`), before they are counted."""
        return cleaned_values(values)


class AttestationIn(Asked):
    """When, by which channel and in which words something was told or agreed."""

    at: Moment | None = None
    channel: Line | None = None
    text: Text | None = None


class EmergencyIn(Asked):
    """What must be known of an emergency, and why it is one. Source: JY-34, JY-35a."""

    level: Literal["major", "critical"] = "major"
    place: Line | None = None
    facts: Text | None = None
    ground: Line | None = None
    happening: Moment | None = None
    plan: Line | None = None
    reason: Text | None = None


def _type_of(metadata: Mapping[str, Any]) -> Any:
    match metadata["kind"]:
        case "text":
            return Text if metadata["long"] else Line
        case "choice":
            return one_of(metadata["values"])
        case "code":
            return code_of(metadata["values"])
        case "grade":
            return code_of(metadata["values"]) | StrictBool
        case "flag":
            return StrictBool
        case "count":
            return Count
        case "moment":
            return Moment
        case "names":
            return Annotated[list[Line], Field(max_length=fields.MOST_NAMES)]
        case "attest":
            return StrictBool | AttestationIn
        case _:
            return EmergencyIn


def _described(name: str, metadata: Mapping[str, Any]) -> str:
    words = wording.CHOICES.get(name, {})
    choices = "、".join(f"{each} {words[each]}" for each in metadata.get("values", ()) if each in words)
    label = wording.FIELDS.get(name, name)
    return f"{label}：{choices}" if choices else label


def _fields_of(command: type[cmd.Command]) -> dict[str, Any]:
    return {
        name: (_type_of(field.metadata) | None, Field(None, description=_described(name, field.metadata)))
        for name, field in cmd.fields_of(command).items()
    }


def _body_of(command: type[cmd.Command]) -> type[BaseModel]:
    return cast(
        type[BaseModel],
        create_model(f"{command.__name__}In", __base__=Asked, __doc__=command.__doc__, **_fields_of(command)),
    )


BODIES: Final[Mapping[str, type[BaseModel]]] = MappingProxyType(
    {name: _body_of(command) for name, command in cmd.BY_NAME.items()}
)


def described(command: type[cmd.Command]) -> str:
    """Return what the document says of a command: who, from which states, by which clauses."""
    row = BY_COMMAND[command]
    who = "、".join(f"{role}（{wording.ROLES[role]}）" for role in row.who)
    states = "、".join(f"{state or 'NEW'}（{wording.STATES[state]}）" for state in row.sources)
    return f"{command.__doc__}\n\n岗位：{who}\n\n状态：{states}\n\n条款：{'、'.join(row.clause)}"


class IdentityIn(Asked):
    """Who the appellant is; it goes to the vault alone. Source: SQ-10.1, JY-8d."""

    name: Annotated[str, Field(strict=True, max_length=NAME)] | None = None
    phone: Annotated[str, Field(strict=True, max_length=PHONE)] | None = None
    id_number: Annotated[str, Field(strict=True, max_length=ID_NUMBER)] | None = None
    address: Annotated[str, Field(strict=True, max_length=ADDRESS)] | None = None


AppealIn: type[BaseModel] = create_model(
    "AppealIn",
    __base__=Asked,
    __doc__="An appeal to register.",
    **_fields_of(cmd.Register),
    submit=(StrictBool, Field(False, description="登记后立即提交交办")),
    title=(Annotated[str, Field(strict=True, max_length=TITLE)] | None, Field(None, description="标题")),
    identity=(IdentityIn | None, Field(None, description="诉求人身份，只存入身份库")),
    said_at=(Moment | None, Field(None, description="来信时间；时限仍自登记起算")),
    category=(
        Annotated[str, Field(strict=True, max_length=CATEGORY)] | None,
        Field(None, description="分类编码，见 packs/categories.toml"),
    ),
    source_no=(Annotated[str, Field(strict=True, max_length=SOURCE_NO)] | None, Field(None, description="来源编号")),
)


IdentityField = Literal["name", "phone", "id_number", "address"]


class RevealIn(Asked):
    """Which fields of an identity are to be shown in clear, and why. Source: JY-23.5."""

    reason: Annotated[str, Field(strict=True, max_length=REASON)]
    fields: (
        Annotated[list[Literal["name", "phone", "id_number", "address"]], Field(min_length=1, max_length=4)] | None
    ) = None


class WordsIn(Asked):
    """Why the words are to be read as they were said. Source: JY-23.5, SZ-13.3."""

    reason: Annotated[str, Field(strict=True, max_length=REASON)]


class CategoryIn(Asked):
    """What an appeal is about: a code of the tree of categories; empty takes it back. Source: SZ-15.2."""

    category: Annotated[str, Field(strict=True, max_length=CATEGORY)]


class ContactIn(Asked):
    """A change of who holds a post of the caller's unit. Source: JY-3c."""

    post: Line
    effective: Annotated[str, Field(strict=True, max_length=10, json_schema_extra={"format": "date"})]
    name: Annotated[str, Field(strict=True, max_length=NAME)]
    phone: Annotated[str, Field(strict=True, max_length=PHONE)]


class Empty(Asked):
    """Nothing: an empty object."""
