"""Pages that belong to no feature: static files, health, and what is said when something went wrong."""

from __future__ import annotations

import errno
import logging
import mimetypes
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from minsheng.app.site.database.base import within
from minsheng.core.drafts import typed
from minsheng.core.ledger import queries
from minsheng.core.people import alarms, gates, limits, preferences
from minsheng.gateways import clock, tracing
from minsheng.gateways.files import FileAltered, NoSuchFile

logger = logging.getLogger(__name__)
# How long readiness waits for the database.
_READY_SECONDS: Final = 4.0
# A row that is written whenever somebody asks whether anything can be.
_PROBE: Final = limits.Limit("readyz", 2**31 - 2, timedelta(days=1))

_NOT_FOUND = (
    gettext_noop("没有找到这个页面"),
    gettext_noop("地址可能写错了，或者您无权查看这项内容。请核对地址，或从工作台重新进入。"),
)
_NOT_PUBLIC = (
    gettext_noop("没有找到这个页面"),
    gettext_noop("地址可能写错了，或者内容没有公开。可以从首页重新进入，或用编号和查询码查询。"),
)
_FORBIDDEN = (
    gettext_noop("您不能进行这项操作"),
    gettext_noop("当前身份没有这项权限。如工作需要，请联系本单位管理员。"),
)
_BAD = (
    gettext_noop("请求无法识别"),
    gettext_noop("提交的内容不完整或格式不对，没有做任何改动。请返回上一页重新填写。"),
)
_EXPIRED = (
    gettext_noop("页面已过期"),
    gettext_noop("为了安全，这次提交没有生效。请返回上一页，刷新后重新提交。"),
)
_EXPIRED_AND_KEPT = (
    gettext_noop("页面已过期"),
    gettext_noop("为了安全，这次提交没有生效。填写的内容已保存：请重新打开原来的页面，点“恢复”，核对后再提交。"),
)
_TOO_LARGE = (
    gettext_noop("提交的内容过大"),
    gettext_noop("没有收下任何内容。请返回上一页，减少文件或换成较小的文件后重新提交。"),
)
_NOT_OPENED = (
    gettext_noop("这个地址不能直接打开"),
    gettext_noop("没有做任何改动。请回到原来的页面，用页面上的按钮操作。"),
)
_BROKEN = (
    gettext_noop("系统出现故障"),
    gettext_noop("这次操作没有完成，没有做任何改动。请稍后再试；如仍不行，请把下面的编号告知系统管理员。"),
)
_ALTERED = (
    gettext_noop("这个文件不能打开"),
    gettext_noop("存储中的文件与上传时不一致，或已丢失，为稳妥起见没有发送。请告知系统管理员从备份中恢复。"),
)
_AWAY = (
    gettext_noop("系统暂时无法访问数据库"),
    gettext_noop("这次操作没有完成。请过一分钟再试，已确认受理的诉求不会丢失。"),
)
_FULL = (
    gettext_noop("系统的存储空间不足"),
    gettext_noop("没有收下任何内容，没有做任何改动。请稍后再试，并告知系统管理员。"),
)
# What the system says of a disk that takes no more, of a quota, and of a file that grows too large for it.
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@require_safe
def asset(request: HttpRequest, path: str) -> HttpResponse:
    """Serve a static file; its address carries a version, so it may be kept for a year."""
    file = _file(path)
    if file is None:
        raise Http404
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    kept = "public, max-age=31536000, immutable" if "v" in request.GET else "public, max-age=300"
    return HttpResponse(file.read_bytes(), content_type=kind, headers={"Cache-Control": kept})


def _file(path: str) -> Path | None:
    """Return the file of that name in one of the folders; nothing outside them has a name."""
    if "\0" in path:
        return None
    for folder in settings.STATIC_FOLDERS:
        file: Path = (folder / path).resolve()
        if file.is_relative_to(folder) and file.is_file():
            return file
    return None


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served, and how late the machinery is.

    503 without a database, with one that takes nothing, and when the disk is as good as full.
    """
    now = clock.now()
    try:
        # Whoever asks for health gives up sooner than a person at a desk.
        with within(_READY_SECONDS):
            # A read proves little: a full disk, or a standby, answers it and keeps nothing.
            limits.hit(_PROBE, "readyz", now=now)
            count, oldest = queries.waiting()
            overdue = queries.next_alarm()
    except DatabaseError as fault:
        read_only = isinstance(fault.__cause__, psycopg.errors.ReadOnlySqlTransaction | psycopg.errors.DiskFull)
        state = "takes nothing" if read_only else "unreachable"
        return JsonResponse({"ready": False, "database": state}, status=503)
    if _room() < settings.ROOM_NEEDED:
        return JsonResponse({"ready": False, "database": "ok", "disk": "full"}, status=503)
    return JsonResponse(
        {
            "ready": True,
            "database": "ok",
            "disk": "ok",
            "outbox_waiting": count,
            "outbox_seconds": max(0, round((now - oldest).total_seconds())) if oldest else 0,
            "alarm_seconds": max(0, round((now - overdue).total_seconds())) if overdue else 0,
        }
    )


def _room() -> int:
    """Return the bytes that are free where files and the embedded database are kept, the lesser of both."""
    folders = (settings.VAR, settings.FILES_FOLDER)
    present = [next(each for each in (folder, *folder.parents) if each.exists()) for folder in folders]
    return min(shutil.disk_usage(folder).free for folder in present)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _say(_BAD, request, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403; many of them to one person ring."""
    # A middleware may refuse before anybody knows who asks.
    person = gates.person_of(request) if hasattr(request, "user") else None
    if person is not None:
        alarms.count("forbidden", f"staff:{person.id}", city=person.city, now=clock.now())
    return _say(_FORBIDDEN, request, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404; it does not tell what is absent from what is hidden."""
    return _say(_NOT_PUBLIC if _is_public(request) else _NOT_FOUND, request, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, 503 when the database is away or the disk is full; say so when a stored file is not what was put."""
    fault = sys.exc_info()[1]
    if isinstance(fault, FileAltered | NoSuchFile):
        return _say(_ALTERED, request, status=500)
    if isinstance(fault, OperationalError | InterfaceError):
        response = _say(_AWAY, request, status=503)
        response["Retry-After"] = "10"
        return response
    if isinstance(fault, OSError) and fault.errno in _NO_ROOM:
        return _say(_FULL, request, status=503)
    return _say(_BROKEN, request, status=500)


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer a body that is refused before anybody reads it."""
    return _say(_TOO_LARGE, request, status=413)


def not_opened(request: HttpRequest) -> HttpResponse:
    """Answer an address that only takes forms, to somebody who opened it."""
    return _say(_NOT_OPENED, request, status=405)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that is too old or came from elsewhere; what a page of ours sent is kept for its person.

    Keeping it without a token is safe: the cookies are SameSite=Lax, so that no other site's form brings a session,
    and the browser itself names one of our own pages as the origin. Nothing but a draft of theirs can come of it.
    """
    page = typed.keep_own(request) if request.method == "POST" and _is_from_us(request) else None
    if page is None:
        return _say(_EXPIRED, request, status=403)
    return _say(_EXPIRED_AND_KEPT, request, status=403, back=page)


def _is_from_us(request: HttpRequest) -> bool:
    """Tell whether the browser says that a page of our own sent the form: by its origin, else by the page before."""
    said = request.headers.get("Origin") or request.headers.get("Referer", "")
    parts = urlsplit(said)
    origin = f"{parts.scheme}://{parts.netloc}"
    try:
        own = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return False
    return origin == own or origin in settings.CSRF_TRUSTED_ORIGINS


def _is_public(request: HttpRequest) -> bool:
    """Tell whether the address is the citizens' side, whose home is not a desk."""
    return request.path_info.startswith(("/portal/", "/open311/"))


def _home(request: HttpRequest) -> str:
    """Return where one begins again: the city's start page once the city is known, the list of cities, or the desk."""
    visitor = getattr(request, "minsheng_visitor", None)
    if visitor is not None:
        return f"/portal/{visitor.city.code}/"
    return "/portal/" if _is_public(request) else "/"


def _say(words: tuple[str, str], request: HttpRequest, *, status: int, back: str = "") -> HttpResponse:
    # The template gets no request: these pages must work when session and database do not.
    title, text = (_(each) for each in words)
    ui = preferences.of(request)
    context = {
        "title": title,
        "text": text,
        "is_public": _is_public(request),
        "home": _home(request),
        "ui": ui,
        "back": back,
        "request_id": tracing.current() if status >= 500 else "",
    }
    return HttpResponse(render_to_string("site/error.html", context), status=status)
