"""Found against gold. What was found is handed in as values; nothing here reads a page or finds anything.

    gold.py        gold files: JSON lines and TOML, every fault named by file and line
    measures.py    precision, recall, F1; intervals by drawing articles anew
    statements.py  who said what, in texts whose attributions people marked
    references.py  whom words stand for, in cases
    pages.py       what a careful reader expects of a page, held against its Reading
    page_gold.py   folders that hold a page and what is expected of it

Each kind of gold has the same two verbs: `read` gives the gold, `measure` the score, which tells groups and misses.
"""
