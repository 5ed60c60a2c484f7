"""What goes wrong on the way to a room."""


class RoomError(Exception):
    """There is no room to send people to just now; the text is for the log, not for them."""
