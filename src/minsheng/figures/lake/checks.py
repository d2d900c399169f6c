"""What `minsheng doctor` looks at of the lake: datasets that the release has tables for and nobody fills."""

from __future__ import annotations

from datetime import datetime

import psycopg

from minsheng import wording
from minsheng.core.features.values import GOOD, HINT, Finding
from minsheng.figures.lake import engines


def unfilled(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Return which datasets no feature fills."""
    names = [wording.DATASETS[name] for name in sorted(engines.unfilled())]
    if not names:
        return [Finding(GOOD, "数据湖的各类数据都有来源")]
    advice = "相应功能启用前，年报和月报中依据这些数据的指标不填，表下注明；不影响其他指标。"
    return [Finding(HINT, f"数据湖中这些数据尚无来源：{'、'.join(names)}", advice)]
