"""The rules of judgement: values in, findings with reasons out. Plain Python, no database, no clock."""
