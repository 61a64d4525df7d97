"""Tasks and obstacles over REST: lists, one of each, what bodies do about their parts, and raising an obstacle."""
