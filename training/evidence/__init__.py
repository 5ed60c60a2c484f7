"""What proves a run: what is missing of it, and one archive of all there is.

questions   what other rooms and apps add: a need on the board, a file in the archive
archive     a ZIP with its manifest, written while it is sent
"""
