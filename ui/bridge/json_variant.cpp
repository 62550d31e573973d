#include "ui/bridge/json_variant.h"

#include <QMetaType>

namespace fantascope::ui {

QVariant to_variant(const nlohmann::json& json) {
  switch (json.type()) {
    case nlohmann::json::value_t::string:
      return QString::fromStdString(json.get_ref<const std::string&>());
    case nlohmann::json::value_t::boolean:
      return json.get<bool>();
    case nlohmann::json::value_t::number_integer:
    case nlohmann::json::value_t::number_unsigned:
      return QVariant::fromValue<qlonglong>(json.get<qlonglong>());
    case nlohmann::json::value_t::number_float:
      return json.get<double>();
    case nlohmann::json::value_t::array: {
      QVariantList list;
      for (const auto& item : json) list << to_variant(item);
      return list;
    }
    case nlohmann::json::value_t::object: {
      QVariantMap map;
      for (const auto& [key, value] : json.items()) map.insert(QString::fromStdString(key), to_variant(value));
      return map;
    }
    default:
      return {};
  }
}

nlohmann::json to_json(const QVariant& value) {
  switch (value.typeId()) {
    case QMetaType::QString:
      return value.toString().toStdString();
    case QMetaType::Bool:
      return value.toBool();
    case QMetaType::Int:
    case QMetaType::LongLong:
    case QMetaType::UInt:
      return value.toLongLong();
    case QMetaType::Double:
    case QMetaType::Float:
      return value.toDouble();
    case QMetaType::QStringList:
    case QMetaType::QVariantList: {
      auto list = nlohmann::json::array();
      for (const QVariant& item : value.toList()) list.push_back(to_json(item));
      return list;
    }
    case QMetaType::QVariantMap: {
      auto object = nlohmann::json::object();
      const QVariantMap map = value.toMap();
      for (auto item = map.begin(); item != map.end(); ++item) object[item.key().toStdString()] = to_json(item.value());
      return object;
    }
    default:
      return nullptr;
  }
}

QString text_field(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? QString::fromStdString(found->get_ref<const std::string&>()) : QString();
}

}  // namespace fantascope::ui
