"""Reporting over REST: periods, obligations, reports with their lines, and the acts on them."""
