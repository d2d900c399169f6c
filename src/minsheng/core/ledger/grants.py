"""What the application's role may do. Run by migration 0001 and again by `minsheng migrate`, as the owner.

The role is called `minsheng_app`; where it does not exist (one role for everything) nothing is granted and the triggers
alone stand guard.
"""

from __future__ import annotations

from typing import Final

SQL: Final = """
DO $grants$
DECLARE month regclass;
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'minsheng_app') THEN
        GRANT USAGE ON SCHEMA public TO minsheng_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO minsheng_app;
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO minsheng_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO minsheng_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO minsheng_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON ledger_event, ledger_seal, ledger_refusal FROM minsheng_app;
        -- The journals came later; each of their months is a table of its own, written through its parent alone.
        IF to_regclass('ledger_entry') IS NOT NULL THEN
            REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM minsheng_app;
            FOR month IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'ledger_entry'::regclass LOOP
                EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %s FROM minsheng_app', month);
            END LOOP;
            REVOKE ALL ON FUNCTION ledger_make_months(date, date) FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION ledger_make_months(date, date) TO minsheng_app;
        END IF;
    END IF;
END
$grants$;
"""
