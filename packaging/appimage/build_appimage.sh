#!/usr/bin/env bash
# Pack the frozen folder as an AppImage: one file that runs on most Linux systems.
#
#   packaging/appimage/build_appimage.sh 0.1.0
#
# Freeze first, on the oldest system that it shall run on. It needs appimagetool on the path. The
# folder AppDir that this lays out was run; the last step, appimagetool itself, is UNTESTED.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version="$1"
appdir="build/AppDir"
name="io.github.xumm_desk.XummDesk"
rm -rf "$appdir"
mkdir -p "$appdir/usr/lib" "$appdir/usr/share/applications" "$appdir/usr/share/metainfo"
cp -a dist/xumm-desk "$appdir/usr/lib/xumm-desk"
cp resources/xumm-desk.desktop "$appdir/usr/share/applications/"
cp "resources/$name.metainfo.xml" "$appdir/usr/share/metainfo/"
cp resources/xumm-desk.desktop "$appdir/"
cp resources/icons/xumm-desk-256.png "$appdir/xumm-desk.png"
ln -s xumm-desk.png "$appdir/.DirIcon"
cat > "$appdir/AppRun" <<'RUN'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/usr/lib/xumm-desk/xumm-desk" "$@"
RUN
chmod 755 "$appdir/AppRun"

if ! command -v appimagetool >/dev/null; then
    echo "$appdir is laid out. appimagetool is not on this computer, so no AppImage was made." >&2
    exit 3
fi
ARCH="$(uname -m)" VERSION="$version" appimagetool "$appdir" "dist/xumm-desk-$version-$(uname -m).AppImage"
