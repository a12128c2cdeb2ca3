"""Layouts and clauses, as data: nothing here runs."""
