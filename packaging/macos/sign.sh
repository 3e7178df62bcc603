#!/bin/sh
# Signs, notarises and packs the app: sign.sh "OUT/dist/Album Deduplicator.app" (macOS, after build.py).
#
# IDENTITY  the certificate "Developer ID Application: …" in the keychain
# PROFILE   what `xcrun notarytool store-credentials PROFILE` was told once
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
app=${1:?name the app}
identity=${IDENTITY:?name the certificate in IDENTITY}
profile=${PROFILE:?name the stored credentials in PROFILE}
image=${app%.app}.dmg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# From the inside out: a seal holds what lies below it. --deep would give every library the
# entitlements of the program.
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
	xargs -0 codesign --force --timestamp --options runtime --sign "$identity"
find "$app/Contents/MacOS" "$app/Contents/Frameworks" -type f -perm -u+x \
	! -name '*.dylib' ! -name '*.so' -print0 |
	xargs -0 codesign --force --timestamp --options runtime \
		--entitlements "$here/entitlements.plist" --sign "$identity"
codesign --force --timestamp --options runtime --entitlements "$here/entitlements.plist" \
	--sign "$identity" "$app"
codesign --verify --strict --deep --verbose=2 "$app"

ditto -c -k --keepParent "$app" "$work/app.zip"
xcrun notarytool submit "$work/app.zip" --keychain-profile "$profile" --wait
xcrun stapler staple "$app"

mkdir "$work/image"
ditto "$app" "$work/image/$(basename "$app")"
ln -s /Applications "$work/image/Applications"
hdiutil create -volname "Album Deduplicator" -srcfolder "$work/image" -format ULFO -ov "$image"
codesign --force --timestamp --sign "$identity" "$image"
xcrun notarytool submit "$image" --keychain-profile "$profile" --wait
xcrun stapler staple "$image"
spctl --assess --type open --context context:primary-signature --verbose "$image"
echo "$image"
