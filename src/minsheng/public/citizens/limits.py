"""How often a citizen may do something; how it is counted is in `people.limits`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from minsheng.core.people import limits
from minsheng.core.people.limits import Limit
from minsheng.public.citizens.models import Count

TooOften = limits.TooOften
hit, check, keyed = limits.hit, limits.check, limits.keyed


def forget(*, now: datetime) -> None:
    """Delete counts as an older version kept them: no window reaches them any more."""
    Count.objects.all().delete()


# By address: many may stand behind one, a family, an office, a telephone network's gate.
FILE_BY_ADDRESS: Final = Limit("file address", 30, timedelta(hours=1), by_address=True)
DRAFT_BY_ADDRESS: Final = Limit("draft address", 60, timedelta(hours=1), by_address=True)
FILE_BY_PHONE: Final = Limit("file phone", 10, timedelta(days=1))
UPLOAD_BY_ADDRESS: Final = Limit("upload address", 120, timedelta(hours=1), by_address=True)
CODE_BY_ADDRESS: Final = Limit("code address", 20, timedelta(hours=1), by_address=True)
# Where paying for messages ends, from however many addresses and telephones they are asked for.
CODE_BY_CITY: Final = Limit("code city", 2_000, timedelta(hours=1))
CODE_BY_PHONE: Final = Limit("code phone", 5, timedelta(hours=1))
CODE_SOON: Final = Limit("code soon", 1, timedelta(seconds=60))
# Wrong codes alone: whoever shares an address and has the right one is no guesser.
QUERY_BY_ADDRESS: Final = Limit("query address", 60, timedelta(hours=1), by_address=True)
QUERY_BY_NUMBER: Final = Limit("query number", 5, timedelta(minutes=30))
REMARK_BY_ADDRESS: Final = Limit("remark address", 30, timedelta(hours=1), by_address=True)
ASK_BY_ACCOUNT: Final = Limit("ask account", 10, timedelta(days=1))
POST_BY_ACCOUNT: Final = Limit("post account", 10, timedelta(days=1))
ACT_BY_ACCOUNT: Final = Limit("act account", 60, timedelta(hours=1))
VERIFY_BY_ACCOUNT: Final = Limit("verify account", 5, timedelta(days=1))
STRANGE_BY_ADDRESS: Final = Limit("strange address", 60, timedelta(minutes=10), by_address=True)
POST_BY_CLIENT: Final = Limit("post client", 600, timedelta(hours=1))
