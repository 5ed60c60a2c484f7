"""Who came: from clicks on the join page, from the platform's report, by hand.

models    one row a registration and half-day, reports on their way in, counts that outlive the rows
reports   PURE  a platform's file -> its lines
matching  PURE  lines and people registered -> who was there, for how long, and who is unknown
noting    WRITES  join, upload, apply, discard, note, mark_absent
"""
