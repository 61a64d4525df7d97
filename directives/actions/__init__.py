"""Changes of state: of tasks, of targets that are followed, and of obstacles."""
