"""The logo at the head of a mail: a part of the mail itself (RFC 2387), named in its HTML by `cid:` (RFC 2392).

Nothing is fetched when a mail is read, so nobody learns who reads it. The part is made once for all who get it.
"""

from __future__ import annotations

import base64
import functools
import re
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import Message

    from cycles.content.logos import Logo

# As templates/notifications/email/_base.html writes it.
PARAGRAPH = re.compile(r'<p class="logo".*?</p>\s*', re.DOTALL)
# RFC 2606 2: a domain that is nobody's.
DOMAIN = "logo.invalid"


def cid(logo: Logo) -> str:
    """Return by what name the HTML of a mail means a logo."""
    return f"{logo.digest[:24]}@{DOMAIN}"


@functools.lru_cache(maxsize=64)
def _encoded(name: str, png: bytes) -> MIMEImage:
    result = MIMEImage(png, "png")
    result.add_header("Content-ID", f"<{name}>")
    result.add_header("Content-Disposition", "inline", filename="logo.png")
    return result


def part(logo: Logo) -> MIMEImage:
    """Return the part of a mail that is its logo; the same object for each mail, which nobody changes."""
    return _encoded(cid(logo), logo.png)


def relate(built: Message, image: MIMEImage) -> None:
    """Put an image beside the HTML of a built message, so that programs show it there and not as a file."""
    for parent in list(built.walk()):
        payload: Any = parent.get_payload() if parent.is_multipart() else []
        for place, each in enumerate(payload):
            if each.get_content_type() == "text/html":
                related = MIMEMultipart("related", type="text/html")
                related.attach(each)
                related.attach(image)
                payload[place] = related
                return


def without(html: str) -> str:
    """Return the HTML of a mail without its logo, for what cannot carry one."""
    return PARAGRAPH.sub("", html)


def shown(html: str, images: Iterable[Message[Any, Any]]) -> str:
    """Return the HTML of a mail with its images in it, for a page that shows it."""
    for image in images:
        content = image.get_payload(decode=True)
        name = str(image["Content-ID"] or "").strip("<>")
        if name and isinstance(content, bytes):
            data = base64.b64encode(content).decode()
            html = html.replace(f"cid:{name}", f"data:image/png;base64,{data}")
    return html
