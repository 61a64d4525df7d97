"""Forms about directives, targets and tasks."""
