"""The system administrator's desk: a city's people, units, programs, calendars and rules, by pages alone."""
