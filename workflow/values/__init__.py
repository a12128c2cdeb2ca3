"""Values a contract states: money, words for it, dates, periods, registration numbers, stamp tax.

Pure functions and frozen values: no clock, no database, no output. What may be done with
an agreement is decided elsewhere.
"""
