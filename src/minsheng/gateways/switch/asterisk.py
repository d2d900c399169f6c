"""The configuration of an Asterisk (16 and later) that the platform controls: each file by its name.

Modules are listed one by one. Every call waits in the platform's application; where that is away, the dialplan's own
queue rings the phones by turns until it is back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from minsheng.gateways.switch.plan import Phone, Plan, Trunk

# The classes and names that the adapter uses.
MUSIC: Final = "minsheng"
USER: Final = "minsheng"
FALLBACK_PROMPT: Final = "fallback"
MODULES: Final = (
    "res_timing_timerfd", "res_crypto", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb",
    "res_http_websocket", "res_musiconhold", "res_rtp_asterisk", "res_srtp", "res_pjproject", "res_pjsip",
    "res_pjsip_pubsub", "res_pjsip_session", "res_pjsip_registrar", "res_pjsip_authenticator_digest",
    "res_pjsip_outbound_authenticator_digest", "res_pjsip_outbound_registration",
    "res_pjsip_endpoint_identifier_user", "res_pjsip_endpoint_identifier_ip", "res_pjsip_sdp_rtp",
    "res_pjsip_caller_id", "res_pjsip_header_funcs", "res_pjsip_dtmf_info", "res_pjsip_nat", "res_pjsip_rfc3326",
    "res_pjsip_transport_websocket", "chan_pjsip", "chan_bridge_media", "bridge_simple", "bridge_softmix",
    "bridge_holding", "codec_ulaw", "codec_alaw", "codec_a_mu", "codec_resample", "format_wav", "format_pcm",
    "res_stasis", "res_stasis_answer", "res_stasis_playback", "res_stasis_recording", "res_stasis_snoop",
    "res_stasis_device_state", "app_stasis", "res_ari", "res_ari_model", "res_ari_applications", "res_ari_asterisk",
    "res_ari_bridges", "res_ari_channels", "res_ari_endpoints", "res_ari_events", "res_ari_playbacks",
    "res_ari_recordings", "pbx_config", "app_queue", "app_playback", "func_callerid", "func_channel",
)  # fmt: skip
# What the interface needs since 20.13 and 22.3; an older one says in its log that it has no such module, and runs.
NEWER: Final = ("res_websocket_client",)
_ASKED_FOR: Final = (
    "ccss.conf", "features.conf", "websocket_client.conf", "indications.conf", "acl.conf", "udptl.conf",
    "pjproject.conf",
)  # fmt: skip
_RUN_FOLDERS: Final = {
    "astvarlibdir": "lib", "astdbdir": "lib", "astkeydir": "lib", "astagidir": "agi",
    "astrundir": "run", "astlogdir": "log",
}  # fmt: skip


def files(plan: Plan, *, folder: str) -> Mapping[str, str]:
    """Return what each file says. `folder`: where they will lie."""
    return {
        "asterisk.conf": _asterisk(plan, folder),
        "modules.conf": "\n".join(
            ("[modules]", "autoload=no", *(f"load={each}.so" for each in (*NEWER, *MODULES)), "")
        ),
        "logger.conf": "[general]\nqueue_log=no\ndateformat=%F %T.%3q\n[logfiles]\nmessages => warning,error\n",
        "http.conf": f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={plan.control}\n",
        "ari.conf": f"[general]\nenabled=yes\npretty=no\n\n[{USER}]\ntype=user\nread_only=no\n"
        f"password_format=plain\npassword={plan.password}\n",
        "pjsip.conf": _pjsip(plan),
        "rtp.conf": f"[general]\nrtpstart={plan.media[0]}\nrtpend={plan.media[1]}\nicesupport=yes\nstrictrtp=yes\n",
        "extensions.conf": _extensions(plan),
        "queues.conf": _queues(plan),
        "musiconhold.conf": f"[{MUSIC}]\nmode=files\ndirectory={plan.prompts}/music\nsort=alpha\n",
        "cdr.conf": "[general]\nenable=no\n",
        "cel.conf": "[general]\nenable=no\n",
        "manager.conf": "[general]\nenabled=no\n",
        **dict.fromkeys(_ASKED_FOR, "; nothing is said here: the file keeps the log quiet\n"),
    }


def _asterisk(plan: Plan, folder: str) -> str:
    # Recordings of the interface go to `recording` under the spool.
    lines = ["[directories]", f"astetcdir => {folder}", f"astspooldir => {plan.recordings}"]
    if plan.runs_in is not None:
        lines += [f"{name} => {plan.runs_in}/{under}" for name, under in _RUN_FOLDERS.items()]
    # A word of the log would have callers' numbers from level 3 on.
    return "\n".join((*lines, "[options]", "verbose = 0", "debug = 0", "nocolor = yes", "hideconnect = yes", ""))


def _pjsip(plan: Plan) -> str:
    parts = [
        _part("global", "global", "user_agent=minsheng", "endpoint_identifier_order=username,ip"),
        _part("transport-udp", "transport", "protocol=udp", f"bind={plan.listen}:{plan.sip}"),
    ]
    if plan.certificate:
        files = (f"cert_file={plan.certificate}", f"priv_key_file={plan.key}")
        bind = f"bind={plan.listen}:{plan.secure}"
        parts.append(_part("transport-tls", "transport", "protocol=tls", bind, "method=tlsv1_2", *files))
    if any(each.in_browser for each in plan.phones):
        # Browsers come by nginx, which has the certificate, to the port of `http.conf`.
        parts.append(_part("transport-ws", "transport", "protocol=ws", "bind=127.0.0.1"))
    for trunk in plan.trunks:
        parts += _trunk(plan, trunk)
    for phone in plan.phones:
        parts += _phone(plan, phone)
    return "\n".join(parts)


def _part(name: str, kind: str, *lines: str) -> str:
    """Return one section of `pjsip.conf`; empty lines are left out."""
    return "\n".join((f"[{name}]", f"type={kind}", *(each for each in lines if each), ""))


def _endpoint(plan: Plan, name: str, context: str, *more: str) -> str:
    own = ("media_address=127.0.0.1", "bind_rtp_to_media_address=yes") if plan.listen == "127.0.0.1" else ()
    return _part(
        name, "endpoint", f"context={context}", "disallow=all", "allow=alaw,ulaw", "direct_media=no",
        "dtmf_mode=rfc4733", "allow_transfer=no",
        "send_connected_line=no", f"moh_suggest={MUSIC}", "rtp_symmetric=yes", "force_rport=yes",
        f"aors={name}", *own, *more,
    )  # fmt: skip


def _trunk(plan: Plan, trunk: Trunk) -> Iterator[str]:
    name, secure = trunk.name, trunk.is_encrypted
    transport = "transport=transport-tls" if secure else "transport=transport-udp"
    where = f"{trunk.host};transport=tls" if secure else trunk.host
    auth = f"outbound_auth={name}" if trunk.user else ""
    yield _endpoint(
        plan, name, "from-trunk", transport, "trust_id_inbound=yes", "send_pai=yes", auth,
        f"from_user={trunk.user}" if trunk.user else "", "media_encryption=sdes" if secure else "",
    )  # fmt: skip
    yield _part(name, "aor", f"contact=sip:{where}")
    yield _part(name, "identify", f"endpoint={name}", *(f"match={each}" for each in trunk.match))
    if trunk.user:
        yield _part(
            name, "auth", "auth_type=userpass", f"username={trunk.user}", f"password={trunk.password}"
        )  # fmt: skip
        server, client = f"server_uri=sip:{where}", f"client_uri=sip:{trunk.user}@{trunk.host}"
        yield _part(name, "registration", auth, transport, server, client)


def _phone(plan: Plan, phone: Phone) -> Iterator[str]:
    name, encrypts = phone.name, bool(plan.certificate) and not phone.in_browser
    browser = ("webrtc=yes", "dtls_auto_generate_cert=yes") if phone.in_browser else ()
    sdes = ("media_encryption=sdes", "media_encryption_optimistic=yes") if encrypts else ()
    yield _endpoint(plan, name, "from-phone", f"auth={name}", *browser, *sdes)
    yield _part(name, "auth", "auth_type=userpass", f"username={name}", f"password={phone.password}")
    yield _part(name, "aor", "max_contacts=1", "remove_existing=yes", "minimum_expiration=30")


def _extensions(plan: Plan) -> str:
    """Return the dialplan: every call to the platform; the fallback asks for it again between two turns."""
    prompt = f"{plan.prompts}/{FALLBACK_PROMPT}"
    return f"""[general]
static=yes
writeprotect=yes

[from-trunk]
exten => _[+0-9].,1,Goto(platform,${{EXTEN}},1)

[platform]
exten => _[+0-9].,1,Set(asked=0)
 same => n(ask),Stasis({plan.app},in,${{EXTEN}},${{CHANNEL(endpoint)}})
 same => n,GotoIf($["${{STASISSTATUS}}" != "FAILED"]?over)
 same => n,Set(asked=$[${{asked}} + 1])
 same => n,GotoIf($[${{asked}} > {plan.grace}]?fallback)
 same => n,Ringing()
 same => n,Wait(1)
 same => n,Goto(ask)
 same => n(fallback),Answer()
 same => n,Playback({prompt})
 same => n,Queue({plan.app},,,,30)
 same => n,Wait(1)
 same => n,Goto(ask)
 same => n(over),Hangup()

[from-phone]
; Agents dial nobody: the platform calls for them.
exten => _[+0-9].,1,Hangup(21)
"""


def _queues(plan: Plan) -> str:
    members = "".join(f"member => PJSIP/{each.name}\n" for each in plan.phones)
    return (
        f"[general]\npersistentmembers=no\n\n[{plan.app}]\nstrategy=rrmemory\nmusicclass={MUSIC}\ntimeout=15\n"
        f"retry=1\njoinempty=yes\nringinuse=no\n{members}"
    )


def folders(plan: Plan) -> list[Path]:
    """Return the folders that a run needs and Asterisk does not make."""
    own = [] if plan.runs_in is None else [plan.runs_in / each for each in sorted({*_RUN_FOLDERS.values(), "lib/keys"})]
    return [*own, plan.prompts, plan.prompts / "music", plan.recordings / "recording"]
