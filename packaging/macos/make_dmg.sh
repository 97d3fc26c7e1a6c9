#!/usr/bin/env bash
# Sign, notarise and pack dist/Xumm Desk.app. UNTESTED: nobody has run it on macOS yet.
#
#   XUMM_DESK_CODESIGN_IDENTITY="Developer ID Application: …" python3 packaging/installers/freeze.py
#   XUMM_DESK_NOTARY_PROFILE=profile packaging/macos/make_dmg.sh 0.1.0
#
# freeze.py signs what it collects when the identity is set; the profile is one of
# `xcrun notarytool store-credentials`. Without either a .dmg is made that macOS warns of.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version="$1"
app="dist/Xumm Desk.app"
image="dist/xumm-desk-$version-$(uname -m).dmg"
identity="${XUMM_DESK_CODESIGN_IDENTITY:-}"
profile="${XUMM_DESK_NOTARY_PROFILE:-}"

if [ -n "$identity" ]; then
    codesign --force --options runtime --timestamp --sign "$identity" \
        --entitlements packaging/macos/entitlements.plist "$app"
    codesign --verify --deep --strict --verbose=2 "$app"
fi

staging="$(mktemp -d)"
trap 'rm -rf "$staging"' EXIT
cp -R "$app" "$staging/"
ln -s /Applications "$staging/Applications"
hdiutil create -volname "Xumm Desk $version" -srcfolder "$staging" -ov -format UDZO "$image"

if [ -n "$identity" ]; then
    codesign --sign "$identity" --timestamp "$image"
fi
if [ -n "$profile" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$profile" --wait
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature --verbose "$image"
fi
echo "$image"
