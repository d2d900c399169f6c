"""What a FreeSWITCH tells, in the words of the port; and what is remembered of its channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, Final

from minsheng.gateways.switch import port
from minsheng.gateways.switch.ari_events import Channel
from minsheng.gateways.switch.port import SwitchEvent, Who

LISTENER: Final = "minsheng::listener"
# What a listener subscribes to.
ASKED: Final = (
    "BACKGROUND_JOB CHANNEL_PARK CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_HANGUP_COMPLETE "
    "CHANNEL_EXECUTE_COMPLETE CHANNEL_HOLD CHANNEL_UNHOLD DTMF CUSTOM sofia::register sofia::unregister sofia::expire "
    f"conference::maintenance {LISTENER}"
)  # fmt: skip
# The variable that says whose a channel is; dialplan and originate set it.
APP: Final = "minsheng_app"
_CAUSES: Final = {
    "NORMAL_CLEARING": "hung_up", "USER_BUSY": "busy", "NO_ANSWER": "no_answer", "NO_USER_RESPONSE": "no_answer",
    "ALLOTTED_TIMEOUT": "no_answer", "PROGRESS_TIMEOUT": "no_answer", "ORIGINATOR_CANCEL": "hung_up",
    "CALL_REJECTED": "rejected", "USER_NOT_REGISTERED": "unregistered", "SUBSCRIBER_ABSENT": "unregistered",
    "UNALLOCATED_NUMBER": "rejected",
}  # fmt: skip

Told = Mapping[str, Any]


class Known:
    """What lives at a FreeSWITCH for an application, as far as events say. `prompts`: the folder of their files."""

    def __init__(self, *, app: str, prompts: str) -> None:
        self._app, self._prompts = app, prompts
        self.live: dict[str, Channel] = {}
        self.ours: set[str] = set()
        self.playing: dict[str, str] = {}
        self.recordings: dict[str, str] = {}

    def told(self, event: Told) -> Iterator[SwitchEvent]:
        """Give what an event means; most mean nothing."""
        id = str(event.get("Unique-ID", ""))
        match event.get("Event-Name"):
            case "CHANNEL_PARK" if event.get(f"variable_{APP}") == self._app:
                yield from self._parked(id, event)
            case "CHANNEL_PROGRESS" | "CHANNEL_PROGRESS_MEDIA" if (found := self._out(id)) and not found.rang:
                found.rang = True
                yield port.CallProgress(id)
            case "CHANNEL_ANSWER" if (found := self.live.get(id)) and not found.answered:
                found.answered = True
                if not found.inbound:
                    yield port.CallAnswered(id)
            case "CHANNEL_HANGUP_COMPLETE":
                yield from self._ended(id, str(event.get("Hangup-Cause", "")))
            case "CHANNEL_EXECUTE_COMPLETE" if event.get("Application") == "playback":
                yield from self._played(id, event)
            case "DTMF" if id in self.live:
                yield port.Digit(id, str(event.get("DTMF-Digit", "")))
            case "CHANNEL_HOLD" if id in self.live:
                yield port.PhoneHold(id)
            case "CHANNEL_UNHOLD" if id in self.live:
                yield port.PhoneUnhold(id)
            case "CUSTOM":
                yield from self._custom(event)

    def _out(self, id: str) -> Channel | None:
        found = self.live.get(id)
        return found if found is not None and not found.inbound else None

    def _parked(self, id: str, event: Told) -> Iterator[SwitchEvent]:
        if event.get("Call-Direction") == "inbound" and id not in self.live:
            ani, dnis = str(event.get("Caller-Caller-ID-Number", "")), str(event.get("Caller-Destination-Number", ""))
            self.live[id] = Channel(True, ani=ani, dnis=dnis)
            yield port.CallArrived(id, ani, dnis, str(event.get("variable_minsheng_trunk", "")))

    def _ended(self, id: str, told: str) -> Iterator[SwitchEvent]:
        found = self.live.pop(id, None)
        self.playing.pop(id, None)
        if found is None:
            return
        cause = _CAUSES.get(told, "hung_up" if found.answered else "no_answer")
        who: Who = "caller" if found.inbound else "switch" if cause == "no_answer" else "callee"
        if id in self.ours:
            self.ours.discard(id)
            cause, who = "hung_up", "us"
        yield port.CallEnded(id, cause, who)

    def _played(self, id: str, event: Told) -> Iterator[SwitchEvent]:
        prompt = self.playing.get(id, "")
        if prompt and event.get("Application-Data") == file_of(self._prompts, prompt):
            del self.playing[id]
            yield port.PlayFinished(id, prompt, failed=event.get("Application-Response") == "FILE NOT FOUND")

    def _custom(self, event: Told) -> Iterator[SwitchEvent]:
        match event.get("Event-Subclass"):
            case "sofia::register":
                yield port.EndpointState(str(event.get("from-user", "")), True)
            case "sofia::unregister" | "sofia::expire":
                yield port.EndpointState(str(event.get("from-user", event.get("user", ""))), False)
            case "conference::maintenance" if event.get("Action") == "stop-recording":
                file = PurePath(str(event.get("Path", "")))
                if self.recordings.pop(file.stem, None) is not None:
                    seconds = int(event.get("Milliseconds-Elapsed", 0)) / 1000
                    yield port.RecordingFinished(file.stem, file.name, seconds)


def file_of(folder: str, name: str) -> str:
    """Return the file of a prompt or of a recording."""
    return f"{folder}/{name}.wav"
