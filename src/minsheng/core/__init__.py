"""What every feature stands on: the ledger, rules in force, people."""
