"""Cases of derived columns that are never reached."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.findings import Finding
from asnforge.lint.satisfiability import Domain
from asnforge.lint.subject import Subject, error, warning
from asnforge.rulefiles.build_constraints import build_constraint
from asnforge.rules.codes import CONTRADICTION, NEVER_REACHED
from asnforge.rules.constraints import Constraint, Not
from asnforge.rules.describe import describe


def unreached_cases(subject: Subject) -> Iterator[Finding]:
    """The cases that an earlier one leaves nothing, and those whose constraint nothing passes."""
    for name in subject.shared.names("derived"):
        column = subject.shared.find("derived", name)
        if column is None:
            continue
        cases = list(column["cases"].items_list())
        constraints = [
            build_constraint(case["when"], subject.shared) if "when" in case.value else None for case in cases
        ]
        domain = Domain.of([each for each in constraints if each is not None], subject.closed)
        before: list[Constraint] = []
        taken = False
        for case, constraint in zip(cases, constraints, strict=True):
            if taken:
                message = f"this case of {name} is never reached: the one before it takes every exposure"
                yield warning(case, NEVER_REACHED, message)
                continue
            if constraint is None:
                taken = True
                continue
            if domain.truth_value(constraint, []) is False:
                yield error(case["when"], CONTRADICTION, f"nothing passes this case of {name}: {describe(constraint)}")
            elif domain.truth_value(constraint, [Not(each) for each in before]) is False:
                yield warning(
                    case, NEVER_REACHED, f"this case of {name} is never reached: those before it take all of it"
                )
            before.append(constraint)
