#pragma once
/// JSON of the backend as the values that Qt's models hand to QML, and back.
#include <QVariant>
#include <nlohmann/json.hpp>

namespace fantascope::ui {

QVariant to_variant(const nlohmann::json& json);
/// What QML can give: texts, numbers, booleans, lists, maps. Anything else is null.
nlohmann::json to_json(const QVariant& value);
/// A text field, empty if it is missing or something else.
QString text_field(const nlohmann::json& object, const char* name);

}  // namespace fantascope::ui
