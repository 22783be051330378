"""The portal on one machine, from one command: its own PostgreSQL, workers and data folder; its tests; its backups.

`bootstrap.py` prepares the machine and then becomes `python -m phast.embedded`. Production needs none of the processes here
(see `docker-compose.yml`), but uses the same three management commands:

`prepare`   brings database, reference data and, if asked, static files up to the code. Safe to repeat.
`backup FILE`   writes one archive: the database, the files, and a manifest with counts and hashes. The portal may be running.
`restore FILE`   puts such an archive into an empty database (`--force` empties it first), checks every hash and count, and
                says what it put back. Stop the portal before, start it after.
"""
