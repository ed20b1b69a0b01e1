"""Feeds, asked again and again: what is new goes into the store, and what a rule asks for becomes an alert.

plan = plan.read("feeds.toml", tables)            # feeds, rules and outputs; every fault by its line
Watch(plan, state, ...).run()                     # until it is told to stop; once=True: each feed once

plan.py the file | lines.py where things stand in it | clock.py what time it is | web.py one request | hosts.py manners
toward a host | poll.py a feed to its new articles | pace.py when to ask again | rules.py a Reading to alerts |
ranges.py a measure beyond its usual range | alerts.py what an alert is | outputs.py where alerts go | state.py what
must outlive the process | round.py the loop
"""
