// Where exported clips go. A file of its own: what it imports is loaded when it is first opened.
import QtQuick.Dialogs

FolderDialog {
    signal chosen(string path)
    onAccepted: chosen(decodeURIComponent(selectedFolder.toString().replace("file://", "")))
}
