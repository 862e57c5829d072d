from . import models
from . import wizard
from .tools import num2words_zh
from .tools.terms import overlay_code_terms
