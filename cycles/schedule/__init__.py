"""When sessions take place: the rule, its exceptions, and the verbs that change a schedule."""
