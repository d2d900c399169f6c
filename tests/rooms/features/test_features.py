"""Everything of the product belongs to a feature, and every feature says the truth about what it brings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.urls import URLResolver, get_resolver, reverse

from minsheng.core.features import queries as features
from minsheng.core.features.values import KEPT
from minsheng.domain.actors import ROLES
from minsheng.domain.rules import Rules
from minsheng.figures.lake import schema

# What is nobody's: whether the program lives, its files, what a reader prefers, the catalogue of components, the API.
_OF_THE_SITE = {"livez", "readyz", "static/", "preferences", "design", "api/"}
ROOT = Path(__file__).resolve().parents[3]


def _models() -> Iterator[tuple[str, str]]:
    for config in apps.get_app_configs():
        if config.name.startswith("minsheng."):
            yield from ((config.name, model.__name__) for model in config.get_models())


def test_every_table_belongs_to_one_feature_that_says_what_becomes_of_its_rows() -> None:
    named = Counter((feature.app, table) for feature in features.features() for table in feature.tables)

    assert set(named) == set(_models())
    assert set(named.values()) == {1}
    assert {each.kept for feature in features.features() for each in feature.tables.values()} == set(KEPT)


def test_every_sealed_column_is_named_as_personal() -> None:
    configs = {config.name: config for config in apps.get_app_configs()}
    for feature in features.features():
        for name, table in feature.tables.items():
            columns = {each.name for each in configs[feature.app].get_model(name)._meta.get_fields()}
            sealed = {each for each in columns if each.endswith("_enc")}
            assert sealed <= set(table.personal) <= columns, name


def test_every_address_is_brought_by_a_feature_or_is_the_sites_own() -> None:
    brought = {module for feature in features.features() for module in feature.urls}
    own, included = set(), set()
    for each in get_resolver().url_patterns:
        name = getattr(each, "urlconf_name", None)
        module = getattr(name, "__name__", "")
        if isinstance(each, URLResolver) and module in brought:
            included.add(module)
        else:
            own.add(re.split(r"<|\\Z", str(each.pattern))[0])

    assert (included, own) == (brought, _OF_THE_SITE)


def test_every_urls_module_and_every_life_cycle_of_the_source_is_brought() -> None:
    source = ROOT / "src"
    modules = {".".join(path.relative_to(source).with_suffix("").parts) for path in source.rglob("urls.py")}
    taken_in = {"minsheng.app.site.urls", "minsheng.desks.attachments.urls"}
    kinds = {
        f"{'.'.join(path.relative_to(source).with_suffix('').parts)}:{match[1]}"
        for path in source.rglob("*.py")
        for match in re.finditer(r"^(\w+) = Kind\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    streams = features.streams().values()

    assert modules - taken_in == {module for feature in features.features() for module in feature.urls}
    assert kinds == {each.life_cycle for each in streams if each.life_cycle}
    assert all(kind.cycle.name == prefix for prefix, kind in features.life_cycles().items())


def test_everything_that_is_named_is_there() -> None:
    for feature in features.features():
        names = [*feature.subscribers, *feature.routers, *feature.stocks, *feature.datasets.values(), *feature.checks]
        names += [*feature.files.values(), *feature.finds, *feature.sealed, feature.unsent]
        names += [job.does for job in feature.jobs.values()]
        for stream in feature.streams.values():
            names += [stream.life_cycle, stream.alarm, stream.rebuild, stream.seen, stream.told, stream.ended]
            names += [stream.attended]
            assert not stream.witness or hasattr(import_module(stream.witness), "compare")
        for name in filter(None, names):
            features.named(name)
        for prefix, writer in feature.messages.items():
            assert prefix in features.streams()
            assert {"HELD", "address", "text", "sentences"} <= set(dir(import_module(writer)))
        for entry in feature.navigation:
            assert reverse(entry.url, args=entry.args)
            assert set(entry.roles) <= set(ROLES)
            assert not entry.rule or entry.rule in {each.name for each in fields(Rules)}


def test_datasets_are_filled_by_one_feature_each_and_those_that_none_fills_are_known() -> None:
    filled = Counter(name for names in features.datasets() for name in names)

    assert set(filled.values()) == {1}
    assert set(filled) | {"stocks"} <= set(schema.DATASETS)


@pytest.mark.django_db
def test_no_stream_is_nobodys(test_clock: Callable[[datetime], None]) -> None:
    from tests import town_ground as towns

    towns.build("jiangyin", test_clock)

    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT split_part(stream, '/', 1) FROM ledger_event")
        prefixes = {row[0] for row in cursor.fetchall()}
    assert prefixes <= set(features.streams())
    # In the source too, where a town may not come by.
    written = {
        match[1]
        for path in (ROOT / "src").rglob("*.py")
        for match in re.finditer(r'record\(\s*[\w.]+, f"(\w+)/\{', path.read_text(encoding="utf-8"))
    }
    assert {"unit", "staff", "client", "city"} < written <= set(features.streams())
