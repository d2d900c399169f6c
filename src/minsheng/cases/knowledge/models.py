"""What the knowledge base holds: a row each of articles, documents and duties, the terms they are found by, hints."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.knowledge import article, basis, duty


class Article(LifeCycleRow):
    """An article; the columns are those of its published version, of the waiting one where there is none yet.

    `target_unit`: whose it is. `documents`: ids of what it rests on. `indexed`: the version whose terms stand in
    `Posting`, none is 0; `text`: its body without marks. `valid_from`, `valid_to`: days of the city.
    """

    title = models.TextField(default="", blank=True)
    english_title = models.TextField(default="", blank=True)
    audience = models.TextField(default="public")
    category = models.TextField(default="", blank=True)
    region = models.TextField(default="", blank=True)
    level = models.TextField(default="city")
    item_code = models.TextField(default="", blank=True)
    documents = ArrayField(models.TextField(), default=list)
    edition = models.IntegerField(default=0)
    indexed = models.IntegerField(default=0)
    phonetic = models.TextField(default="", blank=True)
    text = models.TextField(default="", blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    checked_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            *list_indexes("knowledge_article", ends=(article.WITHDRAWN,)),
            models.Index(fields=["city", "status", "-published_at"], name="knowledge_article_newest"),
            GinIndex(fields=["documents"], name="knowledge_article_documents"),
        ]


class Basis(LifeCycleRow):
    """A document that articles rest on; `number` is its own."""

    title = models.TextField(default="", blank=True)
    issued = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        indexes = list_indexes("knowledge_basis", ends=(basis.REPEALED,))


class Duty(LifeCycleRow):
    """A unit's duty; `entries`: the numbers of its articles."""

    entries = ArrayField(models.TextField(), default=list)
    begun_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            *list_indexes("knowledge_duty", ends=(duty.DONE,)),
            GinIndex(fields=["entries"], name="knowledge_duty_entries"),
        ]


class Posting(models.Model):
    """A term by which a published version is found, with its weight there (BM25's part of the article)."""

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="postings", db_index=False)
    term = models.TextField()
    weight = models.FloatField()

    class Meta:
        indexes = [
            models.Index(fields=["city", "term"], include=["article", "weight"], name="knowledge_posting_term"),
            models.Index(fields=["article", "term"], include=["weight"], name="knowledge_posting_article"),
        ]


class Term(models.Model):
    """How many published versions a term stands in, which says how much it tells; the empty one stands in all."""

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    term = models.TextField()
    held = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "term"], name="knowledge_term_once")]


class Hint(models.Model):
    """That a duty may be wanted, as the platform found it; the office makes one of it or lays it aside.

    `kind`: basis_ended, check_due, corrections or gap; `about`: what tells it from others of its kind: an id, a
    category. `articles`: their numbers. Nothing in it was said by anybody.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()
    about = models.TextField()
    unit = models.TextField(default="", blank=True)
    articles = models.JSONField(default=list)
    count = models.IntegerField(default=0)
    at = models.DateTimeField()
    duty = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "kind", "about"], condition=models.Q(closed_at=None), name="knowledge_hint_open_once"
            ),
        ]
