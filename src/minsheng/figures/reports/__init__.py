"""Reports: the annual release, bulletins, special reports, assessment and the cockpit. Read `document` first."""
