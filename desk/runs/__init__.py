"""The runs of a module: opened, added to, repeated, announced elsewhere. A run itself is looked after as a cycle.

forms     half-days row by row, the terms of a run, a run held elsewhere
views     one page an act
"""
