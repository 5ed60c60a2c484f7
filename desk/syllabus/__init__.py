"""The programme sheet of a module in the desk: written, checked, published in versions.

forms     its fields in two languages, and why one says nothing
views     the editor, its PDF, publishing it, the sheet of a run
"""
