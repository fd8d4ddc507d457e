"""``asnforge new``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.options import load_rules, ruleset_options
from asnforge.cli.terminal import echo

if TYPE_CHECKING:
    from asnforge.byhand.association_file import AssociationFile
    from asnforge.byhand.given_files import Given


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        (
            "Make an association of a target and its background:",
            'asnforge new "target/*_cal.fits" --background "sky/*_cal.fits" -o x_asn.json',
        ),
        ("Make one association for each filter, named by its product:", "asnforge new mosaic -o asn --split FILTER"),
    ],
)
@click.argument("science", nargs=-1, required=True, metavar="SCIENCE...")
@click.option("--background", multiple=True, metavar="PATH", help="The files of background members. Repeatable.")
@click.option("--psf", multiple=True, metavar="PATH", help="The files of members that are PSF references. Repeatable.")
@click.option(
    "--member",
    multiple=True,
    metavar="EXPTYPE=PATH",
    help="The files of members of another exptype, such as target_acquisition. Repeatable.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="The association file; or a folder, to name it by its product.",
)
@click.option("--product", metavar="NAME", help="The name of the product. [default: as the rule names it]")
@click.option(
    "--split",
    metavar="COLUMN,...",
    help="Make an association for each combination of values of these pool columns, such as FILTER,PUPIL.",
)
@click.option(
    "--rule",
    metavar="RULE",
    help="Follow this rule, even if it would not take every exposure. [default: the one that takes them]",
)
@click.option("--absolute", is_flag=True, help="Write members as absolute paths.")
@click.option("--bare", is_flag=True, help="Write members as file names without folders.")
@ruleset_options
@quiet_option
def command(
    science: tuple[str, ...],
    background: tuple[str, ...],
    psf: tuple[str, ...],
    member: tuple[str, ...],
    output: str,
    product: str | None,
    split: str | None,
    rule: str | None,
    absolute: bool,
    bare: bool,
    rules: tuple[str, ...],
    ignore_default: bool,
) -> None:
    """Make an association of FITS files by hand.

    SCIENCE, and the PATH of an option, are FITS files, folders or patterns. The rules give what generate would give these
    exposures: the asn_type, the name of the product, and which product of an exposure a member is, so that the x1d file
    of a background next to a given cal file is used where the pipeline needs it.

    Exit status: 0 written, 2 not: no rule takes the exposures, they are of several setups, or the file of a science member
    does not exist. Then nothing is written.
    """
    from asnforge.byhand.association_file import encode_valid, write_association
    from asnforge.byhand.compose import NewOptions
    from asnforge.byhand.given_files import Given
    from asnforge.byhand.new import new_associations
    from asnforge.rules.rule import SCIENCE

    if absolute and bare:
        raise click.UsageError("--absolute and --bare exclude each other: give one of them.")
    if not output:
        raise click.UsageError("--output is empty: give a value.")
    columns = tuple(filter(None, map(str.strip, (split or "").split(","))))
    given = [Given(SCIENCE, science), Given("background", background), Given("psf", psf), *_others(member)]
    ruleset = load_rules(rules, ignore_default)
    options = NewOptions(product, rule, columns, "absolute" if absolute else "bare" if bare else "relative")
    made = new_associations([role for role in given if role.paths], ruleset, output, options)
    for each in made:
        for finding in each.findings:
            echo(finding, err=True)
    for each in made:  # nothing is written unless all can be
        encode_valid(each.association, each.association.path, ruleset)
    for each in made:
        for finding in write_association(each.association, each.association.path, ruleset):
            echo(finding, err=True)
        echo(_summary(each.association))
    for each in made:
        line = ruleset.run_line(each.association.path, each.association.content["asn_type"])
        if line:
            echo(line)


def _others(values: Sequence[str]) -> list[Given]:
    from asnforge.byhand.given_files import Given

    result = []
    for value in values:
        exptype, equals, path = value.partition("=")
        if not equals or not exptype or not path:
            raise click.UsageError(
                f"--member {value}: give an exptype and a path, as in target_acquisition=a_cal.fits."
            )
        result.append(Given(exptype, (path,)))
    return result


def _summary(association: AssociationFile) -> str:
    """``FILE: PRODUCT, 4 science and 4 background members (RULE, ASN_TYPE)``."""
    content = association.content
    (product,) = content["products"]
    members = association.member_counts()
    return f"{association.path}: {product['name']}, {members} ({content['asn_rule']}, {content['asn_type']})"
