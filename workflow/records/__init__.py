"""What happens around an agreement, written down: letters, notices, reviews, contacts, acceptance, seals.

A person fills a record in from a TOML file; each becomes the data of one kind of document.
"""
