"""Inquiries of those who supervise the hotline from outside, and their answers."""
