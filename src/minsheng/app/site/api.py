"""The API put together: routers, who may call, and the one place where refusals become `application/problem+json`."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from pydantic.json_schema import models_json_schema

from minsheng import wording
from minsheng.cases.orders.api import callers, schemas_out
from minsheng.core.features import queries as features
from minsheng.core.people.queries import ClientFacts
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import ROLES
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock

logger = logging.getLogger(__name__)

# Every code that is not named here is a refusal by state or time: 409.
STATUS = {
    "bad_json": 400,
    "key_missing": 400,
    "version_malformed": 400,
    "unauthenticated": 401,
    "not_your_role": 403,
    "not_your_unit": 403,
    "wrong_authority": 403,
    "self_approval": 403,
    "role_wanted": 403,
    "reveal_target_never": 403,
    "reveal_role_never": 403,
    "reveal_role_masked": 403,
    "not_found": 404,
    "unknown_appellant": 404,
    "method_not_allowed": 405,
    "too_large": 413,
    "field_missing": 422,
    "unknown_category": 422,
    "code_not_in_pack": 422,
    "malformed": 422,
    "key_reused": 422,
    "bad_phone": 422,
    "bad_id_number": 422,
    "reason_names_identity": 422,
    "reveal_reason_missing": 422,
    "openings_used_up": 429,
    "too_often": 429,
    "rating_given": 409,
    "answer_refused": 422,
    "real_name_wanted": 422,
    "phone_code_wrong": 422,
    "fault": 500,
    "unavailable": 503,
}
TITLES = {
    400: "请求无法识别",
    401: "未经身份验证",
    403: "无权进行",
    404: "没有找到",
    405: "不支持的请求方法",
    409: "现在不能进行",
    413: "内容过大",
    422: "内容有误",
    429: "过于频繁",
    500: "系统故障",
    503: "暂时不可用",
}
_PROBLEM = "application/problem+json"
_READING = (400, 401, 403, 404, 405, 422, 503)
_WRITING = (*_READING, 409, 413)
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "本次提交的唯一标识；同一标识、同样内容再次提交得到同样的回答",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
}
_REPLAY = {"description": "true：这是对同一标识此前提交的回答", "schema": {"type": "string", "enum": ["true"]}}
_ROLE = {
    "name": "X-Role",
    "in": "header",
    "required": False,
    "description": "以哪个岗位办理；调用方只有一个岗位时可省略",
    "schema": {"type": "string", "enum": list(ROLES)},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "所见工单的版本；工单已被他人办理时，拒绝的说明写明谁办理了什么",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}


class Api(NinjaAPI):
    """The API, its document completed with what all operations share."""

    _document: OpenAPISchema | None = None

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """Return the addresses; a method that an address doesn't take is refused like everything else."""
        patterns, application, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _speaking(pattern.callback)
        return patterns, application, namespace

    def get_openapi_schema(self, **more: Any) -> OpenAPISchema:
        """Return the document with headers and problems, which no single operation should have to repeat."""
        document = super().get_openapi_schema(**more)
        _, problem = models_json_schema(
            [(schemas_out.Problem, "serialization")], ref_template="#/components/schemas/{model}"
        )
        document["components"].setdefault("schemas", {}).update(problem["$defs"])
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                _complete(path, method, operation)
        self._document = document
        return document


def _speaking(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def spoken(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        refused = problem("method_not_allowed", wording.say(Rejected("method_not_allowed")))
        refused["Allow"] = response["Allow"]
        return refused

    return spoken


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    writes = method == "post"
    operation["parameters"] = [*operation.get("parameters", []), _ROLE, *([_KEY] if writes else [])]
    if writes and re.search(r"/orders/\{order_id\}/(?!identity)", path):
        operation["parameters"].append(_IF_MATCH)
    if writes:
        operation["responses"][200]["headers"] = {"Idempotent-Replay": _REPLAY}
    opens = path.endswith(("/identity", "/words"))
    for status in (*_WRITING, *((429,) if opens else ())) if writes else _READING:
        operation["responses"][status] = {
            "description": TITLES[status],
            "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


api = Api(
    title="民声 12345 热线平台接口",
    version="1",
    description="诉求登记、工单办理、时限查询。用法见 docs/api.md。",
    docs_url=None,
    urls_namespace="api",
    auth=callers.Bearer(),
)
for _router in (features.named(name) for feature in features.features() for name in feature.routers):
    api.add_router("", _router)


def problem(code: str, detail: str, *, fields: tuple[str, ...] = (), status: int | None = None) -> HttpResponse:
    """Return a refusal as RFC 9457 wants it: a stable code, and a sentence that says what to do."""
    number = status or STATUS.get(code, 409)
    body = {
        "type": f"urn:minsheng:problem:{code}",
        "title": TITLES.get(number) or HTTPStatus(number).phrase,
        "status": number,
        "detail": detail,
        "code": code,
        "fields": [_shown(each) for each in fields],
    }
    response = HttpResponse(msgspec.json.encode(body), status=number, content_type=_PROBLEM)
    if number == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if number == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "10"
    return response


@csrf_exempt
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer for an address that the API doesn't have."""
    return problem("not_found", "没有这个接口，请核对地址。")


def _shown(name: str) -> str:
    """Return a field's name as it can be written, without halves of surrogate pairs, and no longer than one reads."""
    return name.encode("utf-8", "replace").decode()[:100]


@api.exception_handler(Rejected)
def _rejected(request: HttpRequest, refusal: Rejected) -> HttpResponse:
    named = refusal.params.get("fields", ())
    rules = None
    client = getattr(request, "auth", None)
    if isinstance(client, ClientFacts):
        rules = policies.rules_for(client.city, now=clock.now())
    fields = tuple(map(str, named)) if isinstance(named, tuple) else ()
    return problem(refusal.code, wording.say(refusal, rules), fields=fields)


@api.exception_handler(Malformed)
def _malformed(request: HttpRequest, fault: Malformed) -> HttpResponse:
    return problem("malformed", wording.say(fault), fields=(fault.key,))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    found = [_as_malformed(each) for each in fault.errors]
    names = tuple(dict.fromkeys(each.key for each in found if each.key))
    if not found[0].key:
        return problem("malformed", "请求体应为一个 JSON 对象，请按接口文档检查。")
    sentences = dict.fromkeys(wording.say(each) for each in found[:3])
    return problem("malformed", "".join(sentences), fields=names)


# What the framework calls a fault, and what it is called here.
_FAULTS = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "literal_error": "not_a_choice",
    "bool_type": "not_a_flag",
    "int_type": "not_a_count",
    "int_parsing": "not_a_count",
    "greater_than_equal": "not_a_count",
    "less_than_equal": "not_a_count",
    "string_type": "not_text",
    "string_too_long": "too_long",
    "string_unicode": "bad_characters",
    "too_long": "too_many",
    "too_short": "too_short",
    "model_type": "not_a_map",
    "model_attributes_type": "not_a_map",
}


def _as_malformed(error: dict[str, Any]) -> Malformed:
    place = [str(each) for each in error["loc"] if each not in ("query", "path")]
    if place[:1] == ["body"]:
        place = place[2:]  # the source, then the parameter's name
    context = error.get("ctx", {})
    limit = context.get("max_length", "")
    choices = tuple(part.strip(" '") for part in re.split(r",| or ", str(context.get("expected", ""))))
    key = ".".join(part for part in place if re.fullmatch(r"[a-z_]{1,40}|\d{1,3}", part)) or (
        _shown(place[0]) if place else ""
    )
    return Malformed(key, _FAULTS.get(error["type"], "other"), limit=limit, choices=choices)


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
    return problem("unauthenticated", wording.say(Rejected("unauthenticated")))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, fault: HttpError) -> HttpResponse:
    if isinstance(fault.__cause__, RequestDataTooBig):
        return problem("too_large", wording.say(Rejected("too_large")))
    return problem("bad_json", wording.say(Rejected("bad_json")))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, fault: RequestDataTooBig) -> HttpResponse:
    return problem("too_large", wording.say(Rejected("too_large")))


@api.exception_handler(Http404)
def _absent(request: HttpRequest, fault: Http404) -> HttpResponse:
    return problem("not_found", wording.say(Rejected("not_found")))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _away(request: HttpRequest, fault: Exception) -> HttpResponse:
    logger.warning("The API cannot reach the database.")
    return problem("unavailable", wording.say(Rejected("unavailable")))


@api.exception_handler(Exception)
def _fault(request: HttpRequest, fault: Exception) -> HttpResponse:
    logger.exception("A request to the API failed.")
    return problem("fault", wording.say(Rejected("fault")))
