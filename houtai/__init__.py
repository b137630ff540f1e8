"""Houtai, the back office of an e-commerce company, as a library: every name in __init__.pyi, imported when first used.

`open_office(url)` gives the office; `office.perform(use_case, command, act)` does something, `office.ask(query, request, act)`
looks something up. Refusals are typed exceptions under `Refusal`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
