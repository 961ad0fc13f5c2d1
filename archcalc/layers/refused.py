"""Classes of Keras that are no kinds here, each with the reason. `archcalc` says it where one is written.

docs/layers.md lists every class of `keras.layers` with its kind, or with what stands here.
"""

from __future__ import annotations

from archcalc.languages import phrase

DECLARE = phrase("`custom` declares a layer of your own by its shape and its figures")
NO_TEXT = phrase("it reads text, and what flows into a network here are numbers")

REFUSED: dict[str, str] = {
    "CutMix": phrase("it mixes the images of a batch and their labels, and a layer sees no labels: mix the data before the network"),
    "FeatureSpace": phrase("it turns the columns of a table into arrays, before a network: `input` takes what it puts out"),
    "FlaxLayer": phrase("it runs a module of Flax, so what comes out is not known without running it; {declare}", declare=DECLARE),
    "InputSpec": phrase("it is no layer, but says what one takes; the input of each kind is checked here anyway"),
    "JaxLayer": phrase("it runs any function of JAX, so what comes out is not known without running it; {declare}", declare=DECLARE),
    "Lambda": phrase("it runs any Python function, so what comes out is not known without running it; {declare}", declare=DECLARE),
    "Layer": phrase("it is what layers are made from, and does nothing by itself; {declare}", declare=DECLARE),
    "MaxNumBoundingBoxes": phrase("it cuts lists of bounding boxes short, and none flow through a network here"),
    "MixUp": phrase("it mixes the images of a batch and their labels, and a layer sees no labels: mix the data before the network"),
    "Pipeline": phrase("it holds layers that run one after another, as the lines of a network do: write each on a line of its own"),
    "StringLookup": phrase("{no_text}; `integer_lookup` looks up whole numbers", no_text=NO_TEXT),
    "TFSMLayer": phrase("it runs a model that TensorFlow has saved, which is not read here; {declare}", declare=DECLARE),
    "TextVectorization": phrase("{no_text}: begin with the numbers of the words, `input 100; embedding 20_000, 64`", no_text=NO_TEXT),
    "TorchModuleWrapper": phrase(
        "it runs a module of PyTorch, so what comes out is not known without running it; {declare}", declare=DECLARE
    ),
    "Wrapper": phrase("it is what wrappers are made from, and does nothing by itself; `archcalc layers` lists those that there are"),
}
