"""Surveys (社情民意调研): questions with skip rules, the survey's life, results that tell nothing of anybody."""
