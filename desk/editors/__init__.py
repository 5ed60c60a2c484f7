"""The editors of content: what each kind asks for, in both languages side by side, without JavaScript.

fields   what forms are made of: a text in two languages, a name chosen from a list, sections
rows     ordered rows that named buttons add, move and take away
conflict what someone else saved beside what was just written
preview  the public page as it would be, and nothing saved
kinds    the table of what can be edited; programme, cycle, session, news, library, catalogue hold the forms
"""
