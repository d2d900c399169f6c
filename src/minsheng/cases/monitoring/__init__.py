"""Electronic monitoring: what the ledger's facts make of the pack's rules, violations, dossiers, counters."""
