#pragma once
/// An operation's response as text for people. Whatever came from prompts or files is shown with control characters written out.
#include <nlohmann/json.hpp>
#include <string>

namespace fantascope {

std::string response_text(const std::string& operation, const nlohmann::json& response);

}  // namespace fantascope
