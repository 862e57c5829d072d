"""What the dialogs that look ahead draw besides curves."""

from markupsafe import Markup


def draw_table(heads, rows):
    """A table; ``rows``: cells, each a text or a list of texts below each other."""

    def cell(value):
        if isinstance(value, list):
            return Markup("<td>%s</td>") % Markup("<br/>").join(value)
        # A day or an amount is read whole, a name may be broken.
        kept = "text-nowrap" if value[:1].isdigit() else ""
        return Markup("<td class='%s'>%s</td>") % (kept, value)

    return Markup(
        "<table class='table table-sm mb-0'><thead><tr>%s</tr></thead>"
        "<tbody>%s</tbody></table>"
    ) % (
        Markup().join(Markup("<th>%s</th>") % head for head in heads),
        Markup().join(
            Markup("<tr>%s</tr>") % Markup().join(cell(value) for value in row)
            for row in rows
        ),
    )
