import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..tools import beijing, pdf_seal, seal

_logger = logging.getLogger(__name__)

# Acts are entered within one transaction; none runs longer than this, so that what is
# older than the last seal by more has been seen by it.
LATEST_COMMIT = timedelta(days=1)
# Documents that are told on the paper by name; the file beside it tells all.
PRINTED = 500


class OmSeal(models.Model):
    """What the ledger of one contract was at the end of a day, given out of our hands.

    Each night one seal for each contract on whose documents somebody acted: the digest
    of each such document's last line. A line's digest covers the document's lines
    before it, and a seal's digest the contract's seals before it; so whoever keeps one
    seal's paper can prove what all lines up to it were. The paper is signed with the
    company's certificate and stamped by a time-stamping authority (RFC 3161) where the
    settings name them, and mailed to the contract's parties.

    ``res_model`` and ``res_id`` name the contract, or the company for documents that
    belong to none.
    """

    _name = "om.seal"
    _inherit = "om.on.record.mixin"
    _description = "Seal of the Ledger"
    _order = "date desc, id desc"
    _log_access = False

    name = fields.Char("Contract", required=True, readonly=True)
    position = fields.Integer(required=True, readonly=True, aggregator=None)
    date = fields.Date("Sealed Day", required=True, readonly=True, index=True)
    sealed_at = fields.Datetime(required=True, readonly=True)
    line_ids = fields.One2many("om.seal.line", "seal_id", "Documents", readonly=True)
    count = fields.Integer("Number of Documents", required=True, readonly=True)
    format = fields.Integer(required=True, readonly=True, aggregator=None)
    previous = fields.Char("Digest Before", readonly=True)
    digest = fields.Char(required=True, readonly=True)
    # The files are made after the seal, which nobody changes any more.
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Paper",
        domain=[("res_model", "=", "om.seal")],
        readonly=True,
    )

    _one_chain = models.UniqueIndex(
        "(res_model, res_id, position)", "This day is being sealed already."
    )

    @api.depends("name", "date")
    def _compute_display_name(self):
        for each in self:
            each.display_name = f"{each.name} {each.date}"

    # ------------------------------------------------------------
    # Sealing
    # ------------------------------------------------------------

    @api.model
    def _cron_seal(self):
        """Seal what was acted on since the last night, contract by contract."""
        bodies = self._get_unsealed()
        self.env["ir.cron"]._commit_progress(remaining=len(bodies))
        for body, documents in bodies.items():
            made = self._seal(body, documents)
            made._lay_down()
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _get_unsealed(self):
        """{contract or company: [(model, id, position, digest)]} of last lines that no
        seal has told yet."""
        self.env["om.act"].flush_model()
        self.env["om.seal.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (act.res_model, act.res_id)
                       act.res_model, act.res_id, act.position, act.digest
                  FROM om_act act
                 WHERE NOT EXISTS (
                       SELECT FROM om_seal_line told
                        WHERE told.res_model = act.res_model
                          AND told.res_id = act.res_id
                          AND told.position >= act.position)
              ORDER BY act.res_model, act.res_id, act.position DESC
                """
            )
        )
        by_model = defaultdict(list)
        for row in rows:
            by_model[row[0]].append(row)
        bodies = defaultdict(list)
        for name, lines in by_model.items():
            model = self.env.get(name)
            owners = (
                model.browse([line[1] for line in lines])._get_sealing_bodies()
                if model is not None and hasattr(model, "_get_sealing_bodies")
                else {}
            )
            for line in lines:
                bodies[owners.get(line[1], self.env.company)].append(line)
        return bodies

    @api.model
    def _seal(self, body, documents):
        """Make the seal of one contract.

        :param body: the contract, or the company
        :param documents: [(model, id, position, digest)]
        """
        last = self.search(
            [("res_model", "=", body._name), ("res_id", "=", body.id)],
            order="position desc",
            limit=1,
        )
        vals = {
            "res_model": body._name,
            "res_id": body.id,
            "name": body.display_name,
            "position": last.position + 1,
            "date": beijing.today(),
            "sealed_at": fields.Datetime.now(),
            "count": len(documents),
            "format": seal.FORMAT,
            "previous": last.digest,
        }
        vals["digest"] = seal.digest(self._get_told(vals, sorted(documents)))
        names = ("res_model", "res_id", "position", "digest")
        # sudo: nobody has the right to make a seal; this is the job that does.
        made = self.sudo().create([vals])
        self.env["om.seal.line"].sudo().create(
            [
                {"seal_id": made.id, **dict(zip(names, each, strict=True))}
                for each in sorted(documents)
            ]
        )
        return made

    @api.model
    def _get_told(self, vals, documents):
        """What a seal's digest is taken of."""
        return {
            "format": vals["format"],
            "contract": [vals["res_model"], vals["res_id"]],
            "position": vals["position"],
            "date": vals["date"],
            "sealed_at": vals["sealed_at"],
            "previous": vals["previous"] or "",
            "documents": [list(each) for each in documents],
        }

    def _get_own_told(self):
        self.ensure_one()
        names = ("res_model", "res_id", "position", "digest")
        return self._get_told(
            {
                name: self[name]
                for name in (
                    "format",
                    "res_model",
                    "res_id",
                    "position",
                    "date",
                    "sealed_at",
                    "previous",
                )
            },
            sorted(tuple(line[name] for name in names) for line in self.line_ids),
        )

    # ------------------------------------------------------------
    # The paper
    # ------------------------------------------------------------

    def _get_printed(self):
        """[{name, position, digest}] of the documents that the paper names."""
        self.ensure_one()
        lines = self.line_ids.sorted(lambda line: (line.res_model, line.res_id))
        printed = lines[:PRINTED]
        names = {}
        for name, of_model in printed.grouped("res_model").items():
            # sudo: a paper for the contract's parties, with the documents' names only.
            documents = self.env[name].sudo().browse(of_model.mapped("res_id")).exists()
            label = self.env["ir.model"].sudo()._get(name).name
            names |= {
                (name, document.id): f"{label} {document.display_name}"
                for document in documents
            }
        return [
            {
                "name": names.get((line.res_model, line.res_id))
                or f"{line.res_model} {line.res_id}",
                "position": line.position,
                "digest": line.digest,
            }
            for line in printed
        ]

    def _get_unprinted(self):
        """How many documents only the file tells."""
        self.ensure_one()
        return max(self.count - PRINTED, 0)

    def _lay_down(self):
        """Make the paper and the file of each of these seals and mail them."""
        for each in self.with_context(lang=self.env["om.seal"]._get_paper_language()):
            content, _type = self.env["ir.actions.report"]._render_qweb_pdf(
                "om_base.report_om_seal", each.ids
            )
            signed, how = self._sign_paper(content)
            name = self.env._("Seal %(name)s %(date)s", name=each.name, date=each.date)
            files = self.env["ir.attachment"].create(
                [
                    {
                        "name": f"{name}.pdf",
                        "raw": signed,
                        "mimetype": "application/pdf",
                        "description": how,
                        "res_model": self._name,
                        "res_id": each.id,
                    },
                    {
                        "name": f"{name}.json",
                        "raw": seal.canonical(each._get_own_told()).encode(),
                        "mimetype": "application/json",
                        "res_model": self._name,
                        "res_id": each.id,
                    },
                ]
            )
            each._mail(files)

    @api.model
    def _get_paper_language(self):
        return self.env.company.partner_id.lang or self.env.lang

    @api.model
    def _sign_paper(self, content):
        """The paper with the company's signature and the authority's stamp, and how it
        was made; the plain paper where the settings name none.

        An authority that does not answer does not keep the seal from being made: its
        paper says so by having no stamp, and an administrator is told by the log.
        """
        settings = self.env["res.config.settings"]._get_om_sealing()
        if not settings.certificate and not settings.authority:
            return content, self.env._("neither signed nor stamped")
        try:
            return pdf_seal.sign(content, settings), self.env._("signed or stamped")
        except pdf_seal.SealingError as error:
            _logger.error(
                "The paper of a seal is not signed and stamped as set: %s", error
            )
            return content, str(error)

    def _mail(self, files):
        """Send the paper to those who keep it: the contract's other parties."""
        self.ensure_one()
        body = self.env[self.res_model].browse(self.res_id)
        keepers = (
            body._get_seal_keepers() if hasattr(body, "_get_seal_keepers") else None
        )
        if not keepers or not any(keepers.mapped("email")):
            return
        self.env["mail.thread"].message_notify(
            partner_ids=keepers.ids,
            subject=self.env._("Seal of the record: %s", self.display_name),
            body=self.env._(
                "Attached is the seal over what was done under %(name)s up to"
                " %(date)s. Please keep it: with it can be proved later that nothing"
                " of that was changed. You need not answer.",
                name=self.name,
                date=self.date,
            ),
            attachment_ids=files.ids,
            model=self.res_model,
            res_id=self.res_id,
        )

    # ------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------

    @api.model
    def _find_faults(self):
        """Yield what does not fit between seals and lines, as sentences."""
        seals = self.sudo()
        bodies = [
            (name, res_id)
            for name, ids in seals._read_group(
                [], ["res_model"], ["res_id:array_agg_distinct"]
            )
            for res_id in ids
        ]
        for name, res_id in bodies:
            chain = seals.search(
                [("res_model", "=", name), ("res_id", "=", res_id)], order="position"
            )
            broken = seal.find_break(
                (each._get_own_told(), each.digest) for each in chain
            )
            if broken:
                yield self.env._(
                    "Seal %(name)s: it, or a seal before it, was changed or is"
                    " missing.",
                    name=chain[broken.index].display_name,
                )
        yield from seals._find_unmatched()
        yield from seals._find_unsealed_old()

    def _find_unmatched(self):
        """Sealed lines that the ledger does not have any more, or not so."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT told.seal_id, told.res_model, told.res_id, told.position
                  FROM om_seal_line told
             LEFT JOIN om_act act
                    ON act.res_model = told.res_model
                   AND act.res_id = told.res_id
                   AND act.position = told.position
                   AND act.digest = told.digest
                 WHERE act.id IS NULL
              ORDER BY told.seal_id, told.res_model, told.res_id
                """
            )
        )
        for some in split_every(1000, rows):
            for seal_id, name, res_id, position in some:
                yield self.env._(
                    "%(document)s, line %(position)s: the seal “%(seal)s” has it, the"
                    " ledger has it no more or another one in its place.",
                    document=f"{name} {res_id}",
                    position=position,
                    seal=self.browse(seal_id).display_name,
                )

    def _find_unsealed_old(self):
        """Lines of a time that was sealed already: put in later, past the acts."""
        newest = self.search([], order="sealed_at desc", limit=1)
        if not newest:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT act.res_model, act.res_id, act.position
                  FROM om_act act
                 WHERE act.entered_at < %s
                   AND NOT EXISTS (
                       SELECT FROM om_seal_line told
                        WHERE told.res_model = act.res_model
                          AND told.res_id = act.res_id
                          AND told.position >= act.position)
              ORDER BY act.res_model, act.res_id, act.position
                """,
                newest.sealed_at - LATEST_COMMIT,
            )
        )
        for name, res_id, position in rows:
            yield self.env._(
                "%(document)s, line %(position)s: it is older than the last seal, and"
                " no seal has it.",
                document=f"{name} {res_id}",
                position=position,
            )


class OmSealLine(models.Model):
    """One document in a seal: the digest of its last line on that day."""

    _name = "om.seal.line"
    _inherit = "om.on.record.mixin"
    _description = "Sealed Document"
    _log_access = False

    seal_id = fields.Many2one("om.seal", required=True, index=True, ondelete="restrict")
    position = fields.Integer(required=True, readonly=True, aggregator=None)
    digest = fields.Char(required=True, readonly=True)

    _document = models.Index("(res_model, res_id, position)")
