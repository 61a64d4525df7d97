"""What people send about directives, tasks and obstacles, checked before anything looks at it."""
