"""The one way to `unstructured`: quiet, without network, imported when first needed.

It would report each import and each use, print an advertisement and fetch a spaCy model; all of that is switched off
before it is imported. Its tokenizer is replaced by a blank English one through the function that loads the model.
"""

from __future__ import annotations

import importlib
import logging
import os
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

SILENT = {"DO_NOT_TRACK": "1", "SCARF_NO_ANALYTICS": "1", "UNSTRUCTURED_DISABLE_NOTICE": "1"}
VERBS = frozenset(
    ("is", "are", "was", "were", "be", "has", "have", "had", "do", "does", "will", "shall", "may", "must")
)
HOOK = "_load_spacy_model"  # the function of unstructured.nlp.tokenize that would download


@lru_cache(maxsize=1)
def _prepared() -> None:
    """Switch off what calls home, then put the blank tokenizer in place.

    Raises:
        RuntimeError: the installed `unstructured` has no such place; it would fetch a model from the network.
    """
    os.environ.update(SILENT)
    for name in ("unstructured", "unstructured.trace"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokenize = importlib.import_module("unstructured.nlp.tokenize")
    if not callable(getattr(tokenize, HOOK, None)):
        raise RuntimeError(
            f"The installed unstructured has no unstructured.nlp.tokenize.{HOOK}, so it would fetch a model from the "
            "network. Install a release from 0.27.30 to below 0.28."
        )
    setattr(tokenize, HOOK, _blank_tokenizer)


def _blank_tokenizer() -> Any:
    """A tokenizer without a model: sentences by their full stops, and a tag on common verbs, which tell prose."""
    import spacy
    from spacy.language import Language

    @Language.component("common_verbs")
    def common_verbs(doc: Any) -> Any:
        for token in doc:
            token.tag_ = "VB" if token.lower_ in VERBS else "XX"
        return doc

    tokenizer = spacy.blank("en")
    tokenizer.add_pipe("sentencizer")
    tokenizer.add_pipe("common_verbs")
    return tokenizer


def partition(kind: str, **arguments: Any) -> list[Any]:
    """Return the elements that `unstructured.partition.KIND.partition_KIND` finds; raises what it raises."""
    _prepared()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = importlib.import_module(f"unstructured.partition.{kind}")
        function: Callable[..., list[Any]] = getattr(module, f"partition_{kind}")
        return function(languages=["eng"], detect_language_per_element=False, **arguments)
