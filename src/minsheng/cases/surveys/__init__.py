"""Surveys (社情民意调研): their rows, tokens that say only that they were used, answers of nobody, results."""
