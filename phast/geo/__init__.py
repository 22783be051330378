"""ZIP codes and counties as reference data, and the map of kits by ZIP code, drawn once for page and PDF.

`zips` answers questions about codes, `load` fills the tables from `data/`, `map` draws. `build/` made the files in `data/`.
"""
