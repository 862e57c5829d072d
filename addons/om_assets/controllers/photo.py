from odoo import http
from odoo.http import request


class Photo(http.Controller):
    """A photo with what is known of it."""

    @http.route(
        "/om/photo/<int:photo_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def photo(self, photo_id):
        """Show a photo, when and where it was taken, and of which file it was made."""
        photo = request.env["ir.attachment"].browse(photo_id).exists()
        if not photo or not photo.has_access("read"):
            raise request.not_found()
        if not (photo.mimetype or "").startswith("image/"):
            raise request.not_found()
        return request.render(
            "om_assets.photo_page",
            {
                "photo": photo,
                "digest": request.env["om.act"]._get_sha256(photo),
            },
        )
