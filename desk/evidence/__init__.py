"""The evidence of runs in the desk: what is missing of each, one archive, and the figures of a year.

board      what a run lacks, and where it is seen to
files      the files of a run's archive
views      the archive, the year
"""
