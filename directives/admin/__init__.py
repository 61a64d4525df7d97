"""Admin pages of directives, targets, tasks and obstacles."""

from directives.admin import directives, work

__all__ = ["directives", "work"]
