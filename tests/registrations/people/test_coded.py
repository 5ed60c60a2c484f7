"""A code with its words."""

from __future__ import annotations

import json

from django.core.serializers.json import DjangoJSONEncoder
from hypothesis import given
from hypothesis import strategies as st

from registrations.people.coded import Coded


@given(code=st.text(min_size=1, max_size=30), said=st.text(max_size=30))
def test_programs_read_the_code_and_people_the_words(code: str, said: str) -> None:
    value = Coded(code, said)
    assert json.loads(json.dumps({"x": value}, cls=DjangoJSONEncoder)) == {"x": code}
    assert (value, value.words) == (code, said)
