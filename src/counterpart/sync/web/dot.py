"""The small form of a link's state, for lists: an icon and a word (IND-1)."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterpart.foundation.web.templatetags.frame import icon
from counterpart.sync.states import LinkState


def link_dot(state: LinkState) -> SafeString:
    """Icon and word, in the state's colour; the reason on hover."""
    return format_html(
        '<span class="link-dot sync-{}" title="{}">{}<span>{}</span></span>',
        state.colour, state.detail, icon(state.icon), state.word,
    )  # fmt: skip
