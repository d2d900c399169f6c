"""What a feature brings, said in one file of its own, and the reads of all that is brought."""
