"""`minsheng pack check|show|diff`: rule packs for the people who write and compare them. Never imports Django."""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from minsheng.domain import comparing, kinds, packs
from minsheng.domain.faults import Faulty
from minsheng.domain.packs import SILENT, Chosen, Entry, Pack, PackError
from minsheng.domain.parameters import GROUPS, NOT_YET, PARAMETERS, Parameter
from minsheng.gateways import packfiles, stories

GOOD, HELD_NOT, UNUSABLE = 0, 1, 2
# Wide enough for every name; longer values push the column to their right out, and stay readable.
_NAME, _LABEL, _VALUE = 34, 30, 44


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the three verbs of `minsheng pack`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="check|show|diff")
    check = _verb(verbs, "check", "检查规则包文件夹，并演练其中的剧本")
    check.add_argument("folder", type=Path, metavar="DIR", help="一个规则包的文件夹，或含多个规则包的文件夹")
    show = _verb(verbs, "show", "列出规则包的每个参数、取值和条款")
    show.add_argument("pack", metavar="ID[@VERSION]")
    show.add_argument("--overlay", action="append", default=[], metavar="ID[@VERSION]", help="叠加包，可多次给出")
    diff = _verb(verbs, "diff", "列出两个规则包取值不同的参数")
    diff.add_argument("one", metavar="A", help="ID[@VERSION]，叠加包写在加号后，例如 suzhou+jiangsu_2021")
    diff.add_argument("other", metavar="B")
    for verb in (show, diff):
        verb.add_argument("--packs", type=Path, action="append", default=[], metavar="DIR", help="另加规则包文件夹")
        verb.add_argument("--json", action="store_true", help="输出 JSON")


def _verb(verbs: Any, name: str, summary: str) -> argparse.ArgumentParser:
    # The description is given as well: the command's own parser class asks for it.
    parser: argparse.ArgumentParser = verbs.add_parser(
        name, prog=f"minsheng pack {name}", help=summary, description=summary
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked. Exit status: 0 all good, 1 a scenario did not hold, 2 a file or a name cannot be used."""
    try:
        match args.verb:
            case "check":
                return _check(args.folder)
            case "show":
                return _show(args)
            case _:
                return _diff(args)
    except Faulty as faulty:
        for fault in faulty.faults:
            print(fault)
        print(f"有 {len(faulty.faults)} 处错误，规则包不能使用。")
        return UNUSABLE
    except PackError as refused:
        print(refused, file=sys.stderr)
        return UNUSABLE


def _check(folder: Path) -> int:
    """Check every pack of a folder against the parameters, then play the scenarios that lie beside each."""
    found = packfiles.read_packs(folder)
    library = packfiles.library([folder])
    calendar = packfiles.load_calendar()
    for pack in found:
        if pack.overlay:
            bases = [one for one in library if not one.overlay and one.inherits is None]
            for base in bases:
                packs.rules(base, [pack], calendar=calendar)
            print(
                f"{pack.name}  {pack.title}（{pack.document}）：叠加包，改变 {len(packs.laid(Chosen(pack, ())))} 个参数"
            )
            continue
        chosen = packs.in_force(library, pack.id, on=date.max, version=pack.version)
        packs.rules(chosen.pack, calendar=calendar)
        silent = sum(not entry.clause for entry in chosen.pack.entries.values())
        total = len(chosen.pack.entries)
        head = f"{pack.name}  {pack.title}（{pack.document}）"
        print(f"{head}：{total} 个参数，{total - silent} 个有条款，{silent} 个为默认")
    files = [file for below in packfiles.pack_folders(folder) for file in stories.beside(below)]
    if not files:
        print("没有剧本（scenarios/*.yaml），只检查了取值。")
        return GOOD
    return _play(files, library)


def _play(files: Sequence[Path], library: Sequence[Pack]) -> int:
    # Only here: showing and comparing packs need no player.
    from minsheng.app.cli import rehearse

    return rehearse.play_files(files, library=library, show=rehearse.Lines(explain=False, quiet=True))


def _show(args: argparse.Namespace) -> int:
    chosen = comparing.chosen(packfiles.library(args.packs), args.pack, args.overlay)
    entries = packs.laid(chosen)
    if args.json:
        print(json.dumps(_as_json(chosen, entries), ensure_ascii=False, indent=2))
        return GOOD
    pack = chosen.pack
    print(f"{pack.name}  {pack.title}  {pack.document}")
    facts = [("城市", pack.city), ("施行", str(pack.effective_from)), ("制定依据", "、".join(pack.basis))]
    facts += [("废止", "、".join(pack.supersedes)), ("解释", pack.interpreter or "文件未规定"), ("时区", pack.zone)]
    for label, said in facts:
        if said:
            print(f"{_padded(label, 10)}{said}")
    for overlay in chosen.overlays:
        print(f"{_padded('叠加', 10)}{overlay.name}  {overlay.title}  {overlay.document}")
    for group in GROUPS:
        print(f"\n{group}")
        for parameter in (one for one in PARAMETERS if one.group == group and one.attribute in entries):
            _print_row(parameter, entries[parameter.attribute])
    return GOOD


def _print_row(parameter: Parameter, entry: Entry) -> None:
    head = _padded(parameter.name, _NAME) + _padded(parameter.label, _LABEL)
    waits = f"（尚未生效：{NOT_YET[parameter.attribute]}）" if parameter.attribute in NOT_YET else ""
    print(f"  {head}{_padded(kinds.written(entry.value), _VALUE)}{_source(entry)}{waits}".rstrip())


def _diff(args: argparse.Namespace) -> int:
    library = packfiles.library(args.packs)
    sides = [
        comparing.chosen(library, name, overlays) for name, *overlays in (args.one.split("+"), args.other.split("+"))
    ]
    one, other = (packs.laid(side) for side in sides)
    names = ["+".join([side.pack.name, *(overlay.name for overlay in side.overlays)]) for side in sides]
    differing = comparing.differing(one, other)
    if args.json:
        rows = [
            {"name": row.name, "label": row.label, "a": _cell(one, row), "b": _cell(other, row)} for row in differing
        ]
        print(json.dumps({"a": names[0], "b": names[1], "differing": rows}, ensure_ascii=False, indent=2))
        return GOOD
    width = max(_width(name) for name in names) + 2
    for parameter in differing:
        print(f"{parameter.name}  {parameter.label}")
        for name, side in zip(names, (one, other), strict=True):
            entry = side.get(parameter.attribute)
            said = "未写" if entry is None else f"{_padded(kinds.written(entry.value), _VALUE)}{_source(entry)}"
            print(f"  {_padded(name, width)}{said}")
    print(f"共 {len(differing)} 个参数取值不同，{len(PARAMETERS) - len(differing)} 个相同。")
    return GOOD


def _cell(side: dict[str, Entry], parameter: Parameter) -> dict[str, object] | None:
    entry = side.get(parameter.attribute)
    if entry is None:
        return None
    return {
        "value": kinds.plain(entry.value),
        "clause": entry.clause or None,
        "default": not entry.clause,
        "reason": entry.reason,
    }


def _as_json(chosen: Chosen, entries: dict[str, Entry]) -> dict[str, object]:
    pack = chosen.pack
    return {
        "id": pack.id,
        "version": pack.version,
        "overlay": pack.overlay,
        "overlays": [overlay.name for overlay in chosen.overlays],
        "city": pack.city,
        "title": pack.title,
        "document": pack.document,
        "effective_from": str(pack.effective_from),
        "basis": list(pack.basis),
        "supersedes": list(pack.supersedes),
        "interpreter": pack.interpreter,
        "zone": pack.zone,
        "parameters": [
            {
                "name": row.name,
                "label": row.label,
                "group": row.group,
                "in_effect": row.attribute not in NOT_YET,
                **(_cell(entries, row) or {}),
            }
            for row in PARAMETERS
            if row.attribute in entries
        ],
    }


def _source(entry: Entry) -> str:
    said = entry.clause or SILENT
    return f"{said}：{entry.reason}" if entry.reason else said


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    """Fill `text` up to a number of columns on screen, where a Chinese character takes two."""
    return text + " " * max(width - _width(text), 2)
