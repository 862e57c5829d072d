import hashlib
import json
import os
import shutil
import time
import zipfile
from datetime import datetime
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.models.om_job import STEP
from odoo.addons.om_base.tools import beijing, seal
from odoo.addons.om_base.tools.acts import Act, Fact
from odoo.addons.om_base.tools.archive import (
    Archive,
    Mark,
    list_fingerprints,
    safe_name,
)
from odoo.addons.om_base.tools.volume import begin_volume

from .om_settlement import KEEPERS, PRICED

_lt = LazyTranslate(__name__)

# Steps beside the files: reading the facts, setting the volume, closing.
OTHER_STEPS = 3
# Names inside, as whoever opens the zip reads them.
FINGERPRINTS = "fingerprints.sha256"
FACTS = "facts/{}.json"


class OmSettlement(models.Model):
    """The package of a settlement is made in the background, step by step."""

    _inherit = "om.settlement"

    package_ids = fields.One2many(
        "om.settlement.package",
        "settlement_id",
        string="Packages",
        readonly=True,
        groups="base.group_user",
    )
    package_id = fields.Many2one(
        "om.settlement.package",
        string="Newest Package",
        compute="_compute_package",
        groups="base.group_user",
    )
    is_package_outdated = fields.Boolean(
        "Otherwise Than Packed",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The newest package says otherwise than the record did when they were"
        " compared last.",
    )

    @api.depends("package_ids")
    def _compute_package(self):
        for settlement in self:
            settlement.package_id = settlement.package_ids.sorted("number")[-1:]

    def _get_packages_handed_in(self):
        """The packages that the parties outside may have."""
        return self.package_ids.filtered(lambda package: package.state == "handed_in")

    def _get_files_for(self, user):
        """The files of these packages that a person outside may take: they tell prices,
        which a supervisor does not see. The fingerprint tells it which one holds."""
        packages = self._get_packages_handed_in()
        if not user.has_groups(PRICED):
            return packages.attachment_id.browse()
        return packages.attachment_id | packages.volume_id

    def action_make_package(self):
        """Begin the package, or open the page of the one that is being made."""
        self.ensure_one()
        self.check_access("write")
        job = self.env["om.job"]._ask(self, "package", self._get_file_name())
        return job.action_open()

    def action_compare_package(self):
        """Ask whether the newest package is still what the record says."""
        self.check_access("read")
        self.package_id._compare()
        return True

    @api.model
    def _cron_compare_packages(self):
        """Each night: what of the newest packages is otherwise by now."""
        cron = self.env["ir.cron"]
        settlements = self.search([("package_ids", "!=", False)])
        for number, settlement in enumerate(settlements, 1):
            settlement.package_id._compare()
            cron._commit_progress(1, remaining=len(settlements) - number)

    # ------------------------------------------------------------
    # The steps of the job
    # ------------------------------------------------------------

    def _job_package(self, job):
        """One step of the package: facts, files, volume, end."""
        self.check_access("write")
        step = (job.cursor or {}).get("step", "facts")
        return getattr(self, f"_pack_{step}")(job)

    def _pack_facts(self, job):
        """All that is told is read in one transaction: it is of one moment."""
        folder = Path(job._get_folder())
        facts = self.env["om.settlement.facts"]._gather(self)
        paths, number = {}, 0
        for item in facts["requirements"]:
            for record in item["records"]:
                for each in record["files"]:
                    if each["id"] not in paths:
                        number += 1
                        paths[each["id"]] = self.env._(
                            "files/%(item)s/%(number)s %(name)s",
                            item=f"{item['number']:02d}",
                            number=f"{number:05d}",
                            name=safe_name(each["name"]),
                        )
                    each["path"] = paths[each["id"]]
        _write(folder / "facts.json", facts)
        _write(folder / "paths.json", list(paths.items()))
        _write(folder / "digests-0.json", [])
        job._advance(
            1, number + OTHER_STEPS, step="files", next=0, mark=None, digests=0
        )

    def _pack_files(self, job):
        """Add files to the zip for some seconds."""
        folder, cursor = Path(job._get_folder()), job.cursor
        paths = _read(folder / "paths.json")
        digests = _read(folder / f"digests-{cursor['digests']}.json")
        archive = Archive(folder, cursor["mark"] and Mark(*cursor["mark"]))
        end, place = time.monotonic() + STEP, cursor["next"]
        while place < len(paths) and time.monotonic() < end:
            number, path = paths[place]
            # sudo: who may read a settlement may read what answers it.
            file = self.env["ir.attachment"].sudo().browse(number)
            with self._open_file(file, path) as stream:
                digests.append([number, path, *archive.add(path, stream)])
            place += 1
        mark = archive.close()
        _write(folder / f"digests-{mark.number}.json", digests)
        (folder / f"digests-{mark.number - 2}.json").unlink(missing_ok=True)
        job._advance(
            1 + place,
            len(paths) + OTHER_STEPS,
            step="files" if place < len(paths) else "volume",
            next=place,
            mark=list(mark),
            digests=mark.number,
        )

    def _open_file(self, file, path):
        if not file.exists():
            raise UserError(
                self.env._(
                    "“%s” was taken away while the package was made: ask for it again.",
                    path,
                )
            )
        try:
            return file._om_open()
        except FileNotFoundError as error:
            raise UserError(
                self.env._(
                    "The content of “%s” is not on the server: bring it back from a"
                    " backup, or hand the paper in anew.",
                    file.name,
                )
            ) from error

    def _pack_volume(self, job):
        """The one paper: contents, index, records with fingerprints, score sheets."""
        folder = Path(job._get_folder())

        def begin(own):
            facts = self._get_fingerprinted(folder, job.cursor)
            _write(folder / "facts.json", facts)
            report = self.env["report.om_assessment.om_settlement_volume"]
            return begin_volume(report._get_packed_volume(self, facts), own)

        if done := job._await_beside(begin):
            shutil.copyfile(done, folder / "volume.pdf")
            job._advance(job.done + 1, job.total, **{**job.cursor, "step": "end"})

    def _get_fingerprinted(self, folder, cursor):
        """The facts with the fingerprint of each file."""
        facts = _read(folder / "facts.json")
        digests = {
            number: digest
            for number, _path, _length, digest in _read(
                folder / f"digests-{cursor['digests']}.json"
            )
        }
        for item in facts["requirements"]:
            for record in item["records"]:
                for each in record["files"]:
                    each["sha256"] = digests[each["id"]]
        return facts

    def _pack_end(self, job):
        """Add the volume, the facts and the fingerprints; close and keep it."""
        folder, cursor = Path(job._get_folder()), job.cursor
        facts = _read(folder / "facts.json")
        digests = _read(folder / f"digests-{cursor['digests']}.json")
        archive = Archive(folder, Mark(*cursor["mark"]))
        listed = [(path, digest) for _id, path, _length, digest in digests]
        volume = folder / "volume.pdf"
        name = f"{safe_name(self._get_file_name())}.pdf"
        with volume.open("rb") as stream:
            listed.append((name, archive.add(name, stream)[1]))
        for part, content in facts.items():
            path = FACTS.format(part)
            text = seal.canonical(content).encode()
            listed.append((path, archive.add_bytes(path, text)[1]))
        name = self.env._("verify.html")
        page = self.env["om.settlement.verifier"]._make_page(facts).encode()
        listed.append((name, archive.add_bytes(name, page)[1]))
        archive.add_bytes(FINGERPRINTS, list_fingerprints(listed).encode())
        archive.close()
        package = (
            self.env["om.settlement.package"]
            .sudo()
            ._keep(
                # sudo: only the server makes packages
                self.sudo(),
                archive.path,
                volume,
                facts,
                len(listed),
            )
        )
        job._advance(job.total, job.total)
        return package.attachment_id


class OmSettlementPackage(models.Model):
    """What was handed in for the review: one zip and one paper, frozen.

    It is never changed. What the record says otherwise later shows as a difference; a
    newer package is another one. Its fingerprint is of the whole zip, and stands in the
    ledger of acts, hence in the seal of the night.
    """

    _name = "om.settlement.package"
    _inherit = ["om.act.mixin"]
    _description = "Package of a Settlement"
    _order = "number desc, id desc"

    _state_field = "state"
    _free_fields = {}
    _acts = {
        "hand_in": Act(
            _lt("Handed In"),
            source=("made",),
            target="handed_in",
            groups=KEEPERS,
        ),
    }
    _facts = {
        "settlement": Fact("settlement_id"),
        "number": Fact("number"),
        "fingerprint": Fact("fingerprint"),
        "bytes": Fact("length"),
        "state": Fact("state"),
    }

    settlement_id = fields.Many2one(
        "om.settlement", required=True, index=True, ondelete="restrict", readonly=True
    )
    agreement_id = fields.Many2one(
        related="settlement_id.agreement_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="settlement_id.company_id", store=True, index=True, precompute=True
    )
    number = fields.Integer("No.", readonly=True, required=True, aggregator=False)
    state = fields.Selection(
        [("made", "Made"), ("handed_in", "Handed In")],
        required=True,
        readonly=True,
        default="made",
        copy=False,
    )
    made_at = fields.Datetime(readonly=True, required=True)
    read_at = fields.Datetime(
        "Facts As Of",
        readonly=True,
        required=True,
        help="All facts are of this moment.",
    )
    made_by_id = fields.Many2one("res.users", readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment", string="Zip", readonly=True, required=True, ondelete="restrict"
    )
    volume_id = fields.Many2one(
        "ir.attachment",
        string="Paper",
        readonly=True,
        required=True,
        ondelete="restrict",
    )
    fingerprint = fields.Char(
        "Fingerprint (SHA-256)", readonly=True, required=True, help="Of the whole zip."
    )
    # pylint: disable-next=attribute-deprecated; a field of this name
    length = fields.Float("Bytes", digits=(16, 0), readonly=True, aggregator=False)
    file_count = fields.Integer("Files", readonly=True, aggregator=False)
    item_count = fields.Integer("Requirements", readonly=True, aggregator=False)
    missing_count = fields.Integer("Missing", readonly=True, aggregator=False)
    compared_at = fields.Datetime(readonly=True)
    difference_count = fields.Integer("Differences", readonly=True, aggregator=False)
    difference = fields.Text(
        "Otherwise Today",
        readonly=True,
        help="What the record says otherwise than the package.",
    )
    can_hand_in = can_act()

    _number_uniq = models.UniqueIndex(
        "(settlement_id, number)", "Each package of a settlement has its own number."
    )

    @api.depends("settlement_id", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for package in self:
            package.display_name = self.env._(
                "%(name)s, no. %(number)s",
                name=package.settlement_id._get_file_name(),
                number=package.number,
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A package stays on record as it was made."))

    def _filter_closed_files(self, files):
        """What was packed stays."""
        return files

    @api.model
    def _keep(self, settlement, archive, volume, facts, count):
        """Take the finished files and freeze them.

        :param archive: path of the zip
        :param volume: path of the paper
        :param count: how many files have a fingerprint
        """
        with open(archive, "rb") as stream:
            fingerprint = hashlib.file_digest(stream, "sha256").hexdigest()
        length = os.path.getsize(archive)
        name = settlement._get_file_name()
        number = max(settlement.package_ids.mapped("number"), default=0) + 1
        files = self.env["ir.attachment"]
        place = {"res_model": settlement._name, "res_id": settlement.id}
        made = self.create(
            {
                "settlement_id": settlement.id,
                "number": number,
                "made_at": fields.Datetime.now(),
                "read_at": _parse(facts["package"]["read_at"]),
                "made_by_id": self.env.uid,
                "attachment_id": files._om_take_file(
                    archive,
                    name=f"{name}-{number}.zip",
                    mimetype="application/zip",
                    **place,
                ).id,
                "volume_id": files._om_take_file(
                    volume,
                    name=f"{name}-{number}.pdf",
                    mimetype="application/pdf",
                    **place,
                ).id,
                "fingerprint": fingerprint,
                "length": length,
                "file_count": count,
                "item_count": len(facts["requirements"]),
                "missing_count": sum(
                    item["standing"] == "missing" for item in facts["requirements"]
                ),
            }
        )
        for file in (made.attachment_id, made.volume_id):
            file.write({"res_model": made._name, "res_id": made.id})
        settlement.is_package_outdated = False
        return made

    # ------------------------------------------------------------
    # What is otherwise today
    # ------------------------------------------------------------

    def _read_facts(self):
        """The facts as they were packed."""
        self.ensure_one()
        # sudo: who may read a package may read what is in it.
        with (
            self.sudo().attachment_id._om_open() as file,
            zipfile.ZipFile(file) as packed,
        ):
            return {
                Path(name).stem: json.loads(packed.read(name))
                for name in packed.namelist()
                if name.startswith("facts/")
            }

    def _compare(self):
        """Write down what the record says otherwise than each of these."""
        for package in self:
            own = package.settlement_id.agreement_id._in_own_language()
            reader = self.env["om.settlement.facts"].with_context(lang=own.env.lang)
            settlement = package.settlement_id.with_env(reader.env)
            found = reader._get_differences(
                package._read_facts(), reader._gather(settlement)
            )
            package.sudo().write(  # sudo: what is otherwise follows from the record
                {
                    "compared_at": fields.Datetime.now(),
                    "difference_count": len(found),
                    "difference": "\n".join(found) or False,
                }
            )
            settlement.sudo().is_package_outdated = bool(found)  # as above

    def action_compare(self):
        """Ask what the record says otherwise by now."""
        self.check_access("read")
        self._compare()
        return True

    def action_hand_in(self):
        """Note that the package was handed in for the review."""
        with self._act("hand_in"):
            return True

    def action_download(self):
        """Take the zip."""
        return self._download(self.attachment_id)

    def action_download_volume(self):
        """Take the paper."""
        return self._download(self.volume_id)

    def _download(self, file):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{file.id}?download=true",
            "target": "download",
        }


def _write(path, value):
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(value, stream, ensure_ascii=False)
        stream.flush()
        os.fsync(stream.fileno())


def _read(path):
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)


def _parse(text):
    return beijing.to_stored(datetime.fromisoformat(text))
