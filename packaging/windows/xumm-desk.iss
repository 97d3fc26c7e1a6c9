; Inno Setup 6: one installer out of the frozen folder. UNTESTED: nobody has run it on Windows yet.
;   iscc /DVersion=0.1.0 packaging\windows\xumm-desk.iss
; It asks for no rights of an administrator: it installs for the account that runs it.

#ifndef Version
  #define Version "0.0.0"
#endif

[Setup]
AppId={{6B4D4E2C-5D0B-4C7E-9C52-1E6C7B1F7A35}
AppName=Xumm Desk
AppVersion={#Version}
AppPublisher=Xumm Desk contributors
DefaultDirName={autopf}\Xumm Desk
DefaultGroupName=Xumm Desk
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\icons\xumm-desk.ico
UninstallDisplayIcon={app}\xumm-desk.exe
OutputDir=..\..\dist
OutputBaseFilename=xumm-desk-{#Version}-setup
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
; The window holds this while it runs, so that no file is exchanged under an open till.
CloseApplications=yes
RestartApplications=no

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "nl"; MessagesFile: "compiler:Languages\Dutch.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"
Name: "fr"; MessagesFile: "compiler:Languages\French.isl"
Name: "es"; MessagesFile: "compiler:Languages\Spanish.isl"
Name: "pt"; MessagesFile: "compiler:Languages\BrazilianPortuguese.isl"
Name: "ja"; MessagesFile: "compiler:Languages\Japanese.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[InstallDelete]
; A library of an older version must not be found beside the newer ones.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\xumm-desk\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{group}\Xumm Desk"; Filename: "{app}\xumm-desk.exe"
Name: "{autodesktop}\Xumm Desk"; Filename: "{app}\xumm-desk.exe"; Tasks: desktopicon

[Run]
Filename: "{app}\xumm-desk.exe"; Description: "{cm:LaunchProgram,Xumm Desk}"; Flags: nowait postinstall skipifsilent

; Journals and settings lie in the account's own data folder and stay there when this is removed.
