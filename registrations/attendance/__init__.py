"""Who came: from clicks on the join page, from the platform's report, by hand.

models    one row a registration and half-day, reports on their way in, counts that outlive the rows
reports   PURE  a platform's file -> its lines
presence  PURE  lines of one person -> the minutes inside the session
matching  PURE  lines and people registered -> who was there, for how long, and who is unknown
noting    WRITES  join, note, mark_absent
applying  WRITES  upload, apply, discard: attendance from a file that was looked at
"""
