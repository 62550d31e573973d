#pragma once
/// A sentencepiece model (tokenizer.model, a protobuf) as the content of a tokenizer.json, for folders that hold nothing else. Our own
/// reader of the wire format: every length is checked against what encloses it, nothing is recursive, nothing is allocated by a number from
/// the file. Models of type BPE whose normalizer changes no characters (Gemma's, Llama's); others are refused by name. Merges are those
/// that `transformers` makes of such a model: every split of a piece into two known pieces, by falling score of the piece. Limits: those of
/// tokenizer_file.h, and 512 bytes a piece. Format: sentencepiece_model.proto of google/sentencepiece.
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/text/tokenizer_file.h"

namespace fantascope {

inline constexpr std::size_t kMaxPieceBytes = 512;

Result<TokenizerFile> parse_sentencepiece(std::string_view bytes, const std::string& subject);

}  // namespace fantascope
