"""Units, staff, clients and the identity vault."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("policies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Staff",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("username", models.TextField(unique=True)),
                ("display_name", models.TextField()),
                ("is_active", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False)),
                ("password_changed_at", models.DateTimeField(null=True)),
                ("confidentiality_ack_at", models.DateTimeField(null=True)),
                ("confidentiality_version", models.TextField(blank=True, default="")),
                ("last_seen", models.DateTimeField(null=True)),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="policies.city"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("kind", models.TextField()),
                ("level", models.TextField()),
                ("region", models.TextField(blank=True, default="")),
                ("joined_on", models.DateField(null=True)),
                ("left_on", models.DateField(null=True)),
                ("phone", models.TextField(blank=True, default="")),
                ("is_discipline", models.BooleanField(default=False)),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="policies.city"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="people.unit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("person", models.TextField()),
                ("phone_enc", models.BinaryField(null=True)),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rosters", to="people.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Client",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("roles", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("token_prefix", models.TextField(unique=True)),
                ("token_hash", models.BinaryField()),
                ("active", models.BooleanField(default=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("last_used_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="policies.city"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="staff",
            name="unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="staff", to="people.unit"
            ),
        ),
        migrations.CreateModel(
            name="UnitContact",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("post", models.TextField()),
                ("name", models.TextField()),
                ("phone_enc", models.BinaryField(null=True)),
                ("effective_on", models.DateField()),
                ("filed_at", models.DateTimeField(null=True)),
                ("ended_on", models.DateField(null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="people.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Appellant",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("name_enc", models.BinaryField(null=True)),
                ("phone_enc", models.BinaryField(null=True)),
                ("id_number_enc", models.BinaryField(null=True)),
                ("address_enc", models.BinaryField(null=True)),
                ("phone_index", models.BinaryField(null=True)),
                ("id_index", models.BinaryField(null=True)),
                ("key_id", models.TextField()),
                ("created_at", models.DateTimeField()),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="policies.city"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["city", "phone_index"], name="people_appellant_phone"),
                    models.Index(fields=["city", "id_index"], name="people_appellant_id_number"),
                    models.Index(fields=["key_id"], name="people_appellant_key"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("citizen", "enterprise", "organization"))),
                        name="people_appellant_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("role", models.TextField()),
                ("granted_at", models.DateTimeField()),
                ("granted_by", models.TextField()),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("staff", "role"), name="people_roleassignment_staff_role"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                (
                                    "seat",
                                    "specialist",
                                    "dispatcher",
                                    "auditor",
                                    "callback_agent",
                                    "supervisor",
                                    "designated_officer",
                                    "duty_leader",
                                    "office",
                                    "command",
                                    "joint_meeting",
                                    "discipline",
                                    "connector",
                                    "forum_admin",
                                    "admin",
                                    "officer",
                                    "leader",
                                    "head",
                                    "citizen",
                                ),
                            )
                        ),
                        name="people_roleassignment_role",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(fields=("city", "name"), name="people_unit_city_name"),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("platform", "government", "party", "enterprise"))),
                name="people_unit_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ("city", "county", "town"))), name="people_unit_level"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="people_unit_name_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(("left_on__gte", models.F("joined_on"))), name="people_unit_left_after_joined"
            ),
        ),
        migrations.AddIndex(
            model_name="roster",
            index=models.Index(fields=["unit", "ends_at"], name="people_roster_unit_ends"),
        ),
        migrations.AddConstraint(
            model_name="roster",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="people_roster_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.UniqueConstraint(fields=("city", "name"), name="people_client_city_name"),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "roles__contained_by",
                        [
                            "seat",
                            "specialist",
                            "dispatcher",
                            "auditor",
                            "callback_agent",
                            "supervisor",
                            "designated_officer",
                            "duty_leader",
                            "office",
                            "command",
                            "joint_meeting",
                            "discipline",
                            "connector",
                            "forum_admin",
                            "admin",
                            "officer",
                            "leader",
                            "head",
                            "citizen",
                        ],
                    )
                ),
                name="people_client_roles",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitcontact",
            constraint=models.CheckConstraint(
                condition=models.Q(("post__in", ("分管领导", "主要负责人", "负责人", "联系人", "经办人"))),
                name="people_unitcontact_post",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitcontact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)), fields=("unit", "post"), name="people_unitcontact_one_a_post"
            ),
        ),
    ]
