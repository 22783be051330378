"""Meetings: the list, one meeting, who is on its list, and the view for the wall."""
