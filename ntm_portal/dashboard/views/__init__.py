"""Pages that read across all apps."""
