"""The message catalogue, one for window and command line; errors become sentences here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.languages import spoken
from albumdedup.core.types import Problem, Reason, Tier


def _(message: str) -> str:
    """The sentence in the user's language."""
    return spoken().gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    return spoken().ngettext(one, many, n)


def joined(*told: str) -> str:
    """Whole sentences one after the other, as the language sets them; empty ones are left out."""
    sentences = [sentence for sentence in told if sentence]
    if len(sentences) < 2:
        return "".join(sentences)
    return _("{first} {second}").format(first="", second="").join(sentences)


def listed(words: Iterable[str]) -> str:
    """Words or names one after the other, as the language lists them."""
    return _("{first}, {second}").format(first="", second="").join(words)


def describe(error: AlbumError) -> str:
    """An expected failure in one sentence that names the thing and what to do."""
    facts = defaultdict(str, error.facts)  # what is not told must not hide the failure itself
    return _error_sentences()[error.code].format_map(facts)


def _error_sentences() -> dict[ErrorCode, str]:
    return {
        ErrorCode.LIBRARY_BUSY: _(
            "The library {path} is in use by another Album Deduplicator; close that one first, "
            "or choose another library with --library."
        ),
        ErrorCode.LIBRARY_UNUSABLE: _(
            "The library file {path} cannot be used ({detail}); put a backup in its place, or "
            "choose another library with --library."
        ),
        ErrorCode.LIBRARY_READ_ONLY: _(
            "The library {path} cannot be written; give yourself write permission there, or "
            "choose another folder with --library."
        ),
        ErrorCode.LIBRARY_NEWER: _(
            "The library file {path} was made by a newer version of this program; install that "
            "version, or choose another library with --library."
        ),
        ErrorCode.DISK_FULL: _(
            "The disk that holds {path} is full; free some space and start again. Everything "
            "done so far is kept."
        ),
        ErrorCode.VECTORS_UNUSABLE: _(
            "The store of descriptors {path} cannot be used ({detail}); scan again: it is set "
            "aside and rebuilt, and no photo is read for it."
        ),
        ErrorCode.VECTORS_LOCKED: _(
            "The store of descriptors {path} is in use by another program; close that one and "
            "scan again."
        ),
        ErrorCode.VECTORS_UNFIT: _(
            "The collection {name} at {path} is not one of this program ({detail}); drop it there, "
            "or name another server, and scan again."
        ),
        ErrorCode.VECTORS_DIFFER: _(
            "The descriptors at {path} are not what was sent there ({detail}); the old store is "
            "kept and stays in use. Move them again."
        ),
        ErrorCode.INDEX_REFUSED: _(
            "The vector store {path} refuses the index {name} ({detail}); update the server, or "
            "use the store on this computer (`albumdedup vectors move --to lite`)."
        ),
        ErrorCode.SERVER_SILENT: _(
            "No vector store answers at {path} ({detail}); check the address, and that its "
            "computer is on."
        ),
        ErrorCode.SERVER_SLOW: _(
            "The vector store at {path} did not answer in time ({detail}); see what keeps its "
            "computer busy, and scan again."
        ),
        ErrorCode.SERVER_TOKEN: _(
            "The vector store at {path} does not accept the token ({detail}); set `vector_token` "
            "to user:password, or to the key that its owner gave you."
        ),
        ErrorCode.SERVER_UNTRUSTED: _(
            "The certificate of the vector store at {path} is not trusted ({detail}); set "
            "`vector_certificate` to its PEM file, and use the name that stands in it."
        ),
        ErrorCode.SERVER_TOO_OLD: _(
            "The vector store at {path} is {name}; this program needs Milvus {detail} or newer. "
            "Update the server."
        ),
        ErrorCode.SERVER_FAILED: _(
            "The vector store at {path} failed ({detail}); look at its log, and scan again. "
            "Descriptors wait here meanwhile."
        ),
        ErrorCode.NO_FAMILY: _(
            "This library is in no family; `albumdedup family join NAME` makes it one of those "
            "that share the Milvus server of `vector_uri`."
        ),
        ErrorCode.UNKNOWN_RELATIVE: _(
            "There is no other library named {name} in the family; known are: {detail}."
        ),
        ErrorCode.WEIGHTS_MISSING: _(
            "The weights file {path} is missing; install the program again."
        ),
        ErrorCode.WEIGHTS_CHANGED: _(
            "The weights file {path} is not the one that this version was made with; install "
            "the program again."
        ),
        ErrorCode.WEIGHTS_NOT_HERE: _(
            "The weights of {name} are not on this computer; fetch them with `albumdedup models "
            "download {name}`, or take a file that you have with `albumdedup models import FILE`."
        ),
        ErrorCode.WEIGHTS_SPOILT: _(
            "The weights of {name} in {path} are not what was put there ({detail}); put them there "
            "again with `albumdedup models download {name}` or `albumdedup models import FILE`."
        ),
        ErrorCode.WEIGHTS_INCLUDED: _(
            "The weights of {name} come with the program; there is nothing to fetch or to remove."
        ),
        ErrorCode.NOT_WEIGHTS: _(
            "{path} holds no weights ({detail}); name a .pth or .safetensors file of one of the "
            "networks that `albumdedup models list` shows."
        ),
        ErrorCode.WEIGHTS_DAMAGED: _(
            "The weights file {path} is damaged or was cut short ({detail}); get it again, whole."
        ),
        ErrorCode.WEIGHTS_WITH_CODE: _(
            "{path} holds more than numbers ({detail}), which would run as a program; it was not "
            "opened. Save the weights alone, as safetensors or as a state_dict, and import that."
        ),
        ErrorCode.WEIGHTS_FOREIGN: _(
            "{path} fits none of the networks that `albumdedup models list` shows ({detail}); name "
            "a file of one of them."
        ),
        ErrorCode.WEIGHTS_OTHER: _(
            "{path} holds the weights of {detail}, which do not fit {name}; import it without "
            "--name, or name another file."
        ),
        ErrorCode.DOWNLOAD_FAILED: _(
            "The weights of {name} did not arrive from {path} ({detail}); try again later (what "
            "has arrived is kept), or fetch that file yourself and use `albumdedup models import "
            "FILE`."
        ),
        ErrorCode.DOWNLOAD_WRONG: _(
            "What came from {path} are not the weights of {name} ({detail}); it was deleted. Try "
            "again later, or in another network."
        ),
        ErrorCode.MODELS_BUSY: _(
            "Another process is changing the weights in {path}; wait until it is done."
        ),
        ErrorCode.EXTRACTOR_UNKNOWN: _("There is no extractor named {name}; known are {detail}."),
        ErrorCode.EXTRACTOR_MISSPELT: _(
            "There is no extractor named {name}; did you mean {nearest}? Known are {detail}."
        ),
        ErrorCode.DESCRIPTORS_TOO_LARGE: _(
            "The {count} descriptors of {name} would take {megabytes} MB of memory; set `pca` to "
            "256 and scan again: they are reduced, and no photo is read for it."
        ),
        ErrorCode.SPACE_OUTDATED: _(
            "The descriptors of {name} were made by another version of it; scan again."
        ),
        ErrorCode.SPACE_NEEDED: _(
            "The descriptors of {name} stay: duplicates are found with them, whichever extractor "
            "is chosen."
        ),
        ErrorCode.PCA_TOO_LARGE: _(
            "Descriptors of {name} have {count} dimensions and cannot be reduced to {dim}; set "
            "`pca` to a smaller number, or to 0."
        ),
        ErrorCode.PCA_TOO_FEW: _(
            "A reduction to {dim} dimensions needs more than {dim} described photos, and there "
            "are {count}; scan more of them, or set `pca` to a smaller number, or to 0."
        ),
        ErrorCode.PCA_DAMAGED: _(
            "The reduction {path} is not what was saved there ({detail}); scan again: it is made "
            "anew, and no photo is read for it."
        ),
        ErrorCode.NOTHING_DESCRIBED: _(
            "No photo is described by {name} yet; scan with `--extractor {name}` first."
        ),
        ErrorCode.NOT_THERE: _("{path} is not there; check the name, or plug in its drive."),
        ErrorCode.NOT_A_FILE: _("{path} is a folder; name one photo in it."),
        ErrorCode.NOT_A_FOLDER: _("{path} is not a folder; name a folder of photos."),
        ErrorCode.NO_RIGHTS: _("{path} may not be read; give yourself permission to read it."),
        ErrorCode.ROOT_REFUSED: _(
            "{path} belongs to the system and is not scanned; name the folders that hold your "
            "photos."
        ),
        ErrorCode.NOT_A_PHOTO: _("{path} cannot be read as a photo: {detail}"),
        ErrorCode.WEB_ADDRESS: _(
            "{path} is not on this computer, and nothing is downloaded; save the picture and name "
            "its file."
        ),
        ErrorCode.CROP_UNFIT: _(
            "The rectangle {name} does not lie inside the picture ({detail} pixels); give left, "
            "top, width and height in pixels, or in fractions up to 1."
        ),
        ErrorCode.EXAMPLES_CANCEL: _(
            "The pictures to look for and those to look away from are the same, so that nothing "
            "is left to look for; leave one of them out, or give --not-weight a smaller number."
        ),
        ErrorCode.PICTURE_INSIDE_ALBUM: _(
            "{path} would lie inside a scanned folder, where it would be taken for a photo; choose "
            "a place outside."
        ),
        ErrorCode.INDEX_UNFIT: _(
            "The settings of the index do not fit: {detail}. Change them in settings.toml, or "
            "leave them out."
        ),
        ErrorCode.UNKNOWN_OPERATION: _(
            "There is no operation {name}; see `albumdedup history` for those that are."
        ),
        ErrorCode.NOT_WRITTEN: _(
            "The file {path} could not be written ({detail}); choose another name or folder."
        ),
        ErrorCode.NOT_IN_OPERATION: _(
            "{path} is no photo or group of operation {name}; `albumdedup history --json` lists "
            "what it took."
        ),
        ErrorCode.NOTHING_TO_UNDO: _("There is nothing to put back."),
        ErrorCode.TARGET_UNUSABLE: _(
            "The folder {path} cannot take the removed photos ({detail}); choose another one."
        ),
        ErrorCode.TARGET_INSIDE_ALBUM: _(
            "The folder {path} lies inside a scanned folder; choose one outside, so that removed "
            "photos are not found again."
        ),
        ErrorCode.TRASH_FAILED: _(
            "The trash for {path} cannot be trusted to keep a photo ({detail}); nothing was "
            "removed there. Choose a folder for removed photos instead (--to DIR)."
        ),
        ErrorCode.PLAN_REFUSED: _(
            "This clean-up was refused because it is not safe: {detail}; nothing was moved. Scan "
            "again."
        ),
        ErrorCode.NOTHING_SCANNED: _("The library is empty; scan a folder of photos first."),
        ErrorCode.NO_TRUTH: _(
            "The album {path} has no truth.json; make one with `albumdedup evaluate make`."
        ),
        ErrorCode.TRUTH_UNUSABLE: _(
            "The truth file {path} does not fit its album ({detail}); make the album again with "
            "`albumdedup evaluate make`."
        ),
        ErrorCode.NOTHING_TO_COPY: _(
            "{path} holds no photos to make copies of; name a folder of originals."
        ),
        ErrorCode.LABELS_UNFIT: _(
            "{path} is no folder of classes: {detail}. Put the photos of each class into a folder "
            "of its own, at least two classes, one of them with two photos."
        ),
        ErrorCode.PACK_UNUSABLE: _(
            "The training pack {path} cannot be used ({detail}); copy it again, whole."
        ),
        ErrorCode.WEIGHTS_UNFIT: _(
            "The weights {path} do not fit the network ({detail}); start from others, or from none."
        ),
        ErrorCode.NOT_RESUMABLE: _(
            "The training in {path} cannot be continued ({detail}); name another folder with "
            "--work, or delete that one."
        ),
        ErrorCode.VALUE_REFUSED: _("{name} cannot be used: {detail}."),
        ErrorCode.UNKNOWN_GROUP: _(
            "There is no group {name} among those that were answered last; ask for the groups "
            "again, with the rule that you want to clean up by."
        ),
        ErrorCode.ADDRESS_TAKEN: _(
            "Another program listens at {path} already; stop it, or choose another port with "
            "--port."
        ),
        ErrorCode.ADDRESS_UNUSABLE: _(
            "The service cannot listen at {path} ({detail}); choose another address with --host "
            "and --port."
        ),
        ErrorCode.EXTRA_MISSING: _(
            "This needs {name}, which is not installed; install it with "
            '`pip install "albumdedup[{detail}]"`.'
        ),
    }


def vectors_sentence(trouble: AlbumError, waiting: int) -> str:
    """After a scan whose photos are all found and compared, but not all in the vector store."""
    kept = ngettext(
        "The scan is whole; {n} descriptor waits in the catalog and is sent by the next one.",
        "The scan is whole; {n} descriptors wait in the catalog and are sent by the next one.",
        waiting,
    )
    return joined(describe(trouble), kept.format(n=f"{waiting:,}"))


def family_sentence(trouble: AlbumError) -> str:
    """After work that is done, and of which the family could not be told."""
    return joined(describe(trouble), _("The family is told by the next scan."))


def switch_sentence(trouble: AlbumError) -> str:
    """After a scan that is whole, but could not change to the extractor that is chosen."""
    kept = _("Duplicates are found as always; similar shots and searches stay as they were.")
    return joined(describe(trouble), kept)


def describe_reason(reason: Reason) -> str:
    """Why a file could not be read, and what to do, in one sentence."""
    return {
        Reason.EMPTY: _("The file is empty; look for another copy of it."),
        Reason.NOT_A_PICTURE: _(
            "Its content is not a picture, whatever its name says; open it with the program "
            "that made it."
        ),
        Reason.TRUNCATED: _("The file ends too early; look for a whole copy in a backup."),
        Reason.DAMAGED: _("The picture is damaged; look for a whole copy in a backup."),
        Reason.TOO_MANY_PIXELS: _(
            "It claims more pixels than can be opened safely; save it smaller if you need it here."
        ),
        Reason.TOO_LARGE: _(
            "The file is too large to be opened as a photo; save it smaller if you need it here."
        ),
        Reason.UNSUPPORTED: _(
            "This version cannot read photos of this format; they are left alone, and read as soon "
            "as an update can."
        ),
        Reason.NO_PREVIEW: _(
            "This camera RAW holds no picture large enough to judge it by; install albumdedup "
            "with its extra “raw”, which develops it, and scan again."
        ),
        Reason.NO_JPEG_XL: _(
            "JPEG XL cannot be opened by this installation; install albumdedup with its extra "
            "“jxl” and scan again."
        ),
        Reason.NO_RIGHTS: _("It may not be read; give yourself permission and scan again."),
        Reason.VANISHED: _("It disappeared during the scan; plug the drive in and scan again."),
        Reason.CHANGED: _("It was being written during the scan; scan again."),
        Reason.READ_ERROR: _("The disk could not deliver it; check the disk and scan again."),
        Reason.STOPPED_DECODER: _(
            "It stopped the decoder twice; it is not opened again by this version. Look for "
            "another copy of it."
        ),
        Reason.TOO_SLOW: _(
            "It took too long to open and was given up; look for another copy of it."
        ),
        Reason.TOO_MUCH_MEMORY: _(
            "Opening it takes more memory than is safe; save it smaller if you need it here."
        ),
        Reason.NO_ANSWER: _(
            "Its drive did not answer; check the drive or the network and scan again."
        ),
        Reason.NO_WORKER: _(
            "No process could be started to open it safely; close other programs and scan again."
        ),
        Reason.PLACEHOLDER: _(
            "It is only in the cloud; make it available offline, then scan again."
        ),
        Reason.PATH_TOO_LONG: _(
            "Its path is longer than the system can open; shorten the names of its folders, then "
            "scan again."
        ),
    }[reason]


def describe_problem(problem: Problem) -> str:
    """The reason sentence, with the decoder's own words where there are any."""
    sentence = describe_reason(problem.reason)
    if not problem.detail:
        return sentence
    return _("{sentence} ({detail})").format(sentence=sentence, detail=problem.detail)


def tier_name(tier: Tier) -> str:
    return {
        Tier.IDENTICAL: _("Identical"),
        Tier.SAME: _("Same photo"),
        Tier.EDITED: _("Edited"),
        Tier.SIMILAR: _("Similar shots"),
    }[tier]


def synced_sentence(folder: str) -> str:
    """What a clean-up in a sync client's folder means."""
    return _(
        "{path} is kept in step with other devices or a cloud: what is moved away there "
        "goes from those too."
    ).format(path=folder)


def about(name: str, words: str) -> str:
    """What is said about a file or another thing: "holiday.jpg: …"."""
    return _("{name}: {words}").format(name=name, words=words)


def passed_over(kind: str) -> str:
    """What was left out of a scan, by the kind under which it was counted."""
    return {
        "bin": _("bin"),
        "bundle": _("bundle"),
        "made_by_a_program": _("made by a program"),
        "hidden": _("hidden"),
        "link": _("link"),
        "other_file": _("other file"),
        "placeholder": _("placeholder"),
        "removed_before": _("removed before"),
        "same_file": _("same file"),
        "snapshot": _("snapshot"),
    }.get(kind, kind)


def passed_over_count(kind: str, count: int) -> str:
    """So many of a kind that were left out of a scan."""
    words = {
        "bin": ngettext("{n} trash folder", "{n} trash folders", count),
        "bundle": ngettext("{n} bundle of a program", "{n} bundles of programs", count),
        "made_by_a_program": ngettext("{n} made by a program", "{n} made by programs", count),
        "hidden": ngettext("{n} hidden", "{n} hidden", count),
        "link": ngettext("{n} link", "{n} links", count),
        "other_file": ngettext("{n} file that is no photo", "{n} files that are no photos", count),
        "placeholder": ngettext("{n} only in the cloud", "{n} only in the cloud", count),
        "removed_before": ngettext("{n} removed before", "{n} removed before", count),
        "same_file": ngettext("{n} further name of one file", "{n} further names of files", count),
        "snapshot": ngettext("{n} snapshot", "{n} snapshots", count),
    }.get(kind, kind + " {n}")
    return words.format(n=f"{count:,}")


def human_bytes(count: float) -> str:
    """A size with the unit that people feel: three digits at most before it."""
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
