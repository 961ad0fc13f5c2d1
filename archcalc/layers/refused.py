"""Classes of Keras that are no kinds here, each with the reason. `archcalc` says it where one is written.

docs/layers.md lists every class of `keras.layers` with its kind, or with what stands here.
"""

from __future__ import annotations

DECLARE = "`custom` declares a layer of your own by its shape and its figures"
NO_TEXT = "it reads text, and what flows into a network here are numbers"

REFUSED: dict[str, str] = {
    "CutMix": "it mixes the images of a batch and their labels, and a layer sees no labels: mix the data before the network",
    "FeatureSpace": "it turns the columns of a table into arrays, before a network: `input` takes what it puts out",
    "FlaxLayer": f"it runs a module of Flax, so what comes out is not known without running it; {DECLARE}",
    "InputSpec": "it is no layer, but says what one takes; the input of each kind is checked here anyway",
    "JaxLayer": f"it runs any function of JAX, so what comes out is not known without running it; {DECLARE}",
    "Lambda": f"it runs any Python function, so what comes out is not known without running it; {DECLARE}",
    "Layer": f"it is what layers are made from, and does nothing by itself; {DECLARE}",
    "MaxNumBoundingBoxes": "it cuts lists of bounding boxes short, and none flow through a network here",
    "MixUp": "it mixes the images of a batch and their labels, and a layer sees no labels: mix the data before the network",
    "Pipeline": "it holds layers that run one after another, as the lines of a network do: write each on a line of its own",
    "StringLookup": f"{NO_TEXT}; `integer_lookup` looks up whole numbers",
    "TFSMLayer": f"it runs a model that TensorFlow has saved, which is not read here; {DECLARE}",
    "TextVectorization": f"{NO_TEXT}: begin with the numbers of the words, `input 100; embedding 20_000, 64`",
    "TorchModuleWrapper": f"it runs a module of PyTorch, so what comes out is not known without running it; {DECLARE}",
    "Wrapper": "it is what wrappers are made from, and does nothing by itself; `archcalc layers` lists those that there are",
}
