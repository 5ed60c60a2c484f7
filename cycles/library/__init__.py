"""What there is to read and who is behind it: publications, series, databases, events, organisations."""
