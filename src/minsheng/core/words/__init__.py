"""What people say in facts of any life cycle, and whom they name: kept sealed beside the ledger, which has digests."""
