"""Cities and the calendar years that were loaded after release. The rules themselves are packs, which are files."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

# From the top: whose platform is under whose.
TIERS = ("province", "city", "county")


class City(models.Model):
    """A platform: a city's, a county's or a province's own, under one pack. Source: SZ-6b, SZ-47, JS-2.2b."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    pack = models.TextField()
    overlays = ArrayField(models.TextField(), default=list)
    # A folder of packs of the operator's own; empty: the packs that are shipped.
    pack_folder = models.TextField(default="", blank=True)
    active = models.BooleanField(default=True)
    display = models.JSONField(default=dict)
    tier = models.TextField(default="city", db_default="city")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[a-z][a-z0-9_]{1,39}$"), name="policies_city_code"
            ),
            models.CheckConstraint(condition=models.Q(tier__in=TIERS), name="policies_city_tier"),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("code")), name="policies_city_not_its_own_parent"
            ),
        ]


class CalendarYear(models.Model):
    """The State Council's arrangement for one year, loaded by hand when it was published after the release."""

    id = models.BigAutoField(primary_key=True)
    country = models.TextField(default="CN")
    year = models.IntegerField()
    holidays = ArrayField(models.DateField())
    workdays = ArrayField(models.DateField())
    final = models.BooleanField()
    source = models.TextField()
    loaded_at = models.DateTimeField()
    loaded_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "year"], name="policies_calendaryear_country_year"),
            models.CheckConstraint(condition=models.Q(year__range=(2000, 2199)), name="policies_calendaryear_year"),
        ]
