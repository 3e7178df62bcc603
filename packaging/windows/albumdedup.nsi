; The installer for Windows:
;   makensis /DVERSION=0.1.0 /DBUNDLE=…\dist\albumdedup /DICON=…\albumdedup.ico /DOUT=…\AlbumDeduplicator-0.1.0.exe albumdedup.nsi
; For one user, without an administrator. Never touches a library: photos and decisions outlive it.
Unicode true
ManifestDPIAware true
ManifestLongPathAware true
SetCompressor /SOLID lzma
RequestExecutionLevel user

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "x64.nsh"

!define NAME "Album Deduplicator"
!define KEY "AlbumDeduplicator"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${KEY}"

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "Software\${KEY}" "Folder"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=1033 "ProductName" "${NAME}"
VIAddVersionKey /LANG=1033 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileDescription" "${NAME} Setup"
VIAddVersionKey /LANG=1033 "LegalCopyright" "MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "..\..\LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\albumdedupw.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString FIND_HERE ${LANG_ENGLISH} "Find duplicate photos here"
LangString FIND_HERE ${LANG_SIMPCHINESE} "在此查找重复照片"
LangString ONLY_64 ${LANG_ENGLISH} "${NAME} needs a 64-bit Windows 10 or newer."
LangString ONLY_64 ${LANG_SIMPCHINESE} "${NAME} 需要 64 位 Windows 10 或更高版本。"
LangString IS_OPEN ${LANG_ENGLISH} "${NAME} is open. Close it, then try again."
LangString IS_OPEN ${LANG_SIMPCHINESE} "${NAME} 正在运行。请先关闭它，然后重试。"

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_ICONSTOP "$(ONLY_64)" /SD IDOK
    Abort
  ${EndIf}
FunctionEnd

; A file of a program that runs cannot be opened for writing.
!macro RefuseWhileOpen
  ${Do}
    ClearErrors
    ${If} ${FileExists} "$INSTDIR\albumdedupw.exe"
      FileOpen $0 "$INSTDIR\albumdedupw.exe" a
      ${IfNot} ${Errors}
        FileClose $0
        ${ExitDo}
      ${EndIf}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(IS_OPEN)" /SD IDCANCEL IDRETRY +2
      Abort
    ${Else}
      ${ExitDo}
    ${EndIf}
  ${Loop}
!macroend

!macro FolderEntry ROOT ARGUMENT
  WriteRegStr HKCU "Software\Classes\${ROOT}\shell\${KEY}" "" "$(FIND_HERE)"
  WriteRegStr HKCU "Software\Classes\${ROOT}\shell\${KEY}" "Icon" "$INSTDIR\albumdedupw.exe"
  WriteRegStr HKCU "Software\Classes\${ROOT}\shell\${KEY}\command" "" '"$INSTDIR\albumdedupw.exe" "${ARGUMENT}"'
!macroend

Section "Install"
  !insertmacro RefuseWhileOpen
  ; What an older version had and this one has not would be found by it. Only where it is ours.
  ${If} ${FileExists} "$INSTDIR\albumdedupw.exe"
    RMDir /r "$INSTDIR\_internal"
  ${EndIf}
  SetOutPath "$INSTDIR"
  File /r "${BUNDLE}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\albumdedupw.exe"
  ; "%V" is the folder itself; a drive ends in a backslash, which would swallow the quote: "%V."
  !insertmacro FolderEntry "Directory" "%V"
  !insertmacro FolderEntry "Directory\Background" "%V"
  !insertmacro FolderEntry "Drive" "%V."
  WriteRegStr HKCU "Software\${KEY}" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\albumdedupw.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Album Deduplicator developers"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
SectionEnd

Section "Uninstall"
  !insertmacro RefuseWhileOpen
  ; Only what was installed, by name: the person may have picked a folder with other things in it.
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\albumdedup.exe"
  Delete "$INSTDIR\albumdedupw.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegKey HKCU "Software\Classes\Directory\shell\${KEY}"
  DeleteRegKey HKCU "Software\Classes\Directory\Background\shell\${KEY}"
  DeleteRegKey HKCU "Software\Classes\Drive\shell\${KEY}"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\${KEY}"
SectionEnd
