"""Text to syntax tree: `scanner` cuts it into tokens, `parser` runs the tables of grammar/arch.lark, `builder` makes the tree."""
