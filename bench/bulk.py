"""Hundreds of thousands of orders in a minute: a few real ones, cloned by SQL with ids and units of their own.

A clone has its row, its appeal, its first two facts and its alarm; that is what queues, registration and the sweeper
meet. Its hash chain is the original's, so `ledger verify` is not for such a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bench import ground

_CLONE = """
WITH own AS MATERIALIZED (
    SELECT n, gen_random_uuid()::text AS id, '承办单位' || lpad((1 + n %% {units})::text, 3, '0') AS unit,
        (%(places)s::text[])[1 + n %% {places}] || (%(things)s::text[])[1 + (n / {places}) %% {things}] AS title
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
), made AS (
    INSERT INTO orders_order (id, city_id, number, title, version, head, status, reason, type, channel, lead, units,
        target_unit, handler, is_internal, is_emergency, is_published, extension_pending, supervised,
        stages, supervised_unit, is_disputed, publication_due, is_joint, registrar, matter, parent, round,
        registered_at, closed_at, due, state)
    SELECT own.id, city_id, 'B' || %(mark)s || '-' || own.n, own.title, version, head, status, reason, type, channel,
        CASE WHEN lead = '' THEN '' ELSE own.unit END,
        CASE WHEN lead = '' THEN units ELSE ARRAY[own.unit] END,
        target_unit, handler, is_internal, is_emergency, is_published, extension_pending, supervised,
        CASE WHEN lead = '' THEN stages ELSE ARRAY[replace(stages[1], '承办单位001', own.unit)] END,
        supervised_unit, is_disputed, publication_due, is_joint, 'staff:' || (1 + own.n %% 50), matter, parent,
        round, registered_at - own.n * interval '20 seconds', closed_at, due + (own.n %% 90) * interval '1 second',
        replace(replace(state::text, o.id, own.id), '承办单位001', own.unit)::jsonb
    FROM orders_order o, own WHERE o.id = %(template)s
), said AS (
    INSERT INTO appeals_appeal (id, city_id, title, content, place, target_person, category, source_no, created_at)
    SELECT own.id, a.city_id, own.title, a.content, a.place, a.target_person, a.category, '', a.created_at
    FROM appeals_appeal a, own WHERE a.id = %(template)s
), alarms AS (
    INSERT INTO ledger_alarm (stream, due, kind, attempts, last_error)
    SELECT 'order/' || own.id, %(alarm)s, 'order', 0, '' FROM own WHERE %(alarm)s::timestamptz IS NOT NULL
)
INSERT INTO ledger_event (city, stream, version, type, at, recorded_at, actor, body, prev_hash, hash)
SELECT e.city, 'order/' || own.id, e.version, e.type, e.at, e.recorded_at, e.actor, e.body, e.prev_hash, e.hash
FROM ledger_event e, own WHERE e.stream = 'order/' || %(template)s AND e.version <= %(facts)s
"""
CHUNK = 50_000
# Invented matters: so that a word stands in one of some hundred titles, as words do, and not in all or in none.
PLACES = tuple(
    f"{name}{kind}"
    for name in ("青梅", "芦花", "望星", "听雨", "采薇", "石桥", "春耕", "落霞", "银杏", "竹溪", "晴川", "麦浪", "枕溪")
    for kind in ("路", "街", "小区", "村", "公园", "菜场", "学校")
)
THINGS = tuple(
    f"{thing}{what}"
    for thing in ("路灯", "井盖", "垃圾桶", "人行道", "信号灯", "广告牌", "电梯", "水管", "绿化带", "停车场", "公交站")
    for what in ("损坏无人修理", "夜间噪音很大", "长期没有清理", "存在安全隐患", "收费不合理", "被占用", "请求增设")
)


@dataclass(frozen=True, slots=True)
class Template:
    """A real order to clone, and the next due moment of its clocks."""

    id: str
    alarm: datetime | None


def make_template(city: str, *, until: str, start: datetime) -> Template:
    """Return a real order that was led to the state `until`, from `start` on, with unit 001."""
    from minsheng.cases.orders import actions
    from minsheng.core.ledger import queries as ledger_queries
    from minsheng.domain.actors import Actor
    from minsheng.domain.orders import commands as cmd

    unit = ground.unit_name(1)
    officer, leader = Actor("officer", unit, "staff:3"), Actor("leader", unit, "staff:4")
    form = cmd.Submit(
        type="help",
        channel="phone",
        appellant="citizen",
        publish="yes",
        content="路口信号灯不亮，行人过街不安全，请修理",
    )
    outcome = actions.register(form, city=city, actor=Actor("seat", None, "staff:1"), now=start)
    steps: list[tuple[str, cmd.Command, Actor]] = [
        ("DISPATCHED", cmd.Dispatch(unit=unit, basis="清单"), Actor("dispatcher", None, "staff:2")),
        ("HANDLING", cmd.Sign(), officer),
        ("APPROVED", cmd.ApproveReply(), leader),
        ("REPLIED", cmd.Reply(text="已经修好，感谢来电", channel="phone", kind="final"), officer),
        ("CALLBACK", cmd.PassAudit(), Actor("auditor", None, "staff:5")),
        ("CLOSED", cmd.Callback(reached=True, satisfied="satisfied", resolved=True), Actor("callback_agent")),
    ]
    moment = start
    for state, command, actor in steps:
        if outcome.order.status == until:
            break
        moment += timedelta(minutes=5)
        outcome = actions.apply(command, order_id=outcome.order.id, actor=actor, now=moment)
        if state == until:
            break
    assert outcome.order.status == until, (outcome.order.status, until)
    return Template(outcome.order.id, ledger_queries.alarm(f"order/{outcome.order.id}"))


def clone(template: Template, count: int, *, mark: str, facts: int = 2) -> None:
    """Clone an order `count` times with its first facts; `mark` keeps the numbers apart."""
    from django.db import connection

    with connection.cursor() as cursor:
        for first in range(1, count + 1, CHUNK):
            cursor.execute(
                _CLONE.format(units=ground.UNITS, places=len(PLACES), things=len(THINGS)),
                {
                    "first": first,
                    "last": min(first + CHUNK - 1, count),
                    "mark": mark,
                    "facts": facts,
                    "template": template.id,
                    "places": list(PLACES),
                    "things": list(THINGS),
                    "alarm": template.alarm,
                },
            )


def settle() -> None:
    """Let the planner know the sizes, and forget what waits in the outbox."""
    from django.db import connection, connections

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_outbox")
    # The application's role may not gather statistics of tables that it does not own.
    with connections["owner" if "owner" in connections else "default"].cursor() as cursor:
        for name in ("orders_order", "appeals_appeal", "ledger_event", "ledger_alarm", "ledger_outbox"):
            cursor.execute(f"VACUUM ANALYZE {name}")
