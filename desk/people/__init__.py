"""The people registered in a cycle.

registrants  the table: filters, orders, and the columns of the files made of it
registrant   one person: their dates, and what can be done about each
somebody     what the pages about one person share
decisions    several requests decided at once
beyond       what a place beyond the capacity would do
roster/      a list of people brought in
"""
