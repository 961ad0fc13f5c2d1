"""Did you mean ...? The nearest of the names that would have been right."""

from __future__ import annotations

from collections.abc import Iterable

from archcalc.languages import phrase

MAX_COMPARED = 300  # names that one name is compared with
MAX_WORK = 200_000  # names that all names of one program are compared with: about a second


class _Work:
    """How much comparing the program that is being read has cost."""

    done = 0


def begin() -> None:
    """Another program is being read: suggestions may be looked for again."""
    _Work.done = 0


def nearest(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """The known names that a slip of the finger could have turned into `name`, best first.

    None is found once a program has had thousands of wrong names: nobody reads so many, and looking takes time.
    """
    import difflib  # slow to import, and needed only when something is wrong

    if len(name) > 64 or _Work.done > MAX_WORK:  # difflib is quadratic
        return []
    lower: dict[str, str] = {}
    seen = 0
    for k in known:  # of names that differ in case alone, the first is the one to offer
        seen += 1
        if abs(len(k) - len(name)) <= 3:
            lower.setdefault(k.lower(), k)
    _Work.done += seen // 20  # passing over a name takes a twentieth of comparing it
    if name.lower() in lower:
        return [lower[name.lower()]]
    if len(lower) > MAX_COMPARED:  # slips seldom hit the first letter, and comparing takes time
        lower = dict([(low, k) for low, k in lower.items() if low[:1] == name[:1].lower()][:MAX_COMPARED])
    _Work.done += len(lower)
    return [lower[m] for m in difflib.get_close_matches(name.lower(), list(lower), n=most, cutoff=0.6)]


def suggestion(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """A fix for a diagnostic: one line, or none."""
    return tuple(phrase("did you mean `{n}`?", n=n) for n in nearest(name, known))
