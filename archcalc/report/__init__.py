"""An analysis as text: terminal table, JSON, CSV, Markdown, LaTeX, HTML. Each format is a function of a module of its own."""
