"""What macOS is told about the app, for its Info.plist; the rest PyInstaller knows."""

from __future__ import annotations

IDENTIFIER = "org.albumdedup.AlbumDeduplicator"

NAMES = {
    # Folders that macOS asks the person about; the words stand in its question.
    "NSDesktopFolderUsageDescription": "Photos on your desktop are looked at when you add them.",
    "NSDocumentsFolderUsageDescription": "Photos in it are looked at when you add the folder.",
    "NSDownloadsFolderUsageDescription": "Photos in it are looked at when you add the folder.",
    "NSRemovableVolumesUsageDescription": "Photos on this drive are looked at when you add it.",
    "NSNetworkVolumesUsageDescription": "Photos on this share are looked at when you add it.",
}


def info(version: str) -> dict[str, object]:
    return {
        "CFBundleName": "Album Deduplicator",
        "CFBundleDisplayName": "Album Deduplicator",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "zh_CN"],
        # A folder dropped on the icon in the Dock, and "Open With" of a folder.
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "Folder",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "None",
                "LSItemContentTypes": ["public.folder", "public.volume"],
            }
        ],
        "LSApplicationCategoryType": "public.app-category.photography",
        "LSMinimumSystemVersion": "12.0",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "MIT licence",
        "NSRequiresAquaSystemAppearance": False,
        **NAMES,
    }
