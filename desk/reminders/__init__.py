"""The reminder plan as organisers see and change it.

line     the plan of one session: each line with its hour, its people and what became of it
effect   what a change would add and remove, found out by making it and undoing it
whatif   what would leave if the session took place at another time
forms    what organisers type
"""
