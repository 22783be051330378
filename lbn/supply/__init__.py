"""What people do with kits on shelves. Actions are keyword-only, atomic and audited; the ledger in the database keeps the sums.

`client_key` is made with the form: sent twice, it saves once, and the second answer is what the first one saved. What the shelf does not
hold is refused with a `ValidationError` whose sentence says so. Nobody draws kits here: counts do (`lbn.models.stock_triggers`).
"""

from .moving import adjust, expire, lose, receive
from .sites import close_site, edit_site, open_site, reopen_site
from .taking import take_stock
from .transfers import accept_transfer, decline_transfer, offer_transfer, send, withdraw_transfer

__all__ = [
    "accept_transfer",
    "adjust",
    "close_site",
    "decline_transfer",
    "edit_site",
    "expire",
    "lose",
    "offer_transfer",
    "open_site",
    "receive",
    "reopen_site",
    "send",
    "take_stock",
    "withdraw_transfer",
]
