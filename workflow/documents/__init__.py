"""Documents: a template and data go in, the bytes of a DOCX come out, the same on any machine."""
