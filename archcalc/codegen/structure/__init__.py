"""The shape of generated code: which layers become a function, a loop, a helper.

`regions` turns a graph into bodies, each a list of steps, one for each block that is used several times and one for the
network itself. `loops` folds what repeats, `single` what does so once where others do more often. `variants` makes one function
of the instances of a block, `unify` finds what its parameters are, `outline` makes helpers of runs of layers that stand in many
places, `stacks` lists of layers that several places apply. Nothing here is text yet, but for the arguments: `variables` finds what
values are called, and `writing` lays it all out.
"""
