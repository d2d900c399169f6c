"""The kinds of jobs, as the features bring them, and how soon one that failed is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from minsheng.core.features import queries as features

# A class of priority: the queue, whose workers no job of another queue keeps busy, and the order within it.
PACES: Final[Mapping[str, tuple[str, int]]] = MappingProxyType(
    {"urgent": ("quick", 10), "usual": ("quick", 0), "long": ("long", 0)}
)
# How many jobs of a queue one process does at once.
QUEUES: Final[Mapping[str, int]] = MappingProxyType({"quick": 3, "long": 2})

# The argument of every job that says which request wants it.
ORIGIN: Final = "request"
# What is noted of a job whose worker was lost in the middle of it.
LOST: Final = "WorkerLost"
_TRIES: Final = 8
_LONGEST_WAIT: Final = 300


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of job does (a dotted name), its class, and when it comes by itself (cron, the seconds last)."""

    name: str
    does: str
    pace: str
    every: str | None

    @property
    def queue(self) -> str:
        """Return the queue that it waits in."""
        return PACES[self.pace][0]

    @property
    def priority(self) -> int:
        """Return its place in the queue; a higher one comes first."""
        return PACES[self.pace][1]


def all_kinds() -> list[Kind]:
    """Return the kinds that the features bring."""
    return [Kind(name, job.does, job.pace, job.every) for name, job in features.jobs().items()]


def named(name: str) -> Kind:
    """Return a kind by its name. Raises: KeyError."""
    job = features.jobs()[name]
    return Kind(name, job.does, job.pace, job.every)


def unique(name: str, key: str = "") -> str:
    """Return what no two waiting jobs have in common, and no two running ones."""
    return f"{name}/{key}" if key else name


class Backoff(BaseRetryStrategy):
    """Later and later, five minutes apart at most. What comes by itself is tried for ever; what somebody asked for
    eight times, and then waits for the administrator."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when a job that has failed is tried again, or None."""
        if job.queueing_lock != job.task_name and job.attempts + 1 >= _TRIES:
            return None
        return RetryDecision(retry_in={"seconds": min(4 ** min(job.attempts, 5), _LONGEST_WAIT)})


BACKOFF: Final = Backoff()
