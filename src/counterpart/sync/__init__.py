"""The sync engine: keeps records of two products in step. It knows neither product; they register handlers."""
