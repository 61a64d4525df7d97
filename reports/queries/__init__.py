"""Reads of reports and of what surrounds them."""
