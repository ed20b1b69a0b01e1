"""Exit codes. They are stable: scripts may rely on them."""

ALL_READ = 0  # everything was read
SOME_FAILED = 1  # some sources were not
WRONG_USAGE = 2  # wrong usage, settings or tables
NOTHING_READ = 3  # nothing was read
OUR_FAULT = 70  # a fault in Dragoman itself
INTERRUPTED = 130
NOBODY_LISTENS = 141  # the reader of the output went away
