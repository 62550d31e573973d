#pragma once
/// Declarations of the parts of libc2pa_c 0.91.3 (PyPI wheel c2pa-python 0.38.1) that we call. The wheel ships no header, so these
/// follow its Python binding (c2pa/c2pa.py); the binary interface is not promised, which is why the version is pinned by hash.
/// Null or a negative number is a failure; c2pa_error() then has the reason. Strings, byte buffers and handles go back by c2pa_free().
#include <cstdint>

extern "C" {

struct C2paStream;
struct C2paStreamContext;
struct C2paSettings;
struct C2paSigner;
struct C2paContextBuilder;
struct C2paContext;
struct C2paBuilder;
struct C2paReader;

struct C2paSignerInfo {
  const char* alg;          // "es256"
  const char* sign_cert;    // PEM chain, leaf first
  const char* private_key;  // PEM, PKCS#8
  const char* ta_url;       // time stamp service; null: none
};

C2paStream* c2pa_create_stream(C2paStreamContext*, std::intptr_t (*read)(C2paStreamContext*, std::uint8_t*, std::intptr_t),
                               std::intptr_t (*seek)(C2paStreamContext*, std::intptr_t,
                                                     int),  // 0 from the start, 1 from here, 2 from the end
                               std::intptr_t (*write)(C2paStreamContext*, const std::uint8_t*, std::intptr_t),
                               std::intptr_t (*flush)(C2paStreamContext*));
void c2pa_release_stream(C2paStream*);
C2paSettings* c2pa_settings_new();
int c2pa_settings_update_from_string(C2paSettings*, const char* text, const char* format);
C2paSigner* c2pa_signer_from_info(const C2paSignerInfo*);
C2paContextBuilder* c2pa_context_builder_new();
int c2pa_context_builder_set_settings(C2paContextBuilder*, C2paSettings*);
int c2pa_context_builder_set_signer(C2paContextBuilder*, C2paSigner*);  // takes the signer
C2paContext* c2pa_context_builder_build(C2paContextBuilder*);           // takes the context builder
C2paBuilder* c2pa_builder_from_context(C2paContext*);
C2paBuilder* c2pa_builder_with_definition(C2paBuilder*, const char* manifest_json);  // takes the builder, returns a new one
std::int64_t c2pa_builder_sign_context(C2paBuilder*, const char* format, C2paStream* source, C2paStream* destination,
                                       const unsigned char** manifest);
C2paReader* c2pa_reader_from_context(C2paContext*);
C2paReader* c2pa_reader_with_stream(C2paReader*, const char* format, C2paStream*);  // takes the reader, returns a new one
char* c2pa_reader_json(C2paReader*);
char* c2pa_error();
int c2pa_free(const void*);

}  // extern "C"
