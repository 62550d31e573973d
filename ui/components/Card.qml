// A raised surface with a line around it.
import QtQuick

Rectangle {
    color: Theme.raised
    radius: Theme.radius
    border.color: Theme.line
}
