"""From a delivery to a message: texts, headers, attachments."""
