"""What Django writes about an error (mails to ADMINS, the debug page), without personal links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from web.redaction import redact

if TYPE_CHECKING:
    from collections.abc import ItemsView
    from types import FrameType

NAMES = re.compile("token|secret|seal", re.IGNORECASE)


class ReporterFilter(SafeExceptionReporterFilter):
    """Hide tokens among the variables of a report, as Django hides passwords among the settings."""

    def get_traceback_frame_variables(self, request: Any, tb_frame: FrameType) -> ItemsView[str, Any]:
        """Return the variables of a frame; those that name a token or a secret are hidden."""
        variables = super().get_traceback_frame_variables(request, tb_frame)
        return {
            name: self.cleansed_substitute if NAMES.search(name) else value for name, value in variables
        }.items()


class Reporter(ExceptionReporter):
    """Django's report, without the tokens in its addresses."""

    def get_traceback_text(self) -> SafeString:
        """Return the report as text."""
        return SafeString(redact(super().get_traceback_text()))

    def get_traceback_html(self) -> SafeString:
        """Return the report as a page."""
        return SafeString(redact(super().get_traceback_html()))
