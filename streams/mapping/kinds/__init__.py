"""The types a row may have: one kind per file, each reading, writing and comparing one sort of value.

Reading is tolerant (a long text is read whole, an empty one is None); writing is strict, so that a fault is found before a call is made.
"""
