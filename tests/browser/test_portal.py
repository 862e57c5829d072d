"""The portal on a telephone: whatever a page links to opens, and nothing is cut off."""

import re

import pytest

from ..sampling import WHOLE, sample
from .actions import assert_fits

ROLES = ("unit", "purchaser", "supervisor")
TELEPHONE = {"width": 390, "height": 844}
# Kinds of pages, a number in the address aside; every day those nearest to the home.
PAGES = 60 if WHOLE else 10
LEAST = 15 if WHOLE else 10
HOME = "/my"
# What is handed out to be kept is no page.
FILES = re.compile(r"report|pdf|xlsx|csv|download|application|/photo/|/file/|/sign")
LINKS = """() => [...document.querySelectorAll("main a[href^='/my']")]
    .filter((link) => !link.closest(".d-none"))
    .map((link) => link.getAttribute("href"))"""
# Texts that end in dots, and parts that scroll sideways by themselves.
CUT = """() => [...document.querySelectorAll("main *")]
    .filter((each) => !["INPUT", "TEXTAREA", "SELECT"].includes(each.tagName))
    .filter((each) => getComputedStyle(each).overflowX !== "visible")
    .filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.innerText.slice(0, 60))"""


def kind_of(address):
    """An address without its numbers and its question."""
    return re.sub(r"\d+", "#", address.split("?")[0].rstrip("/"))


@pytest.mark.parametrize("role", sample("portal", ROLES, 1))
def test_every_page_fits_a_telephone(server, new_page, login, role):
    page = new_page(**TELEPHONE)
    login(page, role)
    waiting, seen, cut = [HOME], set(), {}
    while waiting and len(seen) < PAGES:
        address = waiting.pop(0)
        if kind_of(address) in seen or FILES.search(address):
            continue
        seen.add(kind_of(address))
        response = page.goto(server.url + address)
        assert response.status == 200, address
        # The home shows what there is when it has counted it.
        page.locator(".o_portal_doc_spinner").wait_for(state="detached")
        assert_fits(page)
        if texts := page.evaluate(CUT):
            cut[address] = texts[:3]
        waiting += page.evaluate(LINKS)
    assert len(seen) >= LEAST, seen
    assert not cut, cut


def test_company_is_told_by_its_name(server, new_page, login):
    """Odoo's picture says "Your logo", in English, to everybody."""
    page = new_page(**TELEPHONE)
    page.goto(f"{server.url}/web/login")
    assert page.locator(".o_om_company").inner_text().strip()
    assert not page.locator("img[src*=company_logo]").count()
    login(page, "unit", "/my")
    assert page.locator(".navbar-brand").inner_text().strip()
    assert not page.locator(".navbar-brand img").count()
