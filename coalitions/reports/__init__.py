"""The coalition's PDFs."""
