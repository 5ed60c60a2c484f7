"""The editors of content: what each kind asks for, in both languages side by side, without JavaScript."""
