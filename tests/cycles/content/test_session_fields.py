"""Which columns of a session are edited by its editor, and which follow from others."""

from __future__ import annotations

import pytest

from cycles.content import editing
from cycles.content.editing import session as verb
from cycles.language.searching import SearchText
from cycles.models import Session
from tests import make


def test_no_text_that_is_kept_for_searching_is_edited() -> None:
    kept = {field.attname for field in Session._meta.concrete_fields if isinstance(field, SearchText)}
    assert kept == {"search_title", "search_page"}
    assert kept & verb.EDITABLE == set()


@pytest.mark.django_db
def test_what_is_written_by_another_verb_is_refused() -> None:
    with pytest.raises(ValueError, match="these fields are not edited here: search_page, status"):
        editing.edit(make.session(), values={"status": "draft", "search_page": "x"}, by=None, at=make.AT)
