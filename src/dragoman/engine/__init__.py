"""Who does the work: processes of this machine, or a cluster. Neither knows what the work is.

base.py the seam | keeper.py one process that may die | child.py what runs in it | local.py | dask.py | here.py
"""
