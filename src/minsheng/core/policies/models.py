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
    # What takes the pack's place, and from which day on.
    next_pack = models.TextField(null=True)
    next_overlays = ArrayField(models.TextField(), null=True)
    next_from = models.DateField(null=True)

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


TRIAL_STATES = ("WAITING", "HELD", "FAILED", "USED")


class Trial(models.Model):
    """A pack that is to come into force for a city from a day on, and how its stories went."""

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="+")
    pack = models.TextField()
    overlays = ArrayField(models.TextField(), default=list)
    starts_on = models.DateField()
    state = models.TextField(default="WAITING")
    # Stories and their steps that held; a line for each that did not.
    stories = models.IntegerField(default=0)
    steps = models.IntegerField(default=0)
    faults = ArrayField(models.TextField(), default=list)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=TRIAL_STATES), name="policies_trial_state"),
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
