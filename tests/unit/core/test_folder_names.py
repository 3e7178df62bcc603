"""Folders beside one another have names that tell them apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from albumdedup.core.folder_names import last_two_parts, told_apart

DISKS = [
    "/media/me/Disk 2012/My Pictures/Holiday",
    "/media/me/Disk 2015/Backup of Disk 2012/My Pictures/Holiday",
    "/media/me/Disk 2019/backup/Backup of Disk 2012/My Pictures/Holiday",
    "/media/me/Disk 2019/Desktop",
]


def test_a_backup_is_told_from_what_it_is_a_backup_of():
    assert told_apart(DISKS) == [
        "Disk 2012/…/Holiday", "Disk 2015/…/Holiday", "Disk 2019/…/Holiday", "Disk 2019/Desktop",
    ]  # fmt: skip


def test_what_the_last_two_parts_tell_apart_keeps_them():
    assert told_apart(["/a/b/c/2018/Trip", "/a/b/c/2019/Trip"]) == ["2018/Trip", "2019/Trip"]
    assert told_apart(["/one", "/"]) == ["one", "/"]
    assert told_apart([]) == []


def test_one_folder_twice_has_one_name():
    assert told_apart(["/p/q/r", "/p/q/r"]) == ["q/r", "q/r"]


def test_more_parts_where_the_first_is_shared_too():
    assert told_apart(["/r/x/one/A/B/A/B", "/r/x/two/A/B/A/B"]) == ["one/…/B", "two/…/B"]
    assert told_apart(["/r/A/B", "/r/A/B/q/A/B"]) == ["B", "B/…/B"]
    assert told_apart([r"C:\one\My\Photos", r"D:\one\My\Photos"]) == ["C:/…/Photos", "D:/…/Photos"]
    assert told_apart(["/a/b", "/a/b/c/a/b", "/b"]) == ["/a/b", "b/…/b", "/b"]


PARTS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=6)


@given(st.lists(PARTS.map(lambda parts: "/" + "/".join(parts)), max_size=6))
def test_different_folders_never_share_a_name(folders):
    names = told_apart(folders)
    apart = {(folder, name) for folder, name in zip(folders, names, strict=True)}
    assert len({name for _folder, name in apart}) == len({folder for folder, _name in apart})


def test_the_end_of_a_path():
    assert last_two_parts("/home/me/Pictures/2019") == "Pictures/2019"
    assert last_two_parts("C:\\Photos\\Trip") == "Photos/Trip"
