"""Registers that the hotline keeps: rules and standards, training, joint mechanisms, emergency plans, incidents."""
