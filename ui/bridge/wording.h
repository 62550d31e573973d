#pragma once
/// Numbers and states in the words that users read. Rounding is honest: "about" for estimates, never for facts.
#include <QString>
#include <cstdint>

#include "engine/base/result.h"

namespace fantascope::ui {

/// "a few seconds", "about 25 s", "about 4 min"; from ten minutes on whole minutes.
QString about(double seconds);
/// The same number without the word: "25 s", "1 min 30 s".
QString rounded_time(double seconds);
/// A measured length: "3.06 s", "1:24".
QString length_text(double seconds);
/// "18 MB", "2.1 GB": decimal units.
QString bytes_text(std::uint64_t bytes);
/// "Denoising" for "denoise": a JobPhase's name as users read it.
QString phase_text(const QString& phase);
/// "Waiting", "Running", … for a JobState's name.
QString state_text(const QString& state);
/// "10 minutes ago", "14:36", "3 Mar".
QString moment_text(std::int64_t time_ms, std::int64_t now_ms);
/// First words of a prompt as a name: at most `length_max` characters, cut between words.
QString short_name(const QString& prompt, int length_max = 40);

/// An error as it is shown: what did not happen, why with numbers, what to do.
struct ErrorText {
  QString title, cause, remedy, details;
};
ErrorText error_text(const Error& error);

}  // namespace fantascope::ui
