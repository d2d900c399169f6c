"""The role of those who oversee from outside; a program of before knows it not."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

ROLES = (
    "seat", "specialist", "dispatcher", "auditor", "callback_agent", "supervisor", "designated_officer", "duty_leader",
    "office", "command", "joint_meeting", "discipline", "connector", "forum_admin", "mystery_caller", "overseer",
    "admin", "security_admin", "audit_admin", "officer", "leader", "head", "citizen",
)  # fmt: skip


class Migration(migrations.Migration):
    """Only what a row may say grows; no row changes."""

    dependencies = [("people", "0022_unitcontact_confirmed_on")]

    operations = [
        migrations.RemoveConstraint("roleassignment", "people_roleassignment_role"),
        migrations.AddConstraint(
            "roleassignment",
            models.CheckConstraint(condition=Q(role__in=ROLES), name="people_roleassignment_role"),
        ),
        migrations.RemoveConstraint("client", "people_client_roles"),
        migrations.AddConstraint(
            "client",
            models.CheckConstraint(condition=Q(roles__contained_by=list(ROLES)), name="people_client_roles"),
        ),
    ]
