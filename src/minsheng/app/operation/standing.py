"""How the platform stands, in an office's words: what is looked at, from when on it is wrong, and what to do then.

`deploy/prometheus/minsheng.rules.yml` rings at the same limits; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minsheng.core.features.values import Gauge


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at: a gauge, its limit, and the sentences; `%(count)s` in them is the value by `scale`.

    `labels`: those that are looked at, else all, and the worst counts. `is_least`: wrong below the limit, else above.
    """

    gauge: str
    limit: float
    title: str
    good: str
    bad: str
    advice: str
    labels: tuple[tuple[str, str], ...] = ()
    is_least: bool = False
    scale: float = 1

    def of(self, gauges: Iterable[Gauge]) -> list[float]:
        """Return the values that are looked at."""
        wanted = set(self.labels)
        return [each.value for each in gauges if each.name == self.gauge and wanted <= set(each.labels.items())]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page."""

    title: str
    is_good: bool
    says: str
    advice: str


_GIGABYTE: Final = 1024.0**3
WATCHED: Final = (
    Watched(
        "minsheng_outbox_age_seconds",
        60,
        gettext_noop("派单和提醒"),
        gettext_noop("新工单、催办和提醒即时送到各工作台。"),
        gettext_noop("新工单和提醒晚了 %(count)s 秒才能送到工作台。"),
        gettext_noop("请运维人员确认 minsheng work 在运行，并查看它的日志；已登记的工单不会丢失。"),
    ),
    Watched(
        "minsheng_clocks_overdue_seconds",
        120,
        gettext_noop("时限"),
        gettext_noop("到期的时限都已处理。"),
        gettext_noop("有时限到期 %(count)s 秒仍未处理，超时记录会晚些出现，记录的时刻仍然准确。"),
        gettext_noop("请运维人员确认 minsheng sweep 在运行，并查看它的日志。"),
    ),
    Watched(
        "minsheng_events_unsealed_seconds",
        600,
        gettext_noop("办理记录"),
        gettext_noop("办理记录随时封存，可供核验。"),
        gettext_noop("最早的未封存记录已有 %(count)s 秒。"),
        gettext_noop("请运维人员确认 minsheng work 在运行，数据库里没有长时间不结束的事务。"),
    ),
    Watched(
        "minsheng_messages_late_seconds",
        900,
        gettext_noop("短信和消息"),
        gettext_noop("发给市民和工作人员的消息都按时发出。"),
        gettext_noop("有消息晚了 %(count)s 秒还没有发出。"),
        gettext_noop("请运维人员查看短信等通道是否可用；消息会自动重发。"),
    ),
    Watched(
        "minsheng_jobs",
        0,
        gettext_noop("后台作业"),
        gettext_noop("没有失败的后台作业。"),
        gettext_noop("有 %(count)s 个后台作业多次失败，不再重试。"),
        gettext_noop("请系统管理员在“后台作业”页查看原因，再次执行或放弃。"),
        labels=(("state", "failed"),),
    ),
    Watched(
        "minsheng_job_workers",
        1,
        gettext_noop("作业进程"),
        gettext_noop("作业进程在运行。"),
        gettext_noop("没有作业进程在运行，短信、统计和清理会停滞。"),
        gettext_noop("请运维人员确认 minsheng jobs 在运行。"),
        is_least=True,
    ),
    Watched(
        "minsheng_lake_behind_seconds",
        900,
        gettext_noop("报表数据"),
        gettext_noop("报表数据是新的。"),
        gettext_noop("报表数据停留在 %(count)s 秒以前，看板和报表会偏旧。"),
        gettext_noop("请运维人员确认 minsheng lake export 在运行。"),
    ),
    Watched(
        "minsheng_audit_silent_seconds",
        300,
        gettext_noop("审计外送"),
        gettext_noop("办理和拒绝的记录都已送到日志服务器。"),
        gettext_noop("日志服务器已有 %(count)s 秒没有收到记录；记录都在总账里，恢复后补送。"),
        gettext_noop("请运维人员确认日志服务器可以连接，minsheng audit send 在运行。"),
    ),
    Watched(
        "minsheng_backup_age_seconds",
        26 * 3600,
        gettext_noop("备份"),
        gettext_noop("今天的备份已做好。"),
        gettext_noop("最近的备份是 %(count)s 小时以前的。"),
        gettext_noop("请运维人员确认 minsheng backup run 在运行，备份磁盘有空间。"),
        scale=3600,
    ),
    Watched(
        "minsheng_backup_receiving",
        1,
        gettext_noop("备份的日志"),
        gettext_noop("每一条新的记录都随时进入备份。"),
        gettext_noop("新的记录没有进入备份。"),
        gettext_noop("请运维人员确认 minsheng backup run 在运行。"),
        is_least=True,
    ),
    Watched(
        "minsheng_database_connections_ratio",
        0.9,
        gettext_noop("数据库连接"),
        gettext_noop("数据库连接够用。"),
        gettext_noop("数据库连接已用 %(count)s%%，再多就会有人进不来。"),
        gettext_noop("请运维人员提高 max_connections，或减少网页进程和线程。"),
        scale=0.01,
    ),
    Watched(
        "minsheng_disk_free_bytes",
        2 * _GIGABYTE,
        gettext_noop("磁盘空间"),
        gettext_noop("磁盘空间充足。"),
        gettext_noop("磁盘只剩 %(count)s GB，用完后不能再登记。"),
        gettext_noop("请运维人员清理磁盘或扩容。"),
        is_least=True,
        scale=_GIGABYTE,
    ),
)


def lines(gauges: Sequence[Gauge]) -> list[Line]:
    """Return what there is to say, what is wrong first; what nobody measures yet (no export so far) is left out."""
    measured = [(watched, watched.of(gauges)) for watched in WATCHED]
    found = [_line(watched, values) for watched, values in measured if values]
    return sorted(found, key=lambda line: line.is_good)


def _line(watched: Watched, values: list[float]) -> Line:
    worst = min(values) if watched.is_least else max(values)
    is_good = worst >= watched.limit if watched.is_least else worst <= watched.limit
    count = f"{worst / watched.scale:.{1 if watched.scale > 1 else 0}f}"
    says = _(watched.good) if is_good else _(watched.bad) % {"count": count}
    return Line(_(watched.title), is_good, says, "" if is_good else _(watched.advice))
