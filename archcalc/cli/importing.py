"""`archcalc import`: a Keras model as text of the language."""

from __future__ import annotations

from archcalc.cli.common import Stop, analyses, complain, exit_code, open_file, show, stopping, write
from archcalc.cli.table import Values


@stopping
def import_model(values: Values) -> int:
    """`archcalc import MODEL`. What is wrong with the model is said; a text is written even so, where there is one."""
    loaded = open_file(values["FILE"], values)
    if loaded.model is None:
        complain(f"{values['FILE']} is no Keras model: a .keras file, or the JSON of `model.to_json()`")
        raise Stop(2)
    findings = analyses(loaded, None, values)[0].diagnostics if loaded.model.main else loaded.findings
    show(findings, values)
    if loaded.model.main:
        write(values, loaded.source.text)
    return exit_code(findings)
