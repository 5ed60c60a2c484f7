"""A module that starts a thread as it is imported, for test_preloaded."""

from __future__ import annotations

import threading
import time

threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
