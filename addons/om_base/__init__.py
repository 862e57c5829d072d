from . import models
from . import wizard
from .tools import num2words_zh
