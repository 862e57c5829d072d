from datetime import date
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageDraw

from odoo import api, models

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.models.om_signature import INVENTED
from odoo.addons.om_base.tools import beijing

# Who signs for the parties, where nobody of theirs has a login.
SIGNER = "示例经办人"
SIGNED_PAGE = "签字页（示例）.png"


class Row(NamedTuple):
    """A line of the history: who does what act, with what, and when.

    ``who``: the role of the login, as ``om_base.demo_user_ROLE``. ``act``: the method
    that walks through it, without its ``_do_``. ``what``: what it is done with, by the
    name that its chapter has for it. ``when``: the day on which it was done; today
    where that lies ahead, or without one. ``how``: what else the act is given.
    """

    who: str
    act: str
    what: str
    when: date | None = None
    how: dict | None = None


# The chapters in the order in which they are played: each finds what the ones before
# have left, as each add-on knows those to its left.
PROGRAMME = (
    Row("engineer", "chapter", "om.inspection.history"),
    Row("procurement", "chapter", "om.contract.history"),
    Row("staffing", "chapter", "om.staffing.history"),
    Row("dispatcher", "chapter", "om.ticket.history"),
    Row("dispatcher", "chapter", "om.service.history"),
    Row("warehouse", "chapter", "om.spare.history"),
    Row("manager", "chapter", "om.settlement.history"),
    Row("manager", "chapter", "om.obligation.history"),
    Row("manager", "chapter", "om.assessment.history"),
)


class OmDemo(models.AbstractModel):
    """The invented operating history, and the player that walks through it.

    What it is: a demonstration has people, devices and papers that exist nowhere
    (``demo/*.xml``) and a history of some months: what was inspected, signed, paid,
    repaired, issued, handed in, assessed. Nothing of it is true, all of it is what the
    add-ons make of acts that people could have done.

    How to use it: ``./om run`` installs the add-on with a new database and loads its
    ``demo`` files (``scripts/provision.py``), the last of which plays. Nothing else
    installs it: not ``--empty``, not ``--engagements``, not docker, not an update. It
    is played once, and loaded by nobody who installs the add-on in the list of
    applications. What is to be shown beside it is a row more in its chapter, or a new
    chapter in ``PROGRAMME``.

    How it works: a history is a list of :class:`Row`, who does what act, when. The
    player gives each row to the method of its act, as who does it. A chapter stands on
    this model and has rows of its own, or, where there are hundreds of documents that
    only differ in their fate, a method that draws the fate of each from its identity:
    every demonstration of a day shows the same. Times are reckoned from the day of
    loading where a screen shows what is new; nothing lies in the future.

    What acts refuse is not invented. Two of them exist for that only, on inspections
    and on what was handed in: what lies further back than people may enter it is on
    record as "invent", and as nobody's inspection or delivery of that day.
    """

    _name = "om.demo"
    _description = "Invented Operating History"

    _rows = PROGRAMME

    @api.model
    def _play(self):
        """Do all that the rows say, in their order."""
        for row in self._rows:
            actor = self._as(row.who)
            getattr(actor, f"_do_{row.act}")(
                row.what, self._past(row.when), **row.how or {}
            )

    @api.model
    def _do_chapter(self, name, _day):
        self.env[name]._play()

    # ------------------------------------------------------------
    # Who, when
    # ------------------------------------------------------------

    @api.model
    def _user(self, role):
        return self.env.ref(f"om_base.demo_user_{role}")

    @api.model
    def _as(self, role):
        """This as somebody of the office, who tells nobody of what never happened."""
        # sudo: who may do what is the tests' question; states and rules hold for all.
        actor = self.with_user(self._user(role)).sudo()
        return actor.with_context(
            # A load has no language of its own; what is written here is read in this.
            lang=self.env["om.engagement.loader"]._in_chinese().env.lang,
            tracking_disable=True,
            mail_create_nolog=True,
            om_invented=INVENTED,
        )

    @api.model
    def _past(self, day=None):
        """``day``, or today where that lies ahead: nothing is done in the future."""
        today = beijing.today()
        return min(day or today, today)

    # ------------------------------------------------------------
    # Papers
    # ------------------------------------------------------------

    @api.model
    def _sign_paper(self, day=None, scan=None):
        """An invented paper of another party, such as ours enter with its scan."""
        return Paper(SIGNER, self._past(day), scan or self._make_scan(SIGNED_PAGE))

    @api.model
    def _make_scan(self, name, record=None):
        """An attachment that looks like a paper, of a record if there is one."""
        values = {"name": name, "raw": self._draw_paper()}
        if record is not None:
            values |= {"res_model": record._name, "res_id": record.id}
        return self.env["ir.attachment"].create(values)

    @api.model
    def _draw_paper(self):
        """Return the picture of a form with a signature, as a telephone takes it."""
        page = Image.new("RGB", (420, 594), "white")
        pen = ImageDraw.Draw(page)
        pen.rectangle((30, 30, 390, 564), outline="black", width=2)
        for line in range(90, 420, 36):
            pen.line((54, line, 366, line), fill="grey")
        points = [(210 + 9 * step, 490 - (step * 37) % 41) for step in range(14)]
        pen.line(points, fill="navy", width=3)
        stream = BytesIO()
        page.save(stream, "PNG")
        return stream.getvalue()
