"""The demonstration's contracts: the page finds no figure that is not ours."""

import json

from ..support import standing_shell

PAGES = """
import json
pages = {}
sold = [("state", "!=", "draft"), ("domain", "=", "sale")]
for contract in env["agreement"].search(sold):
    settlement = contract.settlement_ids or env["om.settlement"].create(
        {"agreement_id": contract.id})
    facts = env["om.settlement.facts"]._gather(settlement)
    pages[contract.code] = env["om.settlement.verifier"]._make_page(facts)
print("PAGES" + json.dumps(pages))
env.cr.rollback()
"""


def test_all_figures_agree(template, new_page, tmp_path):
    told = standing_shell(template.name, PAGES).partition("PAGES")[2]
    pages = json.loads(told.splitlines()[0])
    assert "SY-2026" in pages
    figures = 0
    for code, content in pages.items():
        path = tmp_path / f"{code}.html"
        path.write_text(content, "utf-8")
        page = new_page()
        page.goto(path.as_uri())
        rows = page.evaluate("verifier.rows")
        assert [row for row in rows if not row["isSame"]] == [], code
        figures += len(rows)
    assert figures > 300
