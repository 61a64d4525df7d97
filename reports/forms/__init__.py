"""What people send about reports, checked before anything looks at it."""
