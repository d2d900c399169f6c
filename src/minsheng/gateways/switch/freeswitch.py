"""The configuration of a FreeSWITCH (1.10 and later) that the platform controls: one file, `freeswitch.xml`.

Every call is parked for the platform; one that nobody has taken within the grace goes to the fallback, which rings the
phones by turns and then asks the platform again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

from minsheng.gateways.switch.asterisk import FALLBACK_PROMPT
from minsheng.gateways.switch.esl import PROFILE
from minsheng.gateways.switch.esl_events import APP
from minsheng.gateways.switch.plan import Plan, Trunk

MODULES: Final = (
    "mod_logfile", "mod_event_socket", "mod_sofia", "mod_commands", "mod_conference", "mod_dptools",
    "mod_dialplan_xml", "mod_local_stream", "mod_sndfile", "mod_tone_stream",
)  # fmt: skip
_CONTEXT, _PHONES, _FALLBACK = "platform", "phones", "fallback"


def files(plan: Plan, *, folder: str) -> Mapping[str, str]:
    """Return what each file says. `folder`: where they will lie, which this one need not know."""
    lines = [
        '<document type="freeswitch/xml">', '<section name="configuration">', *_configuration(plan), "</section>",
        '<section name="dialplan">', *_dialplan(plan), "</section>",
        '<section name="directory">', *_directory(plan), "</section>", "</document>", "",
    ]  # fmt: skip
    return {"freeswitch.xml": "\n".join(lines)}


def _configuration(plan: Plan) -> Iterator[str]:
    yield '<configuration name="modules.conf"><modules>'
    yield from (f"<load module={quoteattr(each)}/>" for each in MODULES)
    yield "</modules></configuration>"
    yield from _settings(
        "event_socket.conf",
        {"listen-ip": "127.0.0.1", "listen-port": str(plan.control), "password": plan.password},
    )
    # A word of the log would have callers' numbers from `notice` on.
    yield '<configuration name="logfile.conf"><profiles><profile name="default"><mappings>'
    yield '<map name="all" value="warning,err,crit,alert"/></mappings></profile></profiles></configuration>'
    yield from _settings("switch.conf", {"rtp-start-port": str(plan.media[0]), "rtp-end-port": str(plan.media[1])})
    yield '<configuration name="acl.conf"><network-lists><list name="carriers" default="deny">'
    for trunk in plan.trunks:
        yield from (f'<node type="allow" cidr={quoteattr(_cidr(each))}/>' for each in trunk.match)
    yield "</list></network-lists></configuration>"
    yield f'<configuration name="local_stream.conf"><directory name="{PROFILE}"'
    yield f"path={quoteattr(f'{plan.prompts}/music')}>{_param('rate', '8000')}</directory></configuration>"
    yield f'<configuration name="conference.conf"><profiles><profile name="{PROFILE}">'
    yield from (_param(name, value) for name, value in {"rate": "8000", "interval": "20", "energy-level": "0"}.items())
    yield "</profile></profiles></configuration>"
    yield f'<configuration name="sofia.conf"><profiles><profile name="{PROFILE}"><gateways>'
    for trunk in plan.trunks:
        yield from _gateway(trunk)
    yield "</gateways><settings>"
    yield from (_param(name, value) for name, value in _profile(plan).items())
    yield "</settings></profile></profiles></configuration>"


def _profile(plan: Plan) -> Mapping[str, str]:
    said = {
        "context": _CONTEXT, "dialplan": "XML", "sip-ip": plan.listen, "rtp-ip": plan.listen,
        "sip-port": str(plan.sip), "auth-calls": "true", "apply-inbound-acl": "carriers",
        "inbound-codec-prefs": "PCMA,PCMU", "outbound-codec-prefs": "PCMA,PCMU", "rfc2833-pt": "101",
        "disable-transfer": "true", "force-register-domain": PROFILE, "force-register-db-domain": PROFILE,
    }  # fmt: skip
    if plan.certificate:
        folder = plan.certificate.rpartition("/")[0]
        said |= {"tls": "true", "tls-sip-port": str(plan.secure), "tls-cert-dir": folder, "tls-version": "tlsv1.2"}
    if any(each.in_browser for each in plan.phones):
        said |= {"ws-binding": f"127.0.0.1:{plan.secure + 1}"}
    return said


def _gateway(trunk: Trunk) -> Iterator[str]:
    yield f"<gateway name={quoteattr(trunk.name)}>"
    said = {
        "proxy": trunk.host, "register": "true" if trunk.user else "false", "username": trunk.user or trunk.name,
        "password": trunk.password or "none", "caller-id-in-from": "true",
    }  # fmt: skip
    if trunk.is_encrypted:
        said |= {"register-transport": "tls", "contact-params": "transport=tls"}
    yield from (_param(name, value) for name, value in said.items())
    if trunk.is_encrypted:
        yield '<variables><variable name="rtp_secure_media" value="mandatory" direction="outbound"/></variables>'
    yield "</gateway>"


def _dialplan(plan: Plan) -> Iterator[str]:
    every = "|".join(f"[leg_timeout=15]user/{each.name}@{PROFILE}" for each in plan.phones)
    yield f'<context name="{_CONTEXT}">'
    yield from _extension(
        "fallback", f"^{_FALLBACK}$",
        ("unset", APP), ("answer", ""), ("playback", f"{plan.prompts}/{FALLBACK_PROMPT}.wav"),
        ("set", "continue_on_fail=true"), ("set", "hangup_after_bridge=true"),
        ("set", f"transfer_ringback=local_stream://{PROFILE}"), *((("bridge", every),) if every else ()),
        ("sleep", "1000"), ("transfer", f"${{minsheng_dialed}} XML {_CONTEXT}"),
    )  # fmt: skip
    yield from _extension(
        "in", "^[+0-9]+$",
        ("set", f"{APP}={plan.app}"), ("set", "minsheng_dialed=${destination_number}"),
        ("sched_transfer", f"+{max(plan.grace, 1)} {_FALLBACK} XML {_CONTEXT}"), ("ring_ready", ""), ("park", ""),
    )  # fmt: skip
    yield "</context>"
    # Agents dial nobody: the platform calls for them.
    yield f'<context name="{_PHONES}">'
    yield from _extension("none", ".*", ("hangup", "CALL_REJECTED"))
    yield "</context>"


def _directory(plan: Plan) -> Iterator[str]:
    yield f'<domain name="{PROFILE}"><params>'
    yield _param("dial-string", f"${{sofia_contact({PROFILE}/${{dialed_user}}@{PROFILE})}}")
    yield "</params><users>"
    for phone in plan.phones:
        yield f"<user id={quoteattr(phone.name)}><params>{_param('password', phone.password)}</params>"
        yield f'<variables><variable name="user_context" value="{_PHONES}"/></variables></user>'
    yield "</users></domain>"


def _extension(name: str, expression: str, *actions: tuple[str, str]) -> Iterator[str]:
    yield f'<extension name="{name}"><condition field="destination_number" expression={quoteattr(expression)}>'
    yield from (f"<action application={quoteattr(what)} data={quoteattr(data)}/>" for what, data in actions)
    yield "</condition></extension>"


def _settings(name: str, said: Mapping[str, str]) -> Iterator[str]:
    yield f'<configuration name="{name}"><settings>'
    yield from (_param(each, value) for each, value in said.items())
    yield "</settings></configuration>"


def _param(name: str, value: str) -> str:
    return f"<param name={quoteattr(name)} value={quoteattr(value)}/>"


def _cidr(match: str) -> str:
    return match if "/" in match else f"{match}/{128 if ':' in match else 32}"
