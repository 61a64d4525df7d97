"""Pages about directives, tasks and obstacles."""
