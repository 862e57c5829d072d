{
    "name": "O&M Contracts",
    "summary": "Contracts whose payments have conditions, bonds and deductions",
    "version": "19.0.1.0.0",
    "category": "Services/O&M",
    "license": "AGPL-3",
    "author": "O&M Suite Contributors",
    "website": "https://github.com/om-suite/om-suite",
    "depends": ["om_assets", "agreement", "account", "l10n_cn", "portal"],
    "data": [
        "security/om_contract_security.xml",
        "security/ir.model.access.csv",
        "views/agreement_views.xml",
        "views/om_contract_menus.xml",
    ],
}
