"""Sizes that stay symbolic: formulas over free sizes, and what is assumed of these. Imported only where a size is free."""
