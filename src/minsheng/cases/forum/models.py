"""The forum's rows: threads beside their streams, what is written in them, members with their names."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.core.people.queries import FIELDS
from minsheng.domain.forum.state import OPEN, PENDING, SHOWN, UNANSWERED
from minsheng.domain.forum.thread import CYCLE

WAITING, READ, REFUSED = "waiting", "read", "refused"


class Member(models.Model):
    """Who writes in the forum: a name beside an account of a citizen, which is the only one that knows who that is.

    `account`: its id; no list, page or export of the forum gives it away. `folded`: the name as it is compared, so that
    no two look alike. `name`: the one that everybody reads, empty until the administrator has let one in; `asked`: the
    one that waits. `banned_until`: the far end of time for good. Source: SZ-17a, SZ-26.
    """

    id = models.UUIDField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.UUIDField()
    name = models.TextField(default="", blank=True)
    folded = models.TextField(default="", blank=True)
    asked = models.TextField(default="", blank=True)
    asked_folded = models.TextField(default="", blank=True)
    asked_at = models.DateTimeField(null=True)
    refused = models.TextField(default="", blank=True)
    banned_until = models.DateTimeField(null=True)
    banned_for = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "account"], name="forum_member_account"),
            models.UniqueConstraint(
                fields=["city", "folded"], condition=~models.Q(folded=""), name="forum_member_name_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["city", "asked_at", "id"], condition=~models.Q(asked=""), name="forum_member_names_asked"
            ),
        ]


class Thread(LifeCycleRow):
    """A thread; `code`: its address, which says nothing of how many there are; `member`: who posted it.

    `units`: the responsible unit, those with a part, and the one that is asked. `title`: as everybody reads it, empty
    while nobody may.
    """

    code = models.TextField(unique=True)
    member = models.TextField()
    board = models.TextField(default="", blank=True)
    title = models.TextField(default="", blank=True)
    size = models.TextField(default="", blank=True)
    is_special = models.BooleanField(default=False)
    rectification = models.TextField(default="", blank=True)
    order = models.TextField(default="", blank=True)
    comments = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    posted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    satisfied = models.BooleanField(null=True)

    class Meta:
        indexes = [
            *list_indexes("forum_thread", ends=CYCLE.ends),
            models.Index(
                fields=["city", "board", "-approved_at", "-id"], condition=models.Q(status__in=SHOWN),
                name="forum_thread_board",
            ),
            models.Index(
                fields=["city", "-approved_at", "-id"], condition=models.Q(status__in=SHOWN), name="forum_thread_newest"
            ),
            models.Index(
                fields=["city", "approved_at", "id"], condition=models.Q(status=OPEN), name="forum_thread_patrol"
            ),
            models.Index(
                fields=["city", "posted_at", "id"], condition=models.Q(status=PENDING), name="forum_thread_pending"
            ),
            models.Index(fields=["city", "member", "-posted_at"], name="forum_thread_member"),
            models.Index(
                fields=["order"], condition=~models.Q(order="") & models.Q(status__in=UNANSWERED),
                name="forum_thread_order",
            ),
        ]  # fmt: skip


class Post(models.Model):
    """Something that is written in a thread: by its author, by others below it, by units and the platform.

    `version`: of the fact by which it was written, or given; `number`: of a comment. `text` is what everybody reads,
    and empty while nobody may: what waits is sealed with its fact.
    """

    id = models.BigAutoField(primary_key=True)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts", db_index=False)
    version = models.IntegerField()
    number = models.IntegerField(default=0)
    kind = models.TextField()
    standing = models.TextField(default=READ)
    unit = models.TextField(default="", blank=True)
    member = models.TextField(default="", blank=True)
    text = models.TextField(default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "version"], name="forum_post_once")]
        indexes = [
            models.Index(fields=["thread", "number"], condition=~models.Q(number=0), name="forum_post_comments"),
            models.Index(fields=["at", "id"], condition=models.Q(standing=WAITING), name="forum_post_waiting"),
        ]


class Disclosure(models.Model):
    """That an organ asks by law who wrote something: one person asks, another decides, each of the two reads it once.

    `comment`: the number of the thread's comment that is meant, empty for the thread itself; `wanted`: what the
    document asks for, and all that is read; `purpose`: in which nobody is named; `agreed` none: nobody has decided.
    Who the writer is stands nowhere here. Source: SZ-26.
    """

    id = models.UUIDField(primary_key=True)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+", db_index=False)
    city = models.TextField()
    organ = models.TextField()
    document = models.TextField()
    purpose = models.TextField()
    comment = models.TextField(db_default="", default="", blank=True)
    wanted = ArrayField(models.TextField(), db_default=list(FIELDS))
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    decided_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    asker_opened_at = models.DateTimeField(null=True)
    second_opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["city", "-asked_at"], name="forum_disclosure_newest")]


class View(models.Model):
    """How often a thread was opened in one hour: by people, and by machines, which are counted apart.

    `thread` is no foreign key: counting a view would wait for whoever holds the thread's row. Source: AR-1.1b.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    thread = models.UUIDField()
    hour = models.DateTimeField()
    views = models.BigIntegerField(default=0)
    robots = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "hour"], name="forum_view_once")]
        indexes = [models.Index(fields=["hour"], name="forum_view_hour")]


class Visit(models.Model):
    """That some address opened some thread: a keyed hash of both, so that 30 minutes count once; forgotten daily."""

    key = models.BinaryField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="forum_visit_at")]


class Subscription(models.Model):
    """What a unit looks for on the patrol list: threads of a board, of a size, with words; what is empty asks nothing.

    Source: SZ-20a.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    unit = models.TextField()
    board = models.TextField(default="", blank=True)
    size = models.TextField(default="", blank=True)
    words = models.TextField(default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "unit", "board", "size", "words"], name="forum_subscription_once")
        ]


class Picture(models.Model):
    """A picture of a thread: `digest` is that of the copy without metadata, `attachment` the original's.

    `is_left_out`: the administrator let the thread in without it.
    """

    id = models.BigAutoField(primary_key=True)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="pictures", db_index=False)
    place = models.IntegerField()
    attachment = models.UUIDField()
    digest = models.TextField()
    media_type = models.TextField()
    extension = models.TextField()
    size = models.BigIntegerField()
    is_left_out = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "place"], name="forum_picture_once")]
        indexes = [models.Index(fields=["digest"], name="forum_picture_digest")]
