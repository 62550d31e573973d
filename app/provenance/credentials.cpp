#include "app/provenance/credentials.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/provenance/internal/c2pa_handles.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

using nlohmann::json;
using provenance::C2paPtr;
using provenance::FdStream;

// IPTC's code for "made by a trained model", https://cv.iptc.org/newscodes/digitalsourcetype/
constexpr char kTrainedAlgorithmicMedia[] = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
constexpr char kMp4[] = "video/mp4";

struct ReadFile {
  int fd = -1;
  ReadFile() = default;
  ReadFile(ReadFile&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
  ~ReadFile() {
    if (fd >= 0) ::close(fd);
  }
  static Result<ReadFile> open(const std::string& path) {
    ReadFile file;
    file.fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file.fd < 0) return file_error("open", path, errno);
    struct stat info;
    if (::fstat(file.fd, &info) != 0) return file_error("look at", path, errno);
    if (!S_ISREG(info.st_mode)) return Error{ErrorCode::kBadFile, "not a regular file: " + path, path, {}, {}, {}};
    return file;
  }
};

/// RFC 3339, in UTC, of this moment.
std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm time{};
  char text[32];
  ::gmtime_r(&now, &time);
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &time));
}

/// MIME type by content; null if it is none of those that carry credentials and that we read.
const char* media_type(int fd) {
  char head[12] = {};
  if (::pread(fd, head, sizeof head, 0) != static_cast<ssize_t>(sizeof head)) return nullptr;
  if (std::memcmp(head + 4, "ftyp", 4) == 0) return kMp4;
  if (std::memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0) return "image/png";
  if (std::memcmp(head, "\xff\xd8\xff", 3) == 0) return "image/jpeg";
  if (std::memcmp(head, "RIFF", 4) == 0 && std::memcmp(head + 8, "WEBP", 4) == 0) return "image/webp";
  return nullptr;
}

std::string text_at(const json& value, const char* key) {
  const auto it = value.is_object() ? value.find(key) : value.end();
  return value.is_object() && it != value.end() && it->is_string() ? it->get<std::string>() : std::string();
}
const json& child(const json& value, const char* key) {
  static const json kNull;
  if (!value.is_object()) return kNull;
  const auto it = value.find(key);
  return it == value.end() ? kNull : *it;
}
std::vector<std::string> codes(const json& list) {
  std::vector<std::string> result;
  if (list.is_array())
    for (const json& item : list) result.push_back(text_at(item, "code"));
  return result;
}

void read_assertions(const json& assertions, Credentials& credentials) {
  if (!assertions.is_array()) return;
  for (const json& assertion : assertions) {
    const std::string label = text_at(assertion, "label");
    const json& data = child(assertion, "data");
    if (label == kGenerationLabel) credentials.generation_json = data.dump(-1, ' ', false, json::error_handler_t::replace);
    if (label.rfind("c2pa.actions", 0) != 0) continue;
    const json& actions = child(data, "actions");
    if (!actions.is_array()) continue;
    for (const json& action : actions) {
      if (credentials.actions.empty()) credentials.digital_source_type = text_at(action, "digitalSourceType");
      if (credentials.signed_at.empty()) credentials.signed_at = text_at(action, "when");
      credentials.actions.push_back(text_at(action, "action"));
    }
  }
}

/// From the library's report. What we cannot understand counts as invalid, never as good.
Credentials interpret(std::string report) {
  Credentials credentials;
  credentials.state = CredentialState::kInvalid;
  credentials.manifest_json = std::move(report);
  const auto document = parse_bounded_json(credentials.manifest_json, "C2PA manifest");
  if (!document) {
    credentials.failure_codes.push_back("unreadable report: " + document.error().message);
    return credentials;
  }
  const std::string state = text_at(*document, "validation_state");
  if (state == "Trusted") credentials.state = CredentialState::kTrusted;
  if (state == "Valid") credentials.state = CredentialState::kValid;
  const json& results = child(child(*document, "validation_results"), "activeManifest");
  credentials.success_codes = codes(child(results, "success"));
  credentials.failure_codes = codes(child(results, "failure"));
  const json& manifest = child(child(*document, "manifests"), text_at(*document, "active_manifest").c_str());
  credentials.title = text_at(manifest, "title");
  const json& signature = child(manifest, "signature_info");
  credentials.issuer = text_at(signature, "issuer");
  credentials.signer_common_name = text_at(signature, "common_name");
  credentials.signed_at = text_at(signature, "time");
  if (const json& generators = child(manifest, "claim_generator_info"); generators.is_array() && !generators.empty()) {
    credentials.generator_name = text_at(generators[0], "name");
    credentials.generator_version = text_at(generators[0], "version");
  }
  read_assertions(child(manifest, "assertions"), credentials);
  return credentials;
}

Result<Credentials> read_from(int fd, const std::string& path, const std::string& trusted_root_pem) {
  const char* type = media_type(fd);
  if (type == nullptr)
    return Error{ErrorCode::kBadFile, "not a file that carries content credentials: " + path, path, {}, "MP4, PNG, JPEG or WebP", {}};
  FANTASCOPE_TRY(const C2paPtr<C2paContext> context, provenance::make_context(trusted_root_pem, nullptr));
  C2paPtr<C2paReader> reader(c2pa_reader_from_context(context.get()));
  if (!reader) return Error{ErrorCode::kInternal, "the C2PA library cannot read: " + provenance::last_c2pa_error(), path, {}, {}, {}};
  const FdStream stream(fd);
  reader.reset(c2pa_reader_with_stream(reader.release(), type, stream.get()));
  if (!reader) {
    if (stream.context().error_number != 0) return file_error("read", path, stream.context().error_number);
    Credentials credentials;
    const std::string reason = provenance::last_c2pa_error();
    if (reason.rfind("ManifestNotFound", 0) == 0) return credentials;
    credentials.state = CredentialState::kInvalid;
    credentials.failure_codes.push_back(reason);
    return credentials;
  }
  const std::unique_ptr<char, provenance::C2paDeleter> report(c2pa_reader_json(reader.get()));
  if (!report) return Error{ErrorCode::kInternal, "the C2PA library cannot report: " + provenance::last_c2pa_error(), path, {}, {}, {}};
  return interpret(report.get());
}

std::string manifest_definition(const ClipProvenance& provenance) {
  json generation = {{"model", provenance.model_name},
                     {"model_version", provenance.model_version},
                     {"model_family", provenance.model_family},
                     {"weights_sha256", provenance.weights_sha256},
                     {"recipe_sha256", provenance.recipe_sha256},
                     {"seed", std::to_string(provenance.seed)},
                     {"take_id", provenance.take_id}};
  if (provenance.prompt) generation["prompt"] = *provenance.prompt;
  json agent = {{"name", provenance.model_name}};
  if (!provenance.model_version.empty()) agent["version"] = provenance.model_version;
  const json created = {
      {"action", "c2pa.created"}, {"digitalSourceType", kTrainedAlgorithmicMedia}, {"softwareAgent", agent}, {"when", now_text()}};
  const json definition = {
      {"claim_generator_info", json::array({{{"name", provenance.app_name}, {"version", provenance.app_version}}})},
      {"title", provenance.title},
      {"format", kMp4},
      {"assertions", json::array({{{"label", "c2pa.actions.v2"}, {"created", true}, {"data", {{"actions", json::array({created})}}}},
                                  {{"label", kGenerationLabel}, {"created", true}, {"data", generation}}})}};
  // A prompt is stored byte for byte elsewhere (recipe); JSON can only hold UTF-8, so other bytes become U+FFFD here.
  return definition.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<void> sign_into(const SigningKeys& keys, int source, AtomicFile& file, const ClipProvenance& provenance) {
  const provenance::Signer signer{keys.chain_pem, keys.private_key_pem};
  FANTASCOPE_TRY(const C2paPtr<C2paContext> context, provenance::make_context(keys.root_certificate_pem, &signer));
  const auto failed = [&](const char* action) {
    return Error{ErrorCode::kInternal,
                 std::string("cannot ") + action + " the clip's content credentials: " + provenance::last_c2pa_error(),
                 file.path(),
                 {},
                 {},
                 "The clip was not published."};
  };
  C2paPtr<C2paBuilder> builder(c2pa_builder_from_context(context.get()));
  if (!builder) return failed("prepare");
  builder.reset(c2pa_builder_with_definition(builder.release(), manifest_definition(provenance).c_str()));
  if (!builder) return failed("prepare");
  const FdStream in(source), out(file.fd());
  const unsigned char* manifest = nullptr;
  const std::int64_t size = c2pa_builder_sign_context(builder.get(), kMp4, in.get(), out.get(), &manifest);
  const C2paPtr<const unsigned char> manifest_owner(manifest);
  if (out.context().error_number != 0)
    return file_error("write", file.path(), out.context().error_number, static_cast<std::uint64_t>(out.context().end));
  if (in.context().error_number != 0) return Error{ErrorCode::kIo, "cannot read the clip to be signed", file.path(), {}, {}, {}};
  if (size < 0) return failed("sign");
  return {};
}

}  // namespace

const char* credential_state_name(CredentialState state) {
  switch (state) {
    case CredentialState::kNone:
      return "none";
    case CredentialState::kInvalid:
      return "invalid";
    case CredentialState::kValid:
      return "valid";
    case CredentialState::kTrusted:
      return "trusted";
  }
  return "invalid";
}

Result<void> sign_clip(const SigningKeys& keys, const std::string& source, const std::string& path, const ClipProvenance& provenance) {
  FANTASCOPE_TRY(const ReadFile input, ReadFile::open(source));
  const char* type = media_type(input.fd);
  if (type == nullptr || std::strcmp(type, kMp4) != 0)
    return Error{ErrorCode::kBadFile, "not an MP4 file: " + source, source, {}, "MP4", {}};
  FANTASCOPE_TRY(const Credentials before, read_from(input.fd, source, keys.root_certificate_pem));
  if (before.state != CredentialState::kNone)
    return Error{
        ErrorCode::kInvalidArgument,         "the clip is signed already: " + source, source,
        credential_state_name(before.state), "a clip without content credentials",    "Remux it first, or name it as an ingredient."};
  struct stat info;
  if (::fstat(input.fd, &info) != 0) return file_error("look at", source, errno);
  FANTASCOPE_TRY(AtomicFile file, AtomicFile::create(path, {.expected_bytes = static_cast<std::uint64_t>(info.st_size) + (1 << 16)}));
  FANTASCOPE_TRY_VOID(sign_into(keys, input.fd, file, provenance));
  FANTASCOPE_TRY(const Credentials after, read_from(file.fd(), path, keys.root_certificate_pem));
  if (after.state != CredentialState::kTrusted || after.actions.empty() || after.actions.front() != "c2pa.created" ||
      after.digital_source_type != kTrainedAlgorithmicMedia) {
    std::string found = credential_state_name(after.state);
    for (const std::string& code : after.failure_codes) found += ", " + code;
    return Error{ErrorCode::kMismatch, "the signed clip does not verify, so it was not published: " + path, path, found, "trusted", {}};
  }
  return file.commit();
}

Result<Credentials> read_credentials(const std::string& path, const std::string& trusted_root_pem) {
  FANTASCOPE_TRY(const ReadFile file, ReadFile::open(path));
  return read_from(file.fd, path, trusted_root_pem);
}

}  // namespace fantascope
