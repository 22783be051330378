"""Who may do what.

`table` says it: action → role → scope. `actor` is a signed-in person in the coalition that the address names. `funnel` narrows
every read to what the actor may see. `guards` are the three declarations a view can carry. `checks` makes `manage.py check`
fail on a view or a model that slipped past; `urls` walks the real URLconf for the checks and for the tests.
"""
