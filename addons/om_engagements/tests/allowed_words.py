"""Latin words that a Chinese reader meets in Chinese texts, and why each stays."""

_REASONS = {
    "Abbreviations that Chinese technical writing uses as they are": """
        ai api cc css csv cpu dns excel ftp gb html http https icon ics id ids im ip
        isbn iso javascript jpeg json kb mac mb md mlps ms ocr ofd oid pdf php pin png
        qr qweb sha sim sla smtp sms sn sql ssl svg tb tls url urls usb utc utf uuid
        vcard vpn word xls xlsx xml yml zip""",
    "The platform at the foot of the portal's pages": "odoo",
    "Alternative text of the company's picture, by the layout's own code": "logo of",
    "Methods of valuing and taking stock, known by their letters": """
        avco fefo fifo lifo mto""",
    "Formats of printers, certificates, publications and electronic documents": """
        bis cii dymo edi facturx ocds p12 peppol pfx sepa ubl ufe zpl zplxprice
        xrechnung""",
    "Licences of software": "affero agpl gpl lgpl oeel opl osi oss proprietary",
    "Names of files that programs read": "facts",
    "Names of variables in templates of other services": "content",
    "Names of products and services": """
        adobe alertmanager android apple chrome chromium debian docker edge firefox
        gmail google headless ios linux microsoft mysql office oracle outlook postgresql
        python safari shell twilio unsplash wechat windows wkhtmltopdf""",
    "Units": "cm gb ghz kg kw kwh mhz mm mbps pt px va",
    "Parts of examples of addresses": "com example info org www",
    "Machines and parts, as the registers name them": """
        centos cpu gpu hba ntp os raid ram rhel sas san sata ssd nas vm ups""",
}

ALLOWED = frozenset(" ".join(_REASONS.values()).lower().split())

# Fields whose choices are code lists of other countries or of the world; none is
# chosen in a Chinese company, and their names are names.
CODE_LISTS = {
    "chart_template": "charts of accounts of all countries",
    "invoice_edi_format": "electronic invoices of other countries",
    "lang": "each language in its own words",
    "license": "licences of add-ons",
    "peppol_eas": "registers of companies in Europe",
    "tz": "time zones by their IANA names",
}
