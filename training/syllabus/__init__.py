"""The programme sheet of a module: versions with dates, what the law asks of each, which one a run was sold with.

checklist   what is missing of a sheet: pure
fields      its fields, in words
versions    the only writer: a draft, publishing it, keeping a version for a run
queries     the version in force, that of a run, and what public pages show of it
printing    the sheet as a tagged PDF
"""
