{
    "name": "O&M Demonstration",
    "summary": "An invented operating history of the engagements, made through the acts",
    "version": "19.0.1.1.0",
    "category": "Services/O&M",
    "license": "AGPL-3",
    "author": "O&M Suite Contributors",
    "website": "https://github.com/om-suite/om-suite",
    "depends": ["om_engagements"],
    "demo": [
        "demo/om_system_demo.xml",
        "demo/om_inspection_demo.xml",
        "demo/om_device_demo.xml",
        "demo/om_contract_demo.xml",
        "demo/om_ticket_demo.xml",
        "demo/om_spare_demo.xml",
        "demo/om_demo.xml",
    ],
}
