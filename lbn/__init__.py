"""Leave-behind naloxone: kits as aggregate counts by ZIP code. No person's data, ever."""
