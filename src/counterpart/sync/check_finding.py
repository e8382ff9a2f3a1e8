"""What one check of the connection found (ONB-4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. ``ok`` is None where nothing can be known yet."""

    name: str
    ok: bool | None
    text: str
    remedy: str = ""
    is_advice: bool = False
    """Worth a look, but it stops nothing: people may exist in one product only (CON-8)."""

    @property
    def has_failed(self) -> bool:
        """Whether it must be put right before the exchange can be trusted."""
        return self.ok is False and not self.is_advice
