"""Links from one record to the next."""

from typing import Any

from django import template

from counterpart.foundation.lists.neighbours import neighbours_of

register = template.Library()


@register.inclusion_tag("lists/neighbours.html", takes_context=True)
def neighbours(context: dict[str, Any], key: str, pk: Any) -> dict[str, Any]:
    """The records before and after this one in the list the person came from; nothing if there is none."""
    return {"found": neighbours_of(context["request"], key, pk)}
