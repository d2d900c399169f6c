"""`make messages`: gather every sentence that people see, keep the English catalogue in step with them, and compile it.

Sentences are written in Chinese where they are used: in Python by gettext, in templates, in `wording`'s tables, in the
labels of packs and categories. What is new stands in the catalogue without a translation until somebody writes one;
`tests/rooms/site/test_messages.py` fails as long as one is missing.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages import extract
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "minsheng"
# Django's own sentences in our words, written by hand.
DJANGOS = SOURCE / "app" / "site" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
CATALOGUE = SOURCE / "app" / "site" / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = ("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext:1,2", "tr")
# Chinese letters, and Chinese punctuation where a template has to join words with it.
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
Message = str | tuple[str, str]


def main() -> None:
    """Write catalogue and compiled catalogue; print what is new and what has no translation."""
    known = read(CATALOGUE)
    fresh = updated(known, gather())
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, fresh, sort_output=True, no_location=True, width=120, include_previous=False, omit_header=False)
    CATALOGUE.with_suffix(".mo").write_bytes(compiled(fresh))
    DJANGOS.with_suffix(".mo").write_bytes(compiled(read(DJANGOS, locale="zh_Hans")))
    missing = untranslated(fresh)
    print(f"{len(fresh)} sentences, {len(missing)} without a translation")
    for message in missing:
        print(f"  {message}")


def read(path: Path, *, locale: str = "en") -> Catalog:
    """Return a catalogue, an empty one where there is no file."""
    if not path.exists():
        return Catalog(locale=locale, domain="django", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale, domain="django")


def updated(known: Catalog, messages: Iterable[Message]) -> Catalog:
    """Return a catalogue of exactly these messages, with the translations that are known."""
    fresh = Catalog(
        locale="en",
        domain="django",
        charset="utf-8",
        project="minsheng",
        version="1",
        header_comment="# English words of minsheng; `make messages` keeps the file in step with the Chinese.",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        fuzzy=False,
    )
    fresh.revision_date = fresh.creation_date = known.creation_date
    for message in messages:
        found = known.get(message if isinstance(message, str) else message[0])
        fresh.add(message, found.string if found is not None else None)
    return fresh


def compiled(catalogue: Catalog) -> bytes:
    """Return the form that gettext reads."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the messages that lack a translation, or whose translation lacks a placeholder."""
    missing = []
    for message in catalogue:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if not all(strings) or any(_holes(each) != _holes(ids[0]) for each in strings):
            missing.append(str(ids[0]))
    return missing


def gather() -> list[Message]:
    """Return every message, each once, in the order of the alphabet."""
    found: dict[str, Message] = {}
    for message in (*_of_python(), *_of_templates(), *_of_tables()):
        singular = message if isinstance(message, str) else message[0]
        if _CHINESE.search(singular) and not isinstance(found.get(singular), tuple):
            found[singular] = message
    return [found[key] for key in sorted(found)]


def _of_python() -> Iterator[Message]:
    for path in sorted(SOURCE.rglob("*.py")):
        with path.open("rb") as file:
            yield from _messages(extract.extract("python", file, keywords=_keywords()))


def _of_templates() -> Iterator[Message]:
    from django.utils.translation.template import templatize

    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # What stands between the tags is blanked out there with letters that no tokenizer likes in rows.
        lines = re.findall(r"(?:gettext|ngettext|pgettext|_)\(.*?\)(?=\s|$)", source, flags=re.DOTALL)
        code = "\n".join(lines).encode()
        yield from _messages(extract.extract("python", io.BytesIO(code), keywords=_keywords()))


def _of_tables() -> Iterator[Message]:
    import django

    django.setup()
    from minsheng import wording
    from minsheng.core.features import queries as features
    from minsheng.domain import indicators, parameters
    from minsheng.figures.reports import shown
    from minsheng.figures.reports.board import board
    from minsheng.gateways import packfiles
    from minsheng.wording import (
        administration,
        checks,
        fields,
        findings,
        labels,
        reports,
        security,
        sentences,
        telephony,
    )

    for module in (labels, fields, sentences, findings, reports, security, administration, checks, telephony):
        for value in vars(module).values():
            tables = value.values() if isinstance(value, dict) else (value,)
            for table in tables:
                if isinstance(table, wording.Table):
                    yield from table.chinese()
    for value in parameters.MAY_LACK.values():
        yield from _words_of(value)
    said = ("channels", "appeal_types", "satisfaction_grades", "reject_codes", "publish_exceptions", "notices_words",
            "desks", "staff_levels", "specialist_kinds", "accountability_grounds", "accountability_exemptions",
            "accountability_aggravating", "program_kinds", "telephony_breaks", "telephony_queues")  # fmt: skip
    for pack in packfiles.read_packs(packfiles.shipped_folder()):
        term = pack.entries.get("unit_term")
        yield from (str(term.value),) if term is not None else ()
        for name in said:
            entry = pack.entries.get(name)
            yield from _words_of(entry.value) if entry is not None else ()
    for leaf in packfiles.categories().by_code.values():
        yield from (leaf.group, leaf.area, leaf.name)
    yield from (kind.label for kind in packfiles.report_kinds().values())
    yield from (each.label for scheme in packfiles.assessment_schemes().values() for each in scheme.criteria)
    yield from (each.name for each in indicators.ALL)
    yield from (*shown.STAGES.values(), *(name for name, _, _ in board.RANKED.values()))
    for feature in features.features():
        yield from (entry.label for entry in feature.navigation)
        yield from (stream.link for stream in feature.streams.values())
    for kind in features.life_cycles().values():
        if kind.labels is not None:
            yield from _of_labels(kind)
    # What `domain.worktime` says of a day that does not count, and of a length that is no amount.
    yield from ("节假日", "周末", "当日不计", "指定时刻")


def _words_of(value: object) -> Iterator[str]:
    """Give the words of a parameter that is a table: labels, and the names of what has more than a label."""
    for each in value.values() if isinstance(value, Mapping) else ():
        yield str(getattr(each, "name", each))


def _of_labels(kind: Any) -> Iterator[Message]:
    """Yield what a life cycle's things, states, commands, fields and events are called."""
    labels = kind.labels
    tables = (labels.states, labels.commands, labels.fields, labels.clocks, *labels.choices.values(), kind.words)
    yield labels.name
    yield from (label for table in tables for label in table.values())


def _messages(found: Iterable[tuple[int, object, list[str], object]]) -> Iterator[Message]:
    for _, message, _, _ in found:
        if isinstance(message, str):
            yield message
        elif isinstance(message, tuple) and all(isinstance(each, str) for each in message):
            yield (message[0], message[1])


def _keywords() -> dict[str, tuple[int, ...] | None]:
    found: dict[str, tuple[int, ...] | None] = {}
    for keyword in KEYWORDS:
        name, _, places = keyword.partition(":")
        found[name] = tuple(int(each) for each in places.split(",")) if places else None
    return found


def _holes(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|\{\w+\}", text or ""))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.app.site.settings")
    main()
