"""How Django's forms look: our own field template, with label, help and error tied together."""

from functools import cached_property
from typing import Any

from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.template.exceptions import TemplateDoesNotExist


class StyledField(BoundField):
    """A field whose widget wears the classes of the design and tells assistive technology of its error."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        """Add the class that fits the widget; the aria attributes come from Django."""
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
            look = "check-list"
        elif isinstance(widget, CheckboxInput):
            look = "form-check-input"
        else:
            look = "form-select" if isinstance(widget, Select) else "form-control"
        classes = [look, str(widget.attrs.get("class", ""))]
        if self.errors:
            classes.append("is-invalid")
        built["class"] = " ".join(filter(None, classes))
        return built

    @property
    def is_checkbox(self) -> bool:
        """One box, whose label stands after it."""
        return isinstance(self.field.widget, CheckboxInput)


class Renderer(TemplatesSetting):
    """Finds form templates among ours first, then Django's own."""

    field_template_name = "web/field.html"
    form_template_name = "web/form.html"
    bound_field_class = StyledField

    @cached_property
    def plain(self) -> DjangoTemplates:
        """Django's own renderer. Kept, since it builds a template engine, and a page may have hundreds of boxes."""
        return DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        """Return our template, or Django's where we have none (the plain widgets)."""
        found = self._found.get(template_name)
        if found is None:
            try:
                found = super().get_template(template_name)
            except TemplateDoesNotExist:
                found = self.plain.get_template(template_name)
            self._found[template_name] = found
        return found

    @cached_property
    def _found(self) -> dict[str, Any]:
        """Templates by name: looking through every folder for each box took longer than drawing it."""
        return {}
