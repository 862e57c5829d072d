import io
import re
import zipfile
from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.tools import format_list

from ..engine.people import known_run, month_number, month_text

UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')
DEGREE, TITLE, INSURANCE = "om_degree_scan", "om_title_scan", "om_insurance_scan"
RESUME = "certificate_file"
# The tables of the pack; the scans are named by table, row and piece.
TABLES = {
    "team": 1,
    "certificates": 2,
    "insurance": 3,
    "enterprise": 4,
    "references": 5,
}


class OmBidEvaluation(models.Model):
    """The tables and scans that go into the bid file."""

    _inherit = "om.bid.evaluation"

    def get_pack(self):
        """The tables of the bid pack: as frozen, else as of now."""
        self.ensure_one()
        self.check_access("read")
        if self.state == "frozen":
            return self.snapshot["pack"]
        return self._get_pack()

    def action_export_pack(self):
        """Download one archive: the tables as PDF and spreadsheet, and the scans."""
        self.ensure_one()
        self.check_access("read")
        values = {
            "name": f"{self._clean(self.name)}.zip",
            "mimetype": "application/zip",
            "res_model": self._name,
            "res_id": self.id,
        }
        # Kept as a file of the evaluation that its readers may open; the content was
        # made with the rights of the user. The latest one is enough.
        Attachment = self.env["ir.attachment"].sudo()
        Attachment.search([(key, "=", value) for key, value in values.items()]).unlink()
        archive = Attachment.create({**values, "raw": self._get_archive()})
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{archive.id}?download=true",
            "target": "download",
        }

    # ------------------------------------------------------------
    # Tables
    # ------------------------------------------------------------

    def _get_pack(self):
        facts = self._get_what_counts({})
        posts = {post.key: post for post in facts.posts}
        # The bid shows what the tender asks to show of the people it names.
        employees = (
            self.env["hr.employee"]
            .sudo()
            .browse(dict.fromkeys(key for keys in facts.named.values() for key in keys))
        )
        skills = self._get_shown_certificates(facts, employees)
        return {
            "title": self.tender_id.name,
            "code": self.tender_id.code or "",
            "bidder": self.company_id.name,
            "date": fields.Date.to_string(facts.day),
            "team": self._get_team_rows(facts, posts, skills),
            "certificates": self._get_certificate_rows(facts, posts, skills),
            "insurance": self._get_insurance_rows(facts, employees),
            "enterprise": self._get_enterprise_rows(facts.day),
            "references": self._get_reference_rows(facts.day),
            "prices": self._get_price_rows(),
        }

    def _get_shown_certificates(self, facts, employees):
        """{(employee id, certificate key): record}: of each certificate that a post
        asks for, the version that lasts longest of those valid on the day."""
        Skill = self.env["hr.employee.skill"].sudo()
        wanted = {
            int(kind)
            for post in facts.posts
            for kind in post.requirement.all_of | post.requirement.any_of
        }
        found = {}
        for one in Skill.search(
            Skill._get_valid_domain(facts.day)
            & fields.Domain("employee_id", "in", employees.ids)
            & fields.Domain("skill_id", "in", list(wanted)),
            order="employee_id, skill_id, valid_to desc nulls first",
        ):
            found.setdefault((one.employee_id.id, str(one.skill_id.id)), one)
        return found

    def _get_team_rows(self, facts, posts, skills):
        labels = self._get_rank_labels()
        named = {key for keys in facts.named.values() for key in keys}
        employees = {
            one.id: one for one in self.env["hr.employee"].sudo().browse(named)
        }
        rows = []
        for post in self.tender_id.post_ids:
            requirement = posts[post.id].requirement
            for key in facts.named[post.id]:
                person, employee = facts.people[key], employees[key]
                shown = [
                    skills[key, kind].skill_id.name
                    for kind in sorted(requirement.all_of | requirement.any_of)
                    if (key, kind) in skills
                ]
                rows.append(
                    {
                        "no": len(rows) + 1,
                        "id": key,
                        "post": post.name,
                        "name": employee.name,
                        "degree": labels["degree"][person.degree],
                        "title": employee.om_title_name
                        or labels["title"][person.title],
                        "years": round(person.years, 1) or "",
                        "certificates": format_list(self.env, shown),
                        "insurance": len(known_run(person, facts.day)),
                    }
                )
        return rows

    def _get_certificate_rows(self, facts, posts, skills):
        rows = []
        for post in self.tender_id.post_ids:
            requirement = posts[post.id].requirement
            for key in facts.named[post.id]:
                for kind in sorted(requirement.all_of | requirement.any_of, key=int):
                    one = skills.get((key, kind))
                    if not one:
                        continue
                    rows.append(
                        {
                            "no": len(rows) + 1,
                            "id": one.id,
                            "name": one.employee_id.name,
                            "post": post.name,
                            "certificate": one.skill_id.name,
                            "number": one.number or "",
                            "issuer": one.issuer or one.skill_id.issuer or "",
                            "valid_from": fields.Date.to_string(one.valid_from) or "",
                            "valid_to": fields.Date.to_string(one.valid_to) or "",
                            "verified": bool(one.verified_on),
                        }
                    )
        return rows

    def _get_insurance_rows(self, facts, employees):
        bid_month = month_number(facts.day)
        rows = []
        for employee in employees:
            person = facts.people[employee.id]
            run = known_run(person, facts.day)
            rows.append(
                {
                    "no": len(rows) + 1,
                    "id": employee.id,
                    "name": employee.name,
                    "employer": self.company_id.name,
                    "months": len(run),
                    "first": month_text(run[0]) if run else "",
                    "last": month_text(run[-1]) if run else "",
                    "on_record": sum(one <= bid_month for one in person.insured),
                }
            )
        return rows

    def _get_enterprise_rows(self, day):
        Qualification = self.env["om.qualification"]
        found = Qualification.search(
            Qualification._get_valid_domain(day)
            & fields.Domain("company_id", "=", self.company_id.id),
            order="type_id, grade, id",
        )
        return [
            {
                "no": number,
                "id": one.id,
                "certificate": one.type_id.name,
                "grade": one.grade or "",
                "number": one.number or "",
                "issuer": one.issuer or "",
                "scope": one.scope or "",
                "valid_from": fields.Date.to_string(one.valid_from) or "",
                "valid_to": fields.Date.to_string(one.valid_to) or "",
            }
            for number, one in enumerate(found, 1)
        ]

    def _get_reference_rows(self, day):
        after = min(
            (
                rule.signed_after
                for rule in self.tender_id.rule_ids
                if rule.signed_after
            ),
            default=None,
        )
        domain = fields.Domain("company_id", "=", self.company_id.id) & fields.Domain(
            "is_om", "=", True
        )
        domain &= fields.Domain("signed_on", "<=", day)
        if after:
            domain &= fields.Domain("signed_on", ">", after)
        return [
            {
                "no": number,
                "id": one.id,
                "name": one.name,
                "customer": one.partner_id.name or "",
                "signed_on": fields.Date.to_string(one.signed_on),
                "amount": one.amount,
                "contact": one.contact or "",
            }
            for number, one in enumerate(self.env["om.reference"].search(domain), 1)
        ]

    def _get_price_rows(self):
        """The price of each system, in figures and in words; empty until systems have
        yearly fees."""
        systems = self.tender_id.system_ids
        if "annual_fee" not in systems._fields or not systems:
            return {"rows": [], "total": 0.0, "words": ""}
        currency = self.currency_id
        rows = [
            {
                "no": number,
                "unit": system.unit_id.name,
                "system": system.name,
                "price": system.annual_fee,
                "words": currency.amount_to_text(system.annual_fee),
            }
            for number, system in enumerate(systems.sorted("sequence_no"), 1)
        ]
        total = currency.round(sum(row["price"] for row in rows))
        return {"rows": rows, "total": total, "words": currency.amount_to_text(total)}

    # ------------------------------------------------------------
    # Scans
    # ------------------------------------------------------------

    @api.model
    def _get_sources(self, pack):
        """[(name without suffix, (model, record id, field))] in the order of the
        tables."""
        degree, title = self.env._("degree"), self.env._("title")
        experience, insurance = self.env._("experience"), self.env._("insurance")
        lines = self._get_experience_lines(pack)
        sources = []

        def add(table, row, words, model, key, field="scan", piece=""):
            name = "_".join((f"{TABLES[table]}-{row['no']:03d}{piece}", *words))
            sources.append((name, (model, key, field)))

        for row in pack["team"]:
            person, key = row["name"], row["id"]
            add("team", row, (person, degree), "hr.employee", key, DEGREE, "-1")
            add("team", row, (person, title), "hr.employee", key, TITLE, "-2")
            for line in lines.get(key, ()):
                words = person, experience, line.name
                add("team", row, words, "hr.resume.line", line.id, RESUME, "-3")
        for row in pack["certificates"]:
            words = row["name"], row["certificate"]
            add("certificates", row, words, "hr.employee.skill", row["id"])
        for row in pack["insurance"]:
            words = row["name"], insurance
            add("insurance", row, words, "hr.employee", row["id"], INSURANCE)
        for row in pack["enterprise"]:
            add("enterprise", row, (row["certificate"],), "om.qualification", row["id"])
        for row in pack["references"]:
            add("references", row, (row["name"],), "om.reference", row["id"])
        return sources

    @api.model
    def _get_experience_lines(self, pack):
        """{employee id: lines of the résumé that count as experience}."""
        # Shown with the rows of the team, which the user was allowed to read.
        lines = (
            self.env["hr.resume.line"]
            .sudo()
            .search(
                [
                    ("employee_id", "in", [row["id"] for row in pack["team"]]),
                    ("om_experience", "!=", False),
                ],
                order="employee_id, date_start, id",
            )
        )
        return lines.grouped(lambda line: line.employee_id.id)

    def _get_scans(self, pack):
        """[(file name, attachment)] of the scans behind the tables."""
        sources = self._get_sources(pack)
        records = defaultdict(list)
        for _name, (model, key, field) in sources:
            records[model, field].append(key)
        # The scans of the rows just shown; the file of a binary field is reached
        # through its record only, which is why it is read this way.
        scans = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                fields.Domain.OR(
                    fields.Domain("res_model", "=", model)
                    & fields.Domain("res_field", "=", field)
                    & fields.Domain("res_id", "in", keys)
                    for (model, field), keys in records.items()
                )
            )
        )
        by_source = {
            (scan.res_model, scan.res_id, scan.res_field): scan for scan in scans
        }
        found, seen = [], Counter()
        for name, source in sources:
            scan = by_source.get(source)
            if not scan:
                continue
            name = self._clean(name)
            seen[name] += 1
            again = f"_{seen[name]}" if seen[name] > 1 else ""
            found.append((f"{name}{again}{self._get_suffix(scan)}", scan))
        return found

    def _copy_scans(self, pack):
        """Copy the scans to this evaluation; returns their names and checksums."""
        scans = self._get_scans(pack)
        self.env["ir.attachment"].sudo().create(
            [
                {
                    "name": name,
                    "raw": scan.raw,
                    "mimetype": scan.mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                    "description": scan.checksum,
                }
                for name, scan in scans
            ]
        )
        return [{"name": name, "checksum": scan.checksum} for name, scan in scans]

    def _get_kept_scans(self):
        """The copies that were frozen, in the order of the tables."""
        names = {(one["name"], one["checksum"]) for one in self.snapshot["evidence"]}
        # Whoever may read the evaluation may read its evidence.
        return (
            self.evidence_ids.sudo()
            .filtered(lambda scan: (scan.name, scan.checksum) in names)
            .sorted("name")
        )

    def _get_archive(self):
        pack = self.get_pack()
        if self.state == "frozen":
            scans = [(scan.name, scan) for scan in self._get_kept_scans()]
        else:
            scans = self._get_scans(pack)
        Report = self.env["ir.actions.report"]
        name = self._clean(self.name)
        pdf, _kind = Report._render_qweb_pdf("om_staffing.om_bid_pack", self.ids)
        sheet, _kind = Report._render_xlsx("om_staffing.om_bid_pack_xlsx", self.ids, {})
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}.pdf", pdf)
            archive.writestr(f"{name}.xlsx", sheet)
            for file_name, scan in scans:
                archive.writestr(f"scans/{file_name}", scan.raw)
        return buffer.getvalue()

    @api.model
    def _clean(self, name):
        """A name that every file system accepts."""
        return UNSAFE.sub("_", name or "").strip("._") or "pack"

    @api.model
    def _get_suffix(self, scan):
        suffixes = {
            "application/pdf": ".pdf",
            "image/jpeg": ".jpg",
            "image/png": ".png",
        }
        return suffixes.get(scan.mimetype, "")

    def _get_file_name(self):
        self.ensure_one()
        return self._clean(self.name)
