"""The people and units of the tests. All invented: no name, number or address here belongs to anybody."""

from __future__ import annotations

from dataclasses import dataclass

from minsheng.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with what the identity vault keeps of people."""

    name: str
    phone: str
    id_number: str
    address: str


# Citizens
LU_XIAOHE = Person("陆晓禾", "13000000001", "000000199001010011", "桃源路一号")
QIAO_MUBAI = Person("乔慕白", "13000000002", "000000198502020022", "柳浪街二号")
GE_ANRAN = Person("葛安然", "13000000003", "000000197803030033", "枫桥里三号")

# Staff of the hotline
SEAT = Actor("seat", person="wen-seat")
SPECIALIST = Actor("specialist", person="pan-specialist")
DISPATCHER = Actor("dispatcher", person="jin-dispatcher")
AUDITOR = Actor("auditor", person="shao-auditor")
CALLBACK_AGENT = Actor("callback_agent", person="hua-callback")
SUPERVISOR = Actor("supervisor", person="rong-supervisor")
DESIGNATED_OFFICER = Actor("designated_officer", person="tang-designated")
DUTY_LEADER = Actor("duty_leader", person="xue-duty")
OFFICE = Actor("office", person="meng-office")
COMMAND = Actor("command", person="yan-command")
JOINT_MEETING = Actor("joint_meeting", person="qi-meeting")
CONNECTOR = Actor("connector")
ADMIN = Actor("admin", person="bai-admin")
CITIZEN = Actor("citizen", person="lu-citizen")

# Units
GREENS = "绿化局"
WATERS = "水务局"
ROADS = "路桥局"


def officer(unit: str) -> Actor:
    """Return the officer of a unit."""
    return Actor("officer", unit, f"officer-of-{unit}")


def leader(unit: str) -> Actor:
    """Return the deputy head of a unit who approves."""
    return Actor("leader", unit, f"leader-of-{unit}")


def head(unit: str) -> Actor:
    """Return the head of a unit."""
    return Actor("head", unit, f"head-of-{unit}")
