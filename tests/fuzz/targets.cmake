# Fuzz targets and the sources each is made of, from the root. Also read by scripts/fuzz: keep to set(NAME words...).
set(FANTASCOPE_FUZZ_TARGETS safetensors_header tokenizer word_tokenizer sentencepiece config recipe)
set(FANTASCOPE_FUZZ_SOURCES_safetensors_header
  engine/base/result.cpp engine/base/bounded_json.cpp engine/weights/format/safetensors_header.cpp)
set(FANTASCOPE_FUZZ_SOURCES_tokenizer
  engine/base/result.cpp engine/base/bounded_json.cpp engine/base/json_fields.cpp
  engine/text/unicode.cpp engine/text/normalizer.cpp engine/text/pre_tokenizer.cpp engine/text/bpe.cpp engine/text/added_tokens.cpp
  engine/text/tokenizer_file.cpp engine/text/sentencepiece_file.cpp engine/text/tokenizer.cpp)
set(FANTASCOPE_FUZZ_SOURCES_word_tokenizer
  engine/base/result.cpp engine/base/bounded_json.cpp engine/base/json_fields.cpp
  engine/text/unicode.cpp engine/text/normalizer.cpp engine/text/pre_tokenizer.cpp engine/text/bpe.cpp engine/text/added_tokens.cpp
  engine/text/tokenizer_file.cpp engine/text/sentencepiece_file.cpp engine/text/tokenizer.cpp engine/text/word_tokenizer.cpp)
set(FANTASCOPE_FUZZ_SOURCES_sentencepiece
  engine/base/result.cpp engine/base/bounded_json.cpp engine/base/json_fields.cpp
  engine/text/unicode.cpp engine/text/normalizer.cpp engine/text/pre_tokenizer.cpp engine/text/bpe.cpp engine/text/added_tokens.cpp
  engine/text/tokenizer_file.cpp engine/text/sentencepiece_file.cpp engine/text/tokenizer.cpp)
set(FANTASCOPE_FUZZ_SOURCES_config
  engine/base/result.cpp engine/base/bounded_json.cpp engine/base/json_fields.cpp
  models/ltx2/config.cpp models/ltx2/config_fields.cpp models/ltx2/text_encoder_config.cpp models/ltx2/connectors_config.cpp
  models/ltx2/video_vae_config.cpp models/ltx2/audio_vae_config.cpp models/ltx2/vocoder_config.cpp)
set(FANTASCOPE_FUZZ_SOURCES_recipe
  engine/base/result.cpp engine/base/bounded_json.cpp engine/base/rational.cpp
  app/files/file_system.cpp app/files/sha256.cpp app/operations/param_spec.cpp app/operations/prompt_text.cpp app/operations/recipe.cpp)
