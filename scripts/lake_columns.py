"""Write the datasets' columns into docs/lake.md, below its mark: `python scripts/lake_columns.py`."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from minsheng.figures.lake import schema

DOCUMENT = Path(__file__).resolve().parents[1] / "docs/lake.md"
MARK = "<!-- below: scripts/lake_columns.py -->\n"
KINDS = {"timestamp[us]": "moment", "bool": "flag", "string": "text"}


def kind(type_: pa.DataType) -> str:
    """Return the word for a column's type."""
    return "word" if pa.types.is_dictionary(type_) else KINDS.get(str(type_), str(type_))


def main() -> None:
    """Write the sections anew."""
    head = DOCUMENT.read_text(encoding="utf-8").partition(MARK)[0]
    sections = []
    for name, dataset in schema.DATASETS.items():
        columns = ", ".join(f"`{field.name}` {kind(field.type)}" for field in dataset.schema)
        sections.append(f"### {name}\n\nPartitioned by the month of `{dataset.moment}`.\n\n{columns}\n")
    DOCUMENT.write_text(head + MARK + "\n" + "\n".join(sections), encoding="utf-8")


if __name__ == "__main__":
    main()
