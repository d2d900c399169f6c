"""Letters become appeals: rows to commands to `actions.register`, each once, however often a file is taken.

Clocks start at the import; the letter's own date is kept apart. A row that can't be taken is told why, the others are
kept. Source: SZ-15.1, JY-9.1a, SQ-10.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

import psycopg
from django.db import IntegrityError, transaction

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import actions
from minsheng.cases.orders.imports.csv import Row, moment_of
from minsheng.cases.orders.storage.projection import Words
from minsheng.core.ledger.values import ZONE, canonical
from minsheng.core.people import appellants
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import fields
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways import packfiles

# An import registers as a seat would; nobody's own account stands behind it.
IMPORTER = Actor("seat", None, "import")

_TITLE, _SOURCE_NO, _NAME, _PHONE = 200, 100, 100, 40
_YES = frozenset({"yes", "y", "true", "1", "是", "同意", "公开", "同意公开", "实名"})
_NO = frozenset({"no", "n", "false", "0", "否", "不同意", "不公开", "不同意公开", "匿名", "非实名"})


class Outcome(Enum):
    """What became of a row."""

    ADDED = "added"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """A row and what became of it; `reason` is Chinese, for a refused one."""

    row: Row
    outcome: Outcome
    order: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a file lacks: used where a row says nothing."""

    type: str = ""
    channel: str = ""
    publish: str = ""
    real_name: bool | None = None
    appellant: str = "citizen"


class BadRow(Exception):
    """A row that can't be taken; the message is Chinese and says what to do."""


def take_in(
    rows: Sequence[Row], *, city: str, defaults: Defaults, submit: bool, now: datetime, actor: Actor = IMPORTER
) -> list[Taken]:
    """Register each row that is new, in a transaction of its own, and say what became of every one.

    Raises: Rejected for the city as a whole (`unknown_city`, `pack_unusable`).
    """
    rules = policies.rules_for(city, now=now)
    digests = [digest_of(row) for row in rows]
    known = appeals.known_digests(city, digests)
    taken = []
    for row, digest in zip(rows, digests, strict=True):
        if digest in known:
            taken.append(Taken(row, Outcome.KNOWN))
            continue
        result = _take(row, digest, city=city, defaults=defaults, submit=submit, rules=rules, actor=actor, now=now)
        if result.outcome is not Outcome.REFUSED:
            known.add(digest)
        taken.append(result)
    return taken


def digest_of(row: Row) -> bytes:
    """Return what makes a letter the same letter: number, user, time, title and text, as they read after cleaning.

    A number alone is no key: real files hold four numbers twice with different texts.
    """
    time = row.get("time")
    moment = moment_of(time)
    written = moment.isoformat() if moment is not None else time
    parts = [row.get("id"), row.get("user"), written, row.get("title"), row.get("text")]
    return hashlib.sha256(canonical([part.encode("utf-8", "backslashreplace").decode() for part in parts])).digest()


def _take(
    row: Row,
    digest: bytes,
    *,
    city: str,
    defaults: Defaults,
    submit: bool,
    rules: Rules,
    actor: Actor,
    now: datetime,
) -> Taken:
    try:
        values = _values(row, defaults=defaults, rules=rules)
        command = cmd.build("submit" if submit else "register", values, zone=ZONE)
        assert isinstance(command, cmd.AppealFields)
        words = replace(_words(row, digest), category=_category(row.get("category")))
        with transaction.atomic():
            words = replace(words, appellant=_appellant(row, city=city, kind=command.appellant, now=now))
            outcome = actions.register(command, city=city, actor=actor, now=now, words=words)
    except (BadRow, Malformed, Rejected) as fault:
        return Taken(row, Outcome.REFUSED, reason=_reason(fault, rules))
    except IntegrityError as fault:
        if not _is_known(fault):
            raise
        # Another import was faster with the same letter.
        return Taken(row, Outcome.KNOWN)
    return Taken(row, Outcome.ADDED, order=outcome.order.id)


def _values(row: Row, *, defaults: Defaults, rules: Rules) -> dict[str, object]:
    """Return the fields of the command. Raises: BadRow."""
    if row.extra_cells:
        raise BadRow("列数与表头不符，请检查逗号和引号。")
    if not row.get("text"):
        raise BadRow("没有来信内容，请补充。")
    if row.get("time") and moment_of(row.get("time")) is None:
        raise BadRow("来信时间无法识别，请写成 2019-04-24 16:03:40。")
    values: dict[str, object] = {
        "type": _type(row.get("type") or defaults.type, rules),
        "channel": _channel(row.get("channel") or defaults.channel, rules),
        "appellant": defaults.appellant,
        "publish": {True: "yes", False: "no", None: defaults.publish}[_truth(row, "publish", "是否公开")],
        "content": row.get("text"),
        "place": row.get("place"),
    }
    real_name = _truth(row, "real_name", "是否实名")
    values["real_name"] = defaults.real_name if real_name is None else real_name
    for name, option in (("type", "--type"), ("channel", "--channel")):
        if not values[name]:
            raise BadRow(f"没有{wording.FIELDS[name]}，请在文件中补充，或用 {option} 指定。")
    return values


def _type(text: str, rules: Rules) -> str:
    codes = {label: code for code, label in rules.appeal_types.items()}
    code = codes.get(text, text.lower())
    if code not in ("", *rules.appeal_types):
        raise BadRow(f"没有名为“{text[:20]}”的诉求类型，可用：{'、'.join(codes)}。")
    return code


def _channel(text: str, rules: Rules) -> str:
    codes: Mapping[str, str] = {label: code for code, label in rules.channels.items()}
    code = codes.get(text, text.lower())
    if code and code not in rules.channels:
        raise BadRow(f"本市没有名为“{text[:20]}”的渠道，可用：{'、'.join(rules.channels.values())}。")
    return code


def _category(text: str) -> str:
    """Return the code of a category that a letter names by code, path or name. Raises: BadRow."""
    leaf = packfiles.categories().chosen(code="", text=text) if text else None
    if text and leaf is None:
        raise BadRow(f"没有名为“{text[:20]}”的分类，请写分类编码或完整名称，或留空。")
    return leaf.code if leaf is not None else ""


def _truth(row: Row, name: str, label: str) -> bool | None:
    text = row.get(name).lower()
    if not text:
        return None
    if text in _YES or text in _NO:
        return text in _YES
    raise BadRow(f"“{label}”应写“是”或“否”。")


def _words(row: Row, digest: bytes) -> Words:
    """Return what is kept beside the command. Raises: Malformed."""
    return Words(
        title=fields.plain_text("title", row.get("title"), limit=_TITLE),
        said_at=moment_of(row.get("time")),
        source_digest=digest,
        source_no=fields.plain_text("source_no", row.get("id"), limit=_SOURCE_NO),
    )


def _appellant(row: Row, *, city: str, kind: str, now: datetime) -> UUID | None:
    """Put whoever gave a name or a number into the vault; a user's number alone is a pseudonym already."""
    name = fields.plain_text("name", row.get("name"), limit=_NAME)
    phone = fields.plain_text("phone", row.get("phone"), limit=_PHONE)
    if not name and not phone:
        return None
    return appellants.keep_appellant(city=city, kind=kind, name=name or None, phone=phone or None, now=now)


def _reason(fault: BadRow | Malformed | Rejected, rules: Rules) -> str:
    return str(fault) if isinstance(fault, BadRow) else wording.say(fault, rules)


def _is_known(fault: IntegrityError) -> bool:
    cause = fault.__cause__
    return isinstance(cause, psycopg.errors.UniqueViolation) and cause.diag.constraint_name == appeals.TAKEN_ONCE
