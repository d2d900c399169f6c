"""A contract of our own for import-linter: a room's tables are imported by the room itself alone."""

from __future__ import annotations

import grimp
from importlinter import Contract, ContractCheck, output


class TablesContract(Contract):
    """Find each `models` module that is imported from outside the package that it lies in."""

    type_name = "tables"

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Return which imports reach into another room's tables."""
        found = []
        for module in sorted(graph.modules):
            room, _, leaf = module.rpartition(".")
            if leaf != "models":
                continue
            for importer in sorted(graph.find_modules_that_directly_import(module)):
                if not f"{importer}.".startswith(f"{room}."):
                    found.append((importer, module))
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import."""
        for importer, module in check.metadata["found"]:
            output.print_error(f"{importer} imports {module}", bold=True)
