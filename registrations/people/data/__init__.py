"""What the law gives people over their data: copies, erasure, and how long data are kept."""
