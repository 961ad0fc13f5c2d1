"""The shape of generated code: which layers become a function, a loop, a helper.

`regions` turns a graph into bodies, each a list of steps, one for each block that is used several times and one for the
network itself. `variants` makes one function of the instances of a block, `unify` finds what its parameters are, `outline`
makes helpers of runs of layers that stand in many places, `loops` folds what repeats. Nothing here is text yet, but for the
arguments: `writing` is what lays it out.
"""
