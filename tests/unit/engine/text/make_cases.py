#!/usr/bin/env python3
"""Makes tokenizers of the kinds that engine/text supports and the ids that the `tokenizers` package gives for random Unicode.

    make_cases.py OUT [--count 60] [--seed 1] [--extra NAME=tokenizer.json ...]

Writes OUT/NAME/{tokenizer.json, cases.json}. The committed cases are `make_cases.py cases`; a bigger run is compared by
FANTASCOPE_TOKENIZER_CASES=OUT test_unit_engine_text. Needs: tokenizers (0.23.3 made the committed ones).
"""
import argparse
import json
import os
import random

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

CORPUS = ["A red ball bounces across the checkered floor at sunset, slow pan left.", "Two blue cubes slide down a ramp while it rains.",
          "The camera follows a small fox through fresh snow; a violin plays softly.", "line one\nline two\n\nline four", "naïve façade, über, ﬁne",
          "12345 67.89 1,000", "日本語のテキスト", "Привет, мир! Ελληνικά κείμενα"] * 3


def bpe_model(byte_fallback, vocab_size, normalizer, specials, **kwargs):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizer
    alphabet = sorted({c for line in CORPUS[:4] for c in normalizer.normalize_str(line)})
    extra = [f"<0x{b:02X}>" for b in range(256)] if byte_fallback else []
    trainer = trainers.BpeTrainer(vocab_size=vocab_size + len(extra), special_tokens=specials + extra, initial_alphabet=alphabet, limit_alphabet=60, show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    trained = json.loads(tokenizer.to_str())["model"]
    merges = [tuple(m) for m in trained["merges"]]
    return models.BPE(vocab=trained["vocab"], merges=merges, unk_token="<unk>", fuse_unk=kwargs.get("fuse_unk", True), byte_fallback=byte_fallback,
                      ignore_merges=kwargs.get("ignore_merges", False))


def make_tokenizers():
    specials = ["<pad>", "<eos>", "<bos>", "<unk>"]
    mark = normalizers.Replace(" ", "▁")
    made = {}

    gemma = Tokenizer(bpe_model(True, 300, mark, specials))
    gemma.normalizer = mark
    gemma.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    gemma.add_special_tokens(specials)
    gemma.add_tokens([AddedToken("\n\n", normalized=False), AddedToken("▁▁", normalized=False), AddedToken("\n\n\n", normalized=False)])
    gemma.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 2)])
    made["byte_fallback"] = gemma

    prepend = normalizers.Sequence([normalizers.Prepend("▁"), mark])
    llama = Tokenizer(bpe_model(False, 260, prepend, specials))
    llama.normalizer = prepend
    llama.add_special_tokens(specials)
    llama.add_tokens([AddedToken("<left>", lstrip=True), AddedToken("<right>", rstrip=True), AddedToken("<both>", lstrip=True, rstrip=True, normalized=False),
                      AddedToken("two words", normalized=True)])
    llama.post_processor = processors.TemplateProcessing(single="<bos> $A <eos>", special_tokens=[("<bos>", 2), ("<eos>", 1)])
    made["prepend_unk"] = llama

    for name, scheme, split in (("metaspace_first", "first", True), ("metaspace_always", "always", True), ("metaspace_whole", "never", False)):
        meta = Tokenizer(bpe_model(False, 240, normalizers.Sequence([normalizers.Lowercase(), mark]), specials, fuse_unk=name != "metaspace_first",
                                   ignore_merges=name == "metaspace_always"))
        meta.normalizer = normalizers.Sequence([normalizers.Strip(True, False), normalizers.Lowercase()])
        meta.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme=scheme, split=split)
        meta.add_special_tokens(specials)
        made[name] = meta

    for behavior in ("removed", "isolated", "merged_with_next", "contiguous"):
        cut = Tokenizer(bpe_model(True, 200, normalizers.Lowercase(), specials, fuse_unk=False))
        cut.normalizer = normalizers.Lowercase()
        cut.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(" ", behavior), pre_tokenizers.Split("e", behavior, invert=behavior == "isolated")])
        made["split_" + behavior] = cut

    words = {w: i for i, w in enumerate(specials + sorted({w for line in CORPUS for w in line.lower().split()}))}
    level = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    level.normalizer = normalizers.Lowercase()
    level.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made["word_level"] = level
    return made


def random_text(rng):
    words = " ".join(CORPUS).split(" ")
    pieces = []
    for _ in range(rng.randrange(0, 14)):
        kind = rng.randrange(12)
        if kind < 5:
            pieces.append(rng.choice(words))
        elif kind == 5:
            pieces.append(" " * rng.randrange(1, 6))
        elif kind == 6:
            pieces.append(rng.choice(["<bos>", "<eos>", "<pad>", "<unk>", "<left>", "<right>", "<both>", "two words", "\n\n", "\n\n\n", "▁", "▁▁", "▁▁▁", "<0x41>", "<0x"]))
        elif kind == 7:
            pieces.append(rng.choice(["\n", "\t", "\r\n", "\u00a0", "\u3000", "\u200d", "\u202e", "\u0000", "e\u0301", "👩‍👩‍👧‍👦", "🦊🏽", "İIıſẞΣς", "ǅ", "\ufeff"]))
        elif kind == 8:
            pieces.append("".join(chr(rng.randrange(0x20, 0x7F)) for _ in range(rng.randrange(1, 12))))
        elif kind == 9:
            low, high = rng.choice([(0xA0, 0x250), (0x370, 0x600), (0x900, 0xA00), (0x1E00, 0x2100), (0x3040, 0x3100), (0x4E00, 0x5000), (0xAC00, 0xAD00), (0x10400, 0x10450), (0x1F300, 0x1F700)])
            pieces.append("".join(chr(rng.randrange(low, high)) for _ in range(rng.randrange(1, 8))))
        elif kind == 10:
            code = rng.randrange(0x110000)
            pieces.append(chr(code) if not 0xD800 <= code < 0xE000 else "x")
        else:
            pieces.append(rng.choice(words).upper())
        if rng.random() < 0.6:
            pieces.append(" ")
    return "".join(pieces)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--extra", action="append", default=[])
    args = parser.parse_args()
    made = make_tokenizers()
    for extra in args.extra:
        name, path = extra.split("=", 1)
        made[name] = Tokenizer.from_file(path)
    for name, tokenizer in made.items():
        rng = random.Random(f"{args.seed}/{name}")
        folder = os.path.join(args.out, name)
        os.makedirs(folder, exist_ok=True)
        tokenizer.save(os.path.join(folder, "tokenizer.json"), pretty=False)
        texts = ["", " ", "a", "A red ball"] + [random_text(rng) for _ in range(args.count)]
        with open(os.path.join(folder, "cases.json"), "w", encoding="utf-8") as file:
            file.write("[\n" + ",\n".join(json.dumps({"text": t, "ids": tokenizer.encode(t).ids}) for t in texts) + "\n]\n")
    print(f"{len(made)} tokenizers, {args.count + 4} texts each")


if __name__ == "__main__":
    main()
