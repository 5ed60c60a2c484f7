"""What every mail says that a program sends: nobody waits for an answer that another program gives. Pure."""

from __future__ import annotations

# RFC 3834: no holiday answer wanted. Exchange reads a header of its own ([MS-OXCMAIL], 2.1.3.2.23); that a mail could
# not be delivered is still to be said.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
