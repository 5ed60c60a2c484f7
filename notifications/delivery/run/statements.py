"""The SQL of a worker's turn: settle the mail before, judge the next one by the rules, reserve it.

It names the ledger's own two tables; whatever else is asked comes from `eligibility`, as Django's compiler writes it.
Built once for each set of rules and each database, and run with named parameters.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from django.db.models import BigIntegerField

from notifications.delivery import eligibility
from notifications.delivery.eligibility import Parameter
from notifications.delivery.ledger import DOUBTS_AT_MOST
from notifications.models import Batch, Delivery

if TYPE_CHECKING:
    from notifications.delivery.eligibility import Rule

DELIVERIES = Delivery._meta.db_table
BATCHES = Batch._meta.db_table

# {now} and {later} are the database's clock, or a parameter where a test sets it.
SETTLE = f"""UPDATE {DELIVERIES} SET
    state = CASE WHEN CAST(%(state)s AS text) <> 'uncertain' THEN CAST(%(state)s AS text)
        WHEN on_uncertain = 'retry' AND doubts < {DOUBTS_AT_MOST - 1} THEN 'pending' ELSE 'uncertain' END,
    sent_at = CASE WHEN CAST(%(state)s AS text) = 'sent' THEN {{now}} END,
    next_at = CASE WHEN CAST(%(state)s AS text) IN ('pending', 'uncertain') THEN {{later}} ELSE next_at END,
    doubts = doubts + CASE WHEN CAST(%(state)s AS text) = 'uncertain' THEN 1 ELSE 0 END,
    attempts = attempts - %(unused)s, last_code = CAST(%(code)s AS smallint),
    last_error = CAST(%(error)s AS text), refusal = CAST(%(refusal)s AS text), batch_id = NULL
WHERE id = CAST(%(settled)s AS bigint) AND batch_id = %(batch)s AND state = 'sending'"""  # noqa: S608 - our own number
RESERVE = f"""UPDATE {DELIVERIES} SET state = 'sending', attempts = attempts + 1, sending_at = {{now}},
    message_id = CASE WHEN message_id = '' THEN CAST(%(message_id)s AS text) ELSE message_id END
WHERE id = CAST(%(reserve)s AS bigint) AND batch_id = %(batch)s AND state = 'claimed'"""  # noqa: S608 - our own table
HELD = f"SELECT id FROM {BATCHES} WHERE id = %(batch)s"  # noqa: S608 - likewise


@functools.cache
def judge(rules: tuple[Rule, ...], _vendor: str) -> str:
    """Return the statement that gives the verdict on the mail to be reserved; no row when it is no longer ours."""
    rows = Delivery.objects.filter(pk=eligibility.Given("reserve", BigIntegerField()), state="claimed")
    asked = rows.order_by().values_list(eligibility.verdict(rules))
    text, values = asked.query.sql_with_params()
    places = [_place(value) for value in values]
    return text % tuple(places) + f' AND "{DELIVERIES}"."batch_id" = %(batch)s'


def _place(value: object) -> str:
    """Return what stands in a statement for a value: a named parameter, the clock, or one of our own constants."""
    match value:
        case Parameter(name="now"):
            return "{now}"
        case Parameter(name="reserve"):
            return "CAST(%(reserve)s AS bigint)"
        case Parameter(name=name):
            return f"CAST(%({name})s AS text)"
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case str() if value.replace("_", "").isalnum() or value == "":
            return f"'{value}'"
    msg = f"{value!r} does not belong into a statement that is built once"
    raise ValueError(msg)


@functools.cache
def advance(rules: tuple[Rule, ...], vendor: str) -> str:
    """Return one statement for it all, so one round trip and one commit (PostgreSQL).

    `judged` and `reserved` read `settled`, which therefore runs first.
    """
    return f"""WITH held AS ({HELD} FOR UPDATE),
settled AS ({SETTLE} AND EXISTS (SELECT 1 FROM held) RETURNING id),
judged (verdict) AS ({judge(rules, vendor)} AND EXISTS (SELECT 1 FROM held)
    AND (CAST(%(settled)s AS bigint) IS NULL OR EXISTS (SELECT 1 FROM settled))),
reserved AS ({RESERVE} AND EXISTS (SELECT 1 FROM judged WHERE verdict = '') RETURNING id)
SELECT (SELECT count(*) FROM held), (SELECT count(*) FROM settled), (SELECT count(*) FROM reserved),
    (SELECT verdict FROM judged)"""  # noqa: S608 - our own text
