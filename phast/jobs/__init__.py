"""Long work. The database row is the job; the broker only carries a nudge.

A model that inherits `Job` is work for a Celery worker: `enqueue` saves it and nudges, a worker claims the row with a lease, a
sweep every few seconds nudges what waits and takes back what a dead worker left. A job runs twice without harm.
"""
