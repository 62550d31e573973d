#pragma once
/// What was measured of a take, in the words that are shown. Numbers without a limit of their own are only described; what the measures
/// name as unusual (app/operations/measures.h) is marked.
#include <QVariantList>
#include <nlohmann/json.hpp>

namespace fantascope::ui {

/// [{name, value, bad}], in the order that is shown; empty for anything but measures.
QVariantList measure_words(const nlohmann::json& measures);
/// What is unusual, or else one line that says that nothing is: "Sound late by 292 ms · stands still for 20 of 25 frames".
QString measure_summary(const nlohmann::json& measures);

}  // namespace fantascope::ui
