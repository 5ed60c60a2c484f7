"""Training: who signed for a half-day, and the papers that prove it."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from cycles.runs import sheets  # noqa: PLC0415 - models must be ready
        from registrations.links import lost_links  # noqa: PLC0415 - likewise

        from . import receivers  # noqa: F401, PLC0415 - connects them once the apps are loaded
        from .signing import links  # noqa: PLC0415 - likewise
        from .syllabus import queries  # noqa: PLC0415 - likewise

        sheets.answer_with(queries.sheet)
        lost_links.add("sign", "training:sign", links.signer)
        lost_links.add("teach", "training:teach-sheet", links.trainer)
        # The name of who holds a tablet stands behind its token: such a link is not mended, only explained.
        lost_links.add("tablet", "training:tablet", links.no_tablet)
