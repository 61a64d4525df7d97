"""Changes of state: of periods, of what is being written, and of what was handed in."""
