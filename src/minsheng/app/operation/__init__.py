"""How the platform is seen to run: request ids, log lines, measures for Prometheus, reports of faults, a page."""
