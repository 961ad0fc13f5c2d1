"""Keras models, read from what `model.save` and `model.to_json` wrote: JSON -> a model -> the language's own tree and text.

Nothing of a model is ever imported, called or unpickled: its file is data, and only that. What flows from here on is a program like
any other, whose text is made together with its tree: a finding points into it, and `archcalc import` prints it.

    strict.py      JSON, with nothing said twice and nothing endless
    config.py      its models, layers and calls, whichever Keras wrote it                         (nodes.py: the calls)
    script.py      models -> text and tree             (lines.py: what calls become; network.py: as text; writer.py; order.py: branches)
    arguments.py   a layer's config -> its arguments, by the kind's declaration          (kinds.py, classes.py, parts.py)
    operations.py  arithmetic on values, which Keras records as if it were layers
    reading.py     all of it, from bytes to a program
    agreement.py   shapes that the file holds, against those that come out here
"""
