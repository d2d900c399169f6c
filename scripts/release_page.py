"""Write docs/release-2023.md from a simulated lake: `python scripts/release_page.py LAKE` (scale 1.0)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs/release-2023.md"
HEAD = """# Suzhou's release of 2023: published, produced, difference

Made by `python scripts/release_page.py LAKE` from the lake of `minsheng simulate --year 2023 --scale 1.0
--seed 1 --lake LAKE`; the table is what `minsheng report annual --year 2023 --lake LAKE --compare` prints.
Every figure of the sixteen tables is met exactly, changes against the year before included, except three
that the release itself makes impossible:

- **E-2 总计, mean talk.** A mean over all calls is weighted by calls: (5,454,395 × 171.89 + 1,629,312 ×
  103.10) ÷ 7,083,707 = 156.07 s. The published 154.86 would need 75.24 % of inbound calls instead of 77.00
  %.
- **E-2 总计, over ten minutes.** Likewise 3.025 %, rounded half up 3.03; the published 3.04 would need 77.6
  %.
- **E-8 问题实际解决率.** The release prints 97.69 once for two things, 有效参评满意率 and 问题实际解决率 (A-38).
  They are two
  indicators here: satisfaction is met, and the share of solved matters is the simulator's own assumption.

Beside these the release contradicts itself where our tables take a side: E-11's population is narrower than
all appeals (five classes are 32 % of them, and each further class must be smaller than the fifth), so ours
is the classified appeals, said in the notes with every share; its 非咨询 row is sorted on its own here; E-12's
total is of deliveries, and the different appeals are counted beside it; the year before had at least two
承办转办 of enterprises, or else the published changes of that row cannot all be.

What the release doesn't say (abandoned calls, classes beyond the five, most districts, units beyond the
first five, durations' spread) is assumed in `packs/suzhou/releases/2023.toml`, under `[assumed]`, and the
year before under `[previous]`: whole numbers within the rounding of the published changes. Of the year
before everything was answered within it, so its 累计办结率 is 100 %; the release gives no change of that rate.

```
"""


def main() -> None:
    """Write the page."""
    words = ["report", "annual", "--year", "2023", "--lake", sys.argv[1], "--compare"]
    done = subprocess.run(
        [sys.executable, "-m", "minsheng.app.cli.main", *words], capture_output=True, text=True, check=True
    )
    PAGE.write_text(f"{HEAD}{done.stdout.strip()}\n```\n", encoding="utf-8")


if __name__ == "__main__":
    main()
