"""The desk of the audit administrator, who reads the records and changes nothing."""
