"""Sending mail, and the addresses that refuse it.

`send` is Django's, with a memory: an address that its mail system refuses is kept, so that people see it and nothing more is sent
there in vain. What bounces later a provider reports to the webhook (`phast.mail.views`).
"""

from .sending import Refused, clear, refusals, send

__all__ = ["Refused", "clear", "refusals", "send"]
