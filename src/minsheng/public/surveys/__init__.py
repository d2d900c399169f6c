"""Surveys for everybody: the invitation by message, answering by a token or a link, published results."""
