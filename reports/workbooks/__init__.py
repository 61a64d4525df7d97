"""A criterion report as a workbook: written prefilled, read back, compared, accepted, or given back marked."""
