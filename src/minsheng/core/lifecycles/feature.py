"""What the path of life cycles brings: it recomputes all clocks when a calendar year was loaded."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(name="lifecycles", subscribers=("minsheng.core.lifecycles.tasks:hear",))
