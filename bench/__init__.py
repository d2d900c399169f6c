"""What `make bench` measures; each `bench_*.py` has `run()`, which prints its table."""
