"""The yearly report of a training provider (bilan pédagogique et financier, Cerfa 10443): its figures and their holes.

frames     sums by frame and line: pure
figures    what is read of runs, and what is missing of them
"""
