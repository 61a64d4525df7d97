"""Pages about directives, targets and tasks."""
