#!/usr/bin/env python3
"""Ask a probe of the site and exit with 0 if it is well: for containers, which carry no curl.

    probe.py http://127.0.0.1:8000/livez

The request names the public host (ESCALE_BASE_URL), which is the only one that the site answers, and carries
ESCALE_STATUS_TOKEN where it is set, so that the answer says why.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not arguments[0].startswith("http://"):
        print(__doc__)
        return 2
    public = urlsplit(os.environ.get("ESCALE_BASE_URL", "")).netloc
    headers = {"Host": public} if public else {}
    if token := os.environ.get("ESCALE_STATUS_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(arguments[0], headers=headers)  # noqa: S310 - http://
    # Whatever proxy the machine has, the site is asked itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=4) as answer:
            print(answer.read(2000).decode(errors="replace").strip())
    except urllib.error.HTTPError as error:
        print(error.read(2000).decode(errors="replace").strip())
        return 1
    except OSError as error:
        print(f"no answer: {error}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
