"""What comes out of printers: documents, their pages, templates, printers and print jobs."""
