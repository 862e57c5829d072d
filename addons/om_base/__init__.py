from . import controllers
from . import models
from . import wizard
from .terms import overlay_code_terms
from .tools import num2words_zh
