"""Signing in to the portal from WeChat's own browser, by its page authorization (OAuth 2.0, scope snsapi_base).

Source: developers.weixin.qq.com "网页授权".
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import httpx

from minsheng.gateways.wechat.values import WECHAT, Account, NotTheirs, WechatAway

_PAGE: Final = "https://open.weixin.qq.com/connect/oauth2/authorize"
# The code is wrong, was used, or is older than five minutes.
_NO_CODE: Final = frozenset((40029, 40163, 41008, 42003))


def address(account: Account, *, returns_to: str, state: str) -> str:
    """Return where WeChat's browser is sent; it comes back with a code. Raises: NotTheirs for another kind."""
    if account.kind != WECHAT:
        raise NotTheirs("kind")
    # In the order that WeChat asks for.
    asked = {
        "appid": account.app_id, "redirect_uri": returns_to, "response_type": "code", "scope": "snsapi_base",
        "state": state,
    }  # fmt: skip
    return f"{_PAGE}?{urlencode(asked)}#wechat_redirect"


def person(account: Account, code: str, *, http: httpx.Client) -> str:
    """Return who came back with a code. Raises: NotTheirs for a code that is none; WechatAway."""
    asked = {"appid": account.app_id, "secret": account.secret, "code": code, "grant_type": "authorization_code"}
    try:
        told = http.get(f"{account.api}/sns/oauth2/access_token", params=asked).json()
    except (httpx.HTTPError, ValueError) as fault:
        raise WechatAway(type(fault).__name__) from None
    found = told.get("openid") if isinstance(told, dict) else None
    if isinstance(found, str) and found:
        return found
    number = told.get("errcode") if isinstance(told, dict) else None
    if number in _NO_CODE:
        raise NotTheirs("code")
    raise WechatAway(number if isinstance(number, int) else "")
