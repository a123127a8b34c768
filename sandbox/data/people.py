"""Invented companies, people, deals and products, spelled as the ERP spells them.

What records are matched by (names, e-mail addresses, article numbers) is unique, however it is respelled.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

from faker import Faker

from sandbox.data.seeds import Document
from sandbox.data.spelling import STAGES

STATES = ("US-CA", "US-NY", "US-TX", "US-WA", "US-IL", "US-MA", "US-CO", "US-GA")
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
MAIL = ("example.com", "example.net", "example.org")
AREAS = (202, 206, 212, 303, 312, 404, 415, 512, 617, 713)


class Inventor:
    """Makes things up, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._fake = Faker("en_US")
        self._fake.seed_instance(seed)
        self._taken: set[str] = set()
        self._number = 0

    def customer(self) -> Document:
        """A company, with an e-mail address four times out of five."""
        name = self._unique(self._fake.company)
        domain = self._domain(name)
        return {
            "name": name,
            "email": f"office@{domain}" if self.chance(0.8) else None,
            "phone": self.phone(),
            "phone_extension": str(self.random.randint(10, 999)) if self.chance(0.2) else None,
            "fax": self.phone() if self.chance(0.3) else None,
            "website": f"https://{domain}" if self.chance(0.7) else None,
            "billing_address": self.address() if self.chance(0.9) else None,
            "notes": self._fake.sentence() if self.chance(0.4) else None,
        }

    def contact(self, *, email: bool) -> Document:
        """A person; one without an e-mail address has a phone."""
        full = self._unique(lambda: f"{self._fake.first_name()} {self._fake.last_name()}")
        first, last = full.split(" ", 1)
        mailbox = f"{first}.{last}".lower().replace(" ", "")
        return {
            "first_name": first,
            "last_name": last,
            "middle_name": self._fake.first_name() if self.chance(0.2) else None,
            "title": self.random.choice(("Mr.", "Ms.", "Dr.")) if self.chance(0.3) else None,
            "nickname": first[:3] if self.chance(0.2) else None,
            "job_title": self._fake.job()[:100] if self.chance(0.7) else None,
            "email": f"{mailbox}@{self.random.choice(MAIL)}" if email else None,
            "email_2": f"{mailbox}@home.example" if self.chance(0.2) else None,
            "phone": self.phone() if not email or self.chance(0.7) else None,
            "mobile": self.phone() if self.chance(0.4) else None,
            "billing_address": self.address() if self.chance(0.6) else None,
            "shipping_address": self.address() if self.chance(0.2) else None,
            "birth_date": self.date(1945, 2005) if self.chance(0.5) else None,
            "language": "en-US" if self.chance(0.5) else None,
            "time_zone": self.random.choice(ZONES) if self.chance(0.3) else None,
        }

    def order(self) -> Document:
        """A deal; who it is with is the caller's to say."""
        high = Decimal(self.random.randint(10_000, 9_000_000)) / 100
        return {
            "title": f"{self._fake.catch_phrase()} {self._next()}",
            "status": self.random.choice(tuple(STAGES)),
            "expected_date": self.date(2027, 2027) if self.chance(0.8) else None,
            "amount_estimate": f"{high:.2f}",
            "amount_estimate_low": f"{high / 2:.2f}" if self.chance(0.5) else None,
            "notes": self._fake.sentence() if self.chance(0.5) else None,
            "include_in_forecast": self.chance(0.7),
        }

    def product(self) -> Document:
        """An article with a number and a price."""
        number = self._next()
        return {
            "name": f"{self._fake.color_name()} {self._fake.word()} {number}".title(),
            "sku": f"SKU-{number:05d}",
            "unit_price": f"{Decimal(self.random.randint(50, 500_000)) / 100:.2f}",
            "description": self._fake.paragraph() if self.chance(0.5) else None,
            "short_description": self._fake.sentence() if self.chance(0.5) else None,
            "active": self.chance(0.9),
            "taxable": self.chance(0.5),
            "weight": f"{Decimal(self.random.randint(1, 50_000)) / 100:.2f}" if self.chance(0.6) else None,
            "shippable": self.chance(0.8),
            "subscription_only": self.chance(0.1),
        }

    def phone(self) -> str:
        """A number that exists by its form (555-01xx is kept free for fiction)."""
        return f"+1 {self.random.choice(AREAS)}-555-{self.random.randint(100, 199):04d}"

    def address(self) -> Document:
        """A place in the United States."""
        return {
            "line1": self._fake.street_address(),
            "line2": f"Suite {self.random.randint(1, 900)}" if self.chance(0.3) else None,
            "city": self._fake.city(),
            "region": self.random.choice(STATES),
            "postal_code": f"{self.random.randint(10_000, 99_999)}",
            "country": "US",
        }

    def date(self, first: int, last: int) -> str:
        """A day of the years `first` to `last`."""
        return f"{self.random.randint(first, last)}-{self.random.randint(1, 12):02d}-{self.random.randint(1, 28):02d}"

    def chance(self, share: float) -> bool:
        """Say yes to a share of all questions."""
        return self.random.random() < share

    def _unique(self, make: Callable[[], str]) -> str:
        while True:
            text = make()
            key = "".join(text.casefold().split())
            if key not in self._taken:
                self._taken.add(key)
                return text

    def _domain(self, name: str) -> str:
        return "".join(letter for letter in name.lower() if letter.isalnum()) + ".example"

    def _next(self) -> int:
        self._number += 1
        return self._number
