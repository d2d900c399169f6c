"""Read scenario files: YAML to located plain values. What they mean is the domain's (`domain.scenario`)."""

from __future__ import annotations

from pathlib import Path

import yaml

from minsheng.domain.scenario import FileFault, Located, Unusable

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"  # `<<: *common`


def read_located(path: Path) -> Located:
    """Return a file's content with the line of every value. Raises: Unusable, naming file, line and reason."""
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(FileFault(name, 0, "文件", f"读不了这个文件，请检查路径和编码（须为 UTF-8）：{error}")) from None
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        problem = getattr(error, "problem", None) or "格式有误"
        raise Unusable(FileFault(name, line, "文件", f"不是合格的 YAML：{problem}")) from None
    if node is None:
        raise Unusable(FileFault(name, 1, "文件", "文件是空的"))
    try:
        return _located(node, name)
    except RecursionError:
        raise Unusable(FileFault(name, 1, "文件", "嵌套太深，或引用了自身")) from None


def _located(node: yaml.Node, file: str) -> Located:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Located] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            if key.tag == _MERGE:
                continue
            if name in values:
                raise Unusable(FileFault(file, key.start_mark.line + 1, name, "这个键写了两次"))
            values[name] = _located(value, file)
            lines[name] = key.start_mark.line + 1
        for merged in (_located(value, file) for key, value in node.value if key.tag == _MERGE):
            if isinstance(merged.value, dict):
                values, lines = {**merged.value, **values}, {**merged.keys, **lines}
        return Located(values, line, keys=lines)
    if isinstance(node, yaml.SequenceNode):
        return Located([_located(each, file) for each in node.value], line)
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return Located(None, line)
    truth = None
    if kind == "bool":
        truth = node.value.lower() in ("yes", "true", "on")
    return Located(node.value, line, truth=truth)
