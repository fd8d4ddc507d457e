"""Members whose files do not exist: how serious that is, which other product exists, and what makes the missing one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asnforge.findings import Finding, FindingCode, SourceLocation, did_you_mean
from asnforge.rules.header_mapping import ProductNames
from asnforge.rules.pipelines import AsnType
from asnforge.rules.rule import SCIENCE

MISSING_FILE = FindingCode(
    "G123",
    "a member's file does not exist",
    "The pipeline needs a product of an exposure, and there is no such file, or only other products of the exposure. The "
    "message names the product that exists, and what makes the missing one from it. Without a science member's file the "
    "pipeline fails; without another one it does without. --present-only of generate leaves out members without a file.",
    wrong="ly001_1_red_flat.fits, and a background member ly001_1_red_spec.fits",
    right="both files",
)
MISSING_BUT_NOT_READ = FindingCode(
    "A133",
    "the file of a member that the pipeline does not read does not exist",
    "The pipeline for this asn_type ignores members of this exptype, such as target acquisitions, so their files are not "
    "needed. Other software that copies or archives all members may need them.",
    wrong="a target_acquisition member ly001_1_red_point.fits that does not exist",
    right="the file, or the association without the member",
)

_CUTOFF = 0.85


@dataclass(frozen=True, slots=True)
class NearestFile:
    """The file that is most like a missing one.

    Attributes
    ----------
    path : str
        The file: another product of the same exposure, the most processed one, or a file with a similar name.
    is_product : bool
        Whether it is a product of the same exposure.
    """

    path: str
    is_product: bool = True


def nearest_file(expname: str, files: Mapping[str, str], names: ProductNames | None) -> NearestFile | None:
    """The file that is most like a missing member.

    Parameters
    ----------
    expname : str
        The name of the member.
    files : mapping of str to str
        Paths by file name, among which the nearest is searched.
    names : ProductNames or None
        What file names say; None if the rule set does not say it.
    """
    name = os.path.basename(expname)  # noqa: PTH119
    if name in files:
        return NearestFile(files[name])
    required = names.split(name) if names is not None else None
    if names is not None and required is not None:
        products = {}
        for file, path in files.items():
            parts = names.split(file) if _begins_with(file, required[0]) else None
            if parts is not None and parts[0].casefold() == required[0].casefold():
                products[names.rank(parts[1].casefold()), file] = path
        if products:
            known = {key: path for key, path in products.items() if key[0][0] < len(names.suffixes)} or products
            return NearestFile(known[max(known)])
    closest = did_you_mean(name, files, _CUTOFF)
    return None if closest is None else NearestFile(files[closest], is_product=False)


def missing_member(
    expname: str,
    exptype: str,
    at: SourceLocation | str,
    asn_type: AsnType | None,
    nearest: NearestFile | None,
    made_by: str,
    *,
    where: str = "which does not exist",
    associations: Sequence[str] = (),
    is_left_out: bool = False,
) -> Finding:
    """A finding about a member whose file does not exist.

    Parameters
    ----------
    expname, exptype : str
        The member.
    at : SourceLocation or str
        The position of the finding.
    asn_type : AsnType or None
        What the pipeline reads.
    nearest : NearestFile or None
        The file that is most like the missing one.
    made_by : str
        What makes the product; empty if that is not known.
    where : str
        Where the file was searched, as the end of "needs FILE".
    associations : sequence of str
        The associations that have the member, if there are several.
    is_left_out : bool
        Whether the member is left out, so that nothing fails.
    """
    is_read = asn_type is None or asn_type.reads_exptype(exptype)
    code = MISSING_FILE if is_read else MISSING_BUT_NOT_READ
    message = f"{'needs' if is_read else 'has'} {{expname}} ({{exptype}}), {{where}}"
    if not is_read and asn_type is not None:
        message += f", but {asn_type.describe_pipeline()} does not read it"
    hint = ""
    name = os.path.basename(nearest.path) if nearest is not None else None  # noqa: PTH119
    if nearest is None:
        hint = "download it" if is_read else ""
    elif name == os.path.basename(expname):  # noqa: PTH119
        message += "; there is {path}"
        hint = "asnforge edit --locate writes its path"
    elif not nearest.is_product or _uncompressed(nearest.path) == _uncompressed(expname):
        hint = f"did you mean {name}?"
    else:
        message += "; there is {nearest}"
        hint = f"run {made_by} first" if made_by and is_read else ""
    if len(associations) > 1:
        message += " (in {count:association})"
    return code.finding(
        message,
        at,
        hint=hint,
        severity="error" if exptype.casefold() == SCIENCE and not is_left_out else "warning",
        expname=expname,
        exptype=exptype,
        where=where,
        nearest=name,
        path=nearest.path if nearest is not None else None,
        count=len(associations),
        associations=tuple(associations),
    )


def _uncompressed(path: str) -> str:
    return os.path.basename(path).removesuffix(".gz").casefold()  # noqa: PTH119


def _begins_with(file: str, root: str) -> bool:
    return file[: len(root)].casefold() == root.casefold()
