"""All a coalition keeps, as one file that other programs can read: a CSV for each table in a zip, and every file people added.

It walks the models (`phast.tenancy`) and knows none of them by name, so a table that is added is in it without being listed.
"""
