"""Mystery calls (拨测): campaigns of an agency, and the calls that they are made of. Source: SQ-15, SZ-36."""
