"""The formats that tables come in beside text with separators, and the encodings of text. Pure."""
