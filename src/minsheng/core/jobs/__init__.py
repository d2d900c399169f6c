"""What the program does without a person and beside its desks: jobs by Procrastinate.

Read `kinds` for what there is, `actions` for asking for a job, `tasks` for who does them.
"""
