"""What people and programs are shown of a report: a module for each format, and `formats`, which names them."""
