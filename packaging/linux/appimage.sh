#!/bin/sh
# One file of a bundle that runs where it lies: appimage.sh OUT (after build.py).
#
# An AppImage is a small program (the "runtime" of the AppImage project) with a packed file system
# behind it, which it mounts and starts. APPIMAGE_RUNTIME names that program's file, of the
# architecture of the bundle; it is theirs, and is fetched and checked by whoever releases. Without
# it the folder and its packed form are made, and this says so. Needs mksquashfs.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=$(CDPATH='' cd -- "${1:?name the folder that build.py wrote to}" && pwd)
folder=$out/AppDir
packed=$out/albumdedup.squashfs
made=$out/Album_Deduplicator-$(uname -m).AppImage

rm -rf "$folder" "$packed"
mkdir -p "$folder/usr/lib" "$folder/usr/share/metainfo" "$folder/usr/share/applications"
cp -al "$out/dist/albumdedup" "$folder/usr/lib/albumdedup"
cp -a "$out/share/icons" "$folder/usr/share/icons"
cp "$here/albumdedup.desktop" "$folder/albumdedup.desktop"
cp "$here/albumdedup.desktop" "$folder/usr/share/applications/"
cp "$here/org.albumdedup.AlbumDeduplicator.metainfo.xml" \
	"$folder/usr/share/metainfo/org.albumdedup.AlbumDeduplicator.appdata.xml"
cp "$out/share/icons/hicolor/256x256/apps/albumdedup.png" "$folder/albumdedup.png"
ln -s albumdedup.png "$folder/.DirIcon"
ln -s usr/lib/albumdedup/albumdedup "$folder/AppRun"

# mksquashfs takes the time of the file system from SOURCE_DATE_EPOCH itself.
mksquashfs "$folder" "$packed" -root-owned -noappend -no-progress -quiet -comp zstd \
	-Xcompression-level 19 -b 1M
du -h "$packed"

if [ -n "${APPIMAGE_RUNTIME:-}" ]; then
	cat "$APPIMAGE_RUNTIME" "$packed" >"$made"
	chmod 755 "$made"
	echo "$made"
else
	echo "No AppImage: name the file of its runtime in APPIMAGE_RUNTIME. Packed: $packed" >&2
fi
