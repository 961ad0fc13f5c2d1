"""Plots of a network's figures: bars by layer, memory step by step, fields on the input, learning curves. SVG without any library."""
