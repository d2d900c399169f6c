"""What the administration brings: its pages, its place in the navigation, and the stream of what was exported."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream

FEATURE = Feature(
    name="administration",
    app="minsheng.desks.administration",
    streams={"administration": Stream()},
    urls=("minsheng.desks.administration.urls",),
    navigation=(
        Entry(
            place=15,
            url="administration:staff",
            label="系统管理",
            roles=("admin",),
            also=(
                "administration:staff_new",
                "administration:staff_codes",
                "administration:staff_one",
                "administration:staff_leave",
                "administration:staff_do",
                "administration:units",
                "administration:units_new",
                "administration:units_one",
                "administration:units_do",
                "administration:regions",
                "administration:places",
                "administration:places_one",
                "administration:clients",
                "administration:clients_new",
                "administration:clients_one",
                "administration:clients_do",
                "administration:calendars",
                "administration:calendars_look",
                "administration:calendars_load",
                "administration:calendars_year",
                "administration:packs",
                "administration:packs_difference",
                "administration:packs_coming",
                "administration:packs_activate",
                "administration:messages",
                "administration:messages_one",
                "administration:categories",
                "administration:cities",
                "administration:operation",
                "administration:import",
                "administration:import_take_in",
            ),
        ),
    ),
)
