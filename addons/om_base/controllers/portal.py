from typing import NamedTuple

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

MAX_REASON = 2000
KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Waiting(NamedTuple):
    """What waits for a visitor's word, as the home page names and counts it."""

    label: str
    url: str
    model: str
    domain: Domain


class OmPortal(CustomerPortal):
    """Pages for the parties outside: one list, one page, one answer, one refusal.

    Which records there are for a visitor, the record rules say, and nothing here: what
    is not there and what is not theirs is not found alike. What a party may say, the
    acts of the model say; a word that is refused leaves nothing behind, and its page
    comes again with the sentence that refused it.

    An add-on inherits this, names its routes and the values of its templates, and its
    counters on the home page. Its model inherits ``om.portal.mixin``. All heirs are one
    class in the end, and so are their helpers' names.
    """

    # ------------------------------------------------------------
    # Home
    # ------------------------------------------------------------

    def _om_get_counters(self):
        """Return {placeholder on the home page: (model, domain of what it counts)}."""
        return {}

    def _om_get_waiting(self):
        """Return what waits for this visitor's word: a list of ``Waiting``, the most
        pressing first. Of the records, the rules choose those of the visitor."""
        return []

    def _om_get_mine(self):
        """Return the ids of the bodies for which this visitor speaks."""
        return request.env.user.sudo().om_party_ids.ids  # no secret to themselves

    def _om_count_waiting(self):
        """Return [{label, url, count}] of what waits, without what does not."""
        counted = []
        for waiting in self._om_get_waiting():
            Model = request.env[waiting.model]
            if Model.has_access("read") and (n := Model.search_count(waiting.domain)):
                counted.append({"label": waiting.label, "url": waiting.url, "count": n})
        return counted

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            # The page itself; its cards ask for their counts later.
            values["om_waiting"] = self._om_count_waiting()
        known = self._om_get_counters() if counters else {}
        for name in known.keys() & set(counters):
            model, domain = known[name]
            Model = request.env[model]
            values[name] = Model.search_count(domain) if Model.has_access("read") else 0
        return values

    # ------------------------------------------------------------
    # List and page
    # ------------------------------------------------------------

    def _om_list(
        self,
        template,
        model,
        url,
        get_values,
        *,
        page=1,
        domain=Domain.TRUE,
        order=None,
        first=None,
        filters=None,
        filterby=None,
        sortings=None,
        sortby=None,
        url_args=None,
        **values,
    ):
        """Draw a page of the list of what this user may read.

        :param get_values: returns what the template shows of the records found
        :param first: domain of what comes before all else, on the first pages
        :param filters: as the portal's search bar takes them; the first one holds where
            the address names none that is known; ``sortings`` likewise
        :param url_args: what else of the address the other pages need
        :param values: further ones of the template
        """
        Model = request.env[model]
        if not Model.has_access("read"):
            return request.redirect("/my")
        url_args = dict(url_args or {})
        if filters:
            filterby = filterby if filterby in filters else next(iter(filters))
            domain &= filters[filterby]["domain"]
            url_args["filterby"] = filterby
            values.update(searchbar_filters=filters, filterby=filterby)
        if sortings:
            sortby = sortby if sortby in sortings else next(iter(sortings))
            order = sortings[sortby]["order"]
            url_args["sortby"] = sortby
            values.update(searchbar_sortings=sortings, sortby=sortby)
        pages = pager(
            url=url,
            url_args=url_args,
            total=Model.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        start, step = pages["offset"], self._items_per_page
        if first:
            found = Model.search(domain & first, order=order)
            found += Model.search(domain & ~first, order=order)
            found = found[start : start + step]
        else:
            found = Model.search(domain, order=order, limit=step, offset=start)
        return self._om_page(
            template, default_url=url, pager=pages, **values, **get_values(found)
        )

    def _om_page(self, template, *, problem="", problems=None, **values):
        """Draw a page.

        :param problem: in words, why the visitor's word was refused
        :param problems: {name of an input: what is wrong with it, in words}
        """
        values = {
            **self._prepare_portal_layout_values(),
            **values,
            "problem": problem,
            "problems": problems or {},
        }
        response = request.render(template, values)
        if problem or problems:
            response.status_code = 422
        return response

    def _om_find(self, model, record_id, access_token=None):
        """Return the record as superuser if this user, or the token, may read it.

        :raise NotFound: it is not theirs, or not there
        """
        try:
            return self._document_check_access(
                model, record_id, access_token=access_token
            )
        except (AccessError, MissingError):
            raise request.not_found() from None

    # ------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------

    def _om_answer(self, model, record_id, word, render, reason="", url=None, **more):
        """Take a word of this user's party: the login itself has to be one of it, for
        the token of a shared link lets nobody act.

        :param render: draws the page of the record anew, with the ``problem``
        :param url: where it goes on; else on the record's page
        :param more: as ``_answer_in_portal`` takes it
        """
        record = self._om_find(model, record_id).with_user(request.env.user)
        if word not in record._get_portal_words():
            raise request.not_found()
        reason = (reason or "").strip()[:MAX_REASON]
        problem = self._om_try(lambda: record._answer_in_portal(word, reason, **more))
        if problem:
            return render(record_id, problem=problem, reason=reason)
        return request.redirect(url or f"{record._portal_path}/{record_id}")

    def _om_try(self, act):
        """Do an act; return in words why it was refused, and undo what it has done."""
        try:
            with request.env.cr.savepoint():
                act()
        except UserError as error:
            return error.args[0]
        return ""

    # ------------------------------------------------------------
    # Files
    # ------------------------------------------------------------

    def _om_send_file(self, files_sudo, file_id):
        """Hand out one of the files of a record that this user may read."""
        stream = request.env["ir.binary"]._get_stream_from(
            self._om_pick(files_sudo, file_id)
        )
        return stream.get_response(as_attachment=True)

    def _om_send_photo(self, photos_sudo, photo_id, side=0):
        """Show one of the photos of a record that this user may read.

        :param side: of a small picture, in pixels; 0: as it is
        """
        photo_sudo = self._om_pick(photos_sudo, photo_id)
        stream = request.env["ir.binary"]._get_image_stream_from(
            photo_sudo, width=side, height=side
        )
        image = (photo_sudo.mimetype or "").startswith("image/")
        return stream.get_response(as_attachment=not image)

    def _om_pick(self, files_sudo, file_id):
        found = files_sudo.filtered(lambda file: file.id == file_id)
        if not found:
            raise request.not_found()
        return found

    def _om_send_paper(self, content, name, kind):
        """Hand out what was made for this user, as a file of this name."""
        return request.make_response(
            content,
            headers=[
                ("Content-Type", KINDS[kind]),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"{name}.{kind}")),
            ],
        )
