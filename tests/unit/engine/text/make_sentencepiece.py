#!/usr/bin/env python3
"""Trains a small sentencepiece model and writes the ids that the `sentencepiece` package gives: make_sentencepiece.py cases/sentencepiece

Needs sentencepiece (0.2.3 made the committed files). Options are those of Gemma's model but for its size.
"""
import io
import json
import os
import random
import sys

import sentencepiece

CORPUS = ["A red ball bounces across the checkered floor at sunset, slow pan left.", "Two blue cubes slide down a ramp while it rains.",
          "The camera follows a small fox through fresh snow; a violin plays softly.", "naïve façade, über", "12345 67.89 1,000", "Привет, мир! Ελληνικά κείμενα",
          "日本語のテキスト"] * 4


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=model, model_type="bpe", vocab_size=520, byte_fallback=True, normalization_rule_name="identity",
        add_dummy_prefix=False, remove_extra_whitespaces=False, allow_whitespace_only_pieces=True, split_digits=True, pad_id=0, eos_id=1, bos_id=2, unk_id=3,
        user_defined_symbols=["<start_of_turn>"], character_coverage=0.98, hard_vocab_limit=False, minloglevel=2, self_test_sample_size=0)
    with open(os.path.join(out, "tokenizer.model"), "wb") as file:
        file.write(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    rng = random.Random(4)
    words = [word for line in CORPUS[:7] for word in line.split()]
    texts = CORPUS[:7] + ["", " ", "  two  spaces ", "tab\tand\nnewline", "emoji 🦊❄️", "UPPER lower 0123456789", "שלום", "a<start_of_turn>b", "aaaa" * 30]
    texts += ["".join(rng.choice([rng.choice(words), " ", chr(rng.randrange(33, 0x2FFF))]) for _ in range(rng.randrange(1, 30))) for _ in range(60)]
    cases = [dict(text=text, ids=[2] + processor.encode(text)) for text in texts]
    with open(os.path.join(out, "cases.json"), "w") as file:
        json.dump(cases, file, ensure_ascii=False, indent=0)
    print(processor.vocab_size(), "pieces", len(model.getvalue()), "bytes", len(cases), "texts")


if __name__ == "__main__":
    main()
