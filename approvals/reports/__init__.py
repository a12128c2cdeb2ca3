"""What an assessor is given to read: the page, the table, the drawings."""
