"""Master data from workbooks: read with every error, compared with what is there, shown, then written whole or not."""
