"""Money as it was printed: a decimal amount and its ISO 4217 currency."""

from dataclasses import dataclass
from decimal import Decimal

HRK_PER_EUR = Decimal("7.53450")
"""The fixed rate at which the kuna became the euro on 2023-01-01 (Council Regulation (EU)
2022/1208)."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency that the notice printed. It is never converted in place."""

    amount: Decimal
    currency: str
    """ISO 4217, upper case."""

    def in_eur(self) -> "Money | None":
        """Return the amount in euro, to the cent, where a legally fixed rate exists."""
        if self.currency == "EUR":
            return self
        if self.currency == "HRK":
            return Money((self.amount / HRK_PER_EUR).quantize(Decimal("0.01")), "EUR")
        return None

    def __str__(self) -> str:
        digits = f"{self.amount:,.2f}".removesuffix(".00")
        return f"{digits} {self.currency}"
