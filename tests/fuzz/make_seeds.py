#!/usr/bin/env python3
"""Small right inputs for the fuzz targets to start from: make_seeds.py OUT. Standard library only."""
import json
import os
import struct
import sys


def put(out, target, name, data):
    folder = os.path.join(out, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def safetensors(tensors, metadata=None):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, (dtype, size, shape) in tensors.items():
        count = size
        for dim in shape:
            count *= dim
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + count]}
        data += bytes(count)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tokenizer(**changes):
    vocab = {t: i for i, t in enumerate(["<pad>", "<eos>", "<bos>", "<unk>", "▁", "a", "b", "l", "▁a", "al", "all"])}
    document = {"version": "1.0",
                "added_tokens": [{"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for i, t in enumerate(list(vocab)[:4])],
                "normalizer": {"type": "Sequence", "normalizers": [{"type": "Lowercase"}, {"type": "Strip", "strip_left": True, "strip_right": False}, {"type": "Prepend", "prepend": "▁"},
                                                                    {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
                "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
                "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                                   "special_tokens": {"<bos>": {"id": "<bos>", "ids": [2], "tokens": ["<bos>"]}}},
                "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True, "vocab": vocab, "merges": [["▁", "a"], ["a", "l"], "al l"]}}
    document.update(changes)
    return json.dumps(document, ensure_ascii=False).encode()


CONFIGS = [
    {"model_type": "gemma3", "text_config": {"vocab_size": 704, "hidden_size": 32, "num_hidden_layers": 3, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
                                             "rope_theta": 1e6, "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "rope_parameters": {"full_attention": {"rope_theta": 1e6}}}},
    {"_class_name": "LTX2TextConnectors", "caption_channels": 32, "text_proj_in_factor": 4, "video_connector_num_attention_heads": 4, "video_connector_attention_head_dim": 8,
     "audio_connector_num_attention_heads": 4, "audio_connector_attention_head_dim": 8, "video_connector_num_learnable_registers": None, "rope_type": "split"},
    {"_class_name": "LTX2VideoTransformer3DModel", "num_layers": 2, "num_attention_heads": 4, "attention_head_dim": 16, "rope_type": "split", "vae_scale_factors": [8, 32, 32], "gated_attn": True},
    {"_class_name": "AutoencoderKLLTX2Video", "latent_channels": 16, "block_out_channels": [8, 16], "layers_per_block": [1, 1, 1], "spatio_temporal_scaling": [True, True], "decoder_inject_noise": [False]},
    {"_class_name": "AutoencoderKLLTX2Audio", "base_channels": 8, "ch_mult": [1, 2, 4], "attn_resolutions": None, "latent_channels": 8, "mel_bins": 64},
    {"_class_name": "LTX2Vocoder", "hidden_channels": 64, "upsample_factors": [6, 5], "upsample_kernel_sizes": [16, 15], "resnet_dilations": [[1, 3, 5]], "resnet_kernel_sizes": [3]},
    {"_class_name": "LTX2VocoderWithBWE", "input_sampling_rate": 16000, "output_sampling_rate": 48000, "hop_length": 80, "filter_length": 512}]


def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def block(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def sentencepiece(pieces, model_type=2, prefix=0):
    """The protobuf of a small model; pieces are (text, score, type)."""
    body = b"".join(block(1, block(1, text.encode()) + b"\x15" + struct.pack("<f", score) + b"\x18" + varint(kind)) for text, score, kind in pieces)
    return body + block(2, b"\x18" + varint(model_type) + varint(41 << 3) + b"\x02") + block(3, block(1, b"identity") + b"\x18" + bytes([prefix]) + b"\x20\x00")


GUIDANCE = {"guidance_scale": 3.0, "modality_scale": 1.0, "rescale": 0.0, "stg_scale": 0.0}
RECIPE = {"schema_version": 1, "prompt": "a red ball \"bounces\"\nünï", "negative": None, "model": "previz", "family": "any", "weights": {"a/a.safetensors": "b" * 64},
          "configs": {"model_index.json": "c" * 64}, "scheduler": "S", "sampler": "euler", "sigmas": [1.0, 0.5, 0.0], "given_sigmas": [], "guidance": GUIDANCE,
          "audio_guidance": GUIDANCE, "seed": 2**63 - 1, "size": "192x128", "frames": 25, "steps": 2, "fps": "24000/1001", "conditioning": [], "cameos": [], "loras": [],
          "device": "cpu", "device_name": "any", "dtype": "bf16", "engine_version": "0.1.0+452e9cea9a1a", "mode": "exact", "num_threads": 2}


def main():
    out = sys.argv[1]
    put(out, "recipe", "plain", json.dumps(RECIPE, ensure_ascii=False).encode())
    put(out, "recipe", "image", json.dumps(RECIPE | {"conditioning": [{"kind": "first_image", "sha256": "d" * 64, "file": "first_image.png"}], "made": {"take_id": "x"}}).encode())
    put(out, "safetensors_header", "two", safetensors({"a.weight": ("F32", 4, [2, 3]), "b": ("BF16", 2, [5])}, {"format": "pt"}))
    put(out, "safetensors_header", "empty", safetensors({}))
    put(out, "safetensors_header", "types", safetensors({t: (t, s, [2]) for t, s in [("F64", 8), ("F16", 2), ("I64", 8), ("I32", 4), ("I16", 2), ("I8", 1), ("U8", 1), ("BOOL", 1), ("F8_E4M3", 1), ("F8_E5M2", 1)]}))
    put(out, "safetensors_header", "zip", b"PK\x03\x04" + bytes(20))
    put(out, "safetensors_header", "pickle", b"\x80\x04\x95" + bytes(20))
    put(out, "tokenizer", "bpe", tokenizer() + b"\0A ball  all <bos> \xe2\x96\x81")
    put(out, "tokenizer", "metaspace", tokenizer(normalizer=None, pre_tokenizer={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}) + b"\0all a b")
    put(out, "tokenizer", "words", tokenizer(pre_tokenizer={"type": "WhitespaceSplit"}, model={"type": "WordLevel", "unk_token": "<unk>", "vocab": {"<pad>": 0, "<eos>": 1, "<bos>": 2, "<unk>": 3}}))
    pieces = [("<pad>", 0, 3), ("<eos>", 0, 3), ("<bos>", 0, 3), ("<unk>", 0, 2), ("<0x41>", 0, 6), ("▁a", -0.0, 1), ("al", -1.0, 1), ("▁", -2.0, 1), ("a", -3.0, 1), ("l", -4.0, 1), ("é", -5.0, 1)]
    put(out, "sentencepiece", "bpe", sentencepiece(pieces))
    put(out, "sentencepiece", "prefix", sentencepiece(pieces, prefix=1))
    put(out, "word_tokenizer", "list", "a\nred\nball\nballs\nünicode\n".encode() + b"\0A red dragon-ball, slow!")
    for i, config in enumerate(CONFIGS):
        put(out, "config", str(i), bytes([i]) + json.dumps(config).encode())


if __name__ == "__main__":
    main()
