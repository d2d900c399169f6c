"""What people bring: units, contacts, rosters, staff, sign-in, clients, the vault."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Job, Stream, Table
from minsheng.domain.actors import UNIT_ROLES

# Whom a question may lead to an expert (`experts.READERS`, held together by a test).
READERS = ("seat", "specialist", "dispatcher", "supervisor", "duty_leader", "office")
# Who files for a unit, and who sees what units lack (JY-3b).
_FILES = (*UNIT_ROLES, "supervisor", "duty_leader", "office", "dispatcher")

FEATURE = Feature(
    name="people",
    app="minsheng.core.people",
    tables={
        "Unit": Table(kept="setting", personal=("phone",)),
        "Region": Table(kept="setting"),
        "UnitRegion": Table(kept="setting"),
        "Place": Table(kept="record"),
        "FormerUnit": Table(kept="record"),
        "UnitContact": Table(kept="record", personal=("name", "phone_enc")),
        "Roster": Table(kept="record", personal=("phone_enc", "substitute_phone_enc")),
        "Staff": Table(kept="setting", personal=("username", "display_name")),
        "RoleAssignment": Table(kept="setting"),
        "DeskShift": Table(kept="record"),
        "Expert": Table(kept="record", personal=("name", "phone_enc")),
        "Factor": Table(kept="setting", personal=("secret_enc",)),
        "SignInSubject": Table(kept="setting", personal=("subject",)),
        "Alarm": Table(kept="record", personal=("about",)),
        "AdminNetwork": Table(kept="setting"),
        "FormerPassword": Table(kept="setting"),
        "PasswordRequest": Table(kept="work", cleared="forget_sessions"),
        "RecoveryCode": Table(kept="setting"),
        "KnownDevice": Table(kept="work", cleared="forget_sessions"),
        "SignInPass": Table(kept="work", cleared="forget_sessions"),
        "OpenSession": Table(kept="work", cleared="forget_sessions"),
        "Count": Table(kept="work", cleared="forget_sessions"),
        "Client": Table(kept="setting"),
        "VaultKey": Table(kept="setting"),
        "Appellant": Table(
            kept="record",
            personal=("name_enc", "phone_enc", "id_number_enc", "address_enc", "phone_index", "id_index"),
        ),
    },
    streams={
        "contact": Stream(life_cycle="minsheng.core.people.contacts:KIND"),
        "identity": Stream(witness="minsheng.core.people.witness"),
        "unit": Stream(),
        "staff": Stream(),
        "desks": Stream(),
        "expert": Stream(),
        "region": Stream(),
        "places": Stream(),
        "client": Stream(),
        "security": Stream(),
    },
    jobs={
        "forget_sessions": Job("minsheng.core.people.tasks:forget", "usual", "30 * * * *"),
        "end_dormant": Job("minsheng.core.people.tasks:end_dormant", "usual", "40 2 * * *"),
        "remind_of_experts": Job("minsheng.core.people.tasks:remind_of_experts", "usual", "20 0 * * *"),
        "watch_refusals": Job("minsheng.core.people.alarms:watch_refusals", "usual", "*/5 * * * *"),
        "watch_desks": Job("minsheng.core.people.tasks:watch_desks", "usual", "5 * * * *"),
    },
    urls=("minsheng.core.people.urls",),
    navigation=(
        Entry(place=90, url="people:contacts", label="联系人", roles=_FILES),
        Entry(place=100, url="people:roster", label="值班", roles=_FILES),
        Entry(place=110, url="people:experts", label="专员与专家", roles=READERS),
        Entry(
            place=115,
            url="people:security",
            label="登录安全",
            roles=("security_admin",),
            also=("people:factor_reset", "people:addresses"),
        ),
        Entry(place=117, url="people:single_bindings", label="统一身份", roles=("admin",)),
        Entry(place=116, url="people:password_requests", label="密码申请", roles=("admin",)),
        Entry(place=120, url="people:give_pass", label="锁定账号", roles=("security_admin", "supervisor")),
    ),
    finds=("minsheng.core.people.finding:contacts",),
    checks=(
        "minsheng.core.people.checks:duties",
        "minsheng.core.people.checks:administrators",
        "minsheng.core.people.checks:unit_hours",
    ),
    stocks=("minsheng.core.people.statistics:stocks",),
    leaves=("minsheng.core.people.accounts.duties:SHIFTS", "minsheng.core.people.accounts.duties:ROSTERS"),
)
