"""Code for other frameworks, generated from a network."""

from archcalc.codegen.errors import CodegenError
from archcalc.codegen.keras import generate

__all__ = ["CodegenError", "generate"]
