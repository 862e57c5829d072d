{
    "name": "O&M Base",
    "summary": "Parties, working days, Civil Code periods, amounts in words, roles",
    "version": "19.0.1.1.0",
    "category": "Services/O&M",
    "license": "AGPL-3",
    "author": "O&M Suite Contributors",
    "website": "https://github.com/om-suite/om-suite",
    "application": True,
    "post_load": "overlay_code_terms",
    "depends": ["base", "base_setup", "mail", "portal", "resource"],
    "external_dependencies": {
        "python": ["chinesecalendar", "holidays", "num2words", "vobject"],
    },
    "data": [
        "security/om_base_groups.xml",
        "security/ir.model.access.csv",
        "data/res_lang_data.xml",
        "data/res_partner_category_data.xml",
        "data/om_expiry_data.xml",
        "wizard/om_calendar_publish.xml",
        "views/om_calendar_day_views.xml",
        "views/res_config_settings_views.xml",
        "views/res_partner_views.xml",
        "views/om_menus.xml",
        "views/om_expiry_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "om_base/static/src/**/*",
            ("remove", "om_base/static/src/chinese/graph.js"),
            ("remove", "om_base/static/src/portal/**/*"),
        ],
        # Charts are loaded when the first one is opened.
        "web.assets_backend_lazy": ["om_base/static/src/chinese/graph.js"],
        "web.assets_frontend": ["om_base/static/src/portal/**/*"],
    },
    "demo": ["demo/res_users_demo.xml"],
}
