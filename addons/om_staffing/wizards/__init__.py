from . import om_social_insurance_import
