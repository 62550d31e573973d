"""What each committed parity fixture is: its networks' sizes and its request."""

TEXT_WIDTH, TEXT_LAYERS, MAX_TOKENS = 24, 3, 48
SENTENCES = [
    "a red ball rolls down wooden stairs at sunset, slow pan left", "rain falls on a quiet street while a bell rings",
    "two birds sing in the morning fog, static camera", "blurry, worst quality, silent", "eine blaue Tür öffnet sich leise",
    "夜晚下雪,一只狐狸慢慢走过", "ένα κόκκινο σπίτι δίπλα στη θάλασσα",
]
TOKENIZER_TEXTS = SENTENCES + ["", " ", "  two  spaces ", "tab\tand\nnewline\n\n", "emoji 🦊❄️ and é / é", "UPPER lower 0123456789",
                               "שלום עולם مرحبا", "<bos> written out <pad>", "word" * 40]

# name -> (version, transformer and scheduler changes, request). What each is for stands in tests/parity/README.md.
CASES = {
    "interleaved-portrait": dict(
        version="2.0", seed=11,
        transformer=dict(num_attention_heads=4, attention_head_dim=10, audio_num_attention_heads=3, audio_attention_head_dim=8,
                         rope_type="interleaved", rope_double_precision=False, attention_bias=False, audio_ff_bias=False,
                         norm_elementwise_affine=True, num_layers=2),
        request=dict(prompt="夜晚下雪,一只狐狸 🦊 慢慢走过", negative_prompt="blurry, silent", width=64, height=128, num_frames=17,
                     frame_rate=25.0, num_inference_steps=3, guidance_scale=3.5, audio_guidance_scale=2.0, guidance_rescale=0.5,
                     use_cross_timestep=False)),
    "mixed-heads": dict(
        version="2.3", seed=12,
        transformer=dict(num_attention_heads=4, attention_head_dim=8, audio_num_attention_heads=2, audio_attention_head_dim=12,
                         cross_attn_timestep_scale_multiplier=500, num_layers=3),
        request=dict(prompt="two birds sing in the morning fog, static camera", negative_prompt="worst quality", width=96, height=64,
                     num_frames=17, frame_rate=29.97, num_inference_steps=3, guidance_scale=1.0, audio_guidance_scale=2.5, stg_scale=0.8,
                     audio_stg_scale=0.0, modality_scale=1.5, audio_modality_scale=0.0, guidance_rescale=0.7, audio_guidance_rescale=0.0,
                     spatio_temporal_guidance_blocks=[0, 2], use_cross_timestep=True)),
    "image-static-prompt": dict(
        version="2.3", seed=13,
        transformer=dict(num_attention_heads=3, attention_head_dim=12, audio_num_attention_heads=3, audio_attention_head_dim=4,
                         use_prompt_adaln_single=False, audio_cross_attn_mod=False, ff_bias=False, num_layers=2),
        request=dict(prompt="a red ball rolls down wooden stairs", negative_prompt="", width=64, height=96, num_frames=9, frame_rate=24.0,
                     num_inference_steps=3, guidance_scale=3.0, audio_guidance_scale=7.0, stg_scale=1.0, audio_stg_scale=1.0,
                     guidance_rescale=0.7, audio_guidance_rescale=0.7, spatio_temporal_guidance_blocks=[1], use_cross_timestep=True,
                     image="image.png")),
    "still": dict(
        version="2.0", seed=14,
        transformer=dict(num_attention_heads=1, attention_head_dim=20, audio_num_attention_heads=1, audio_attention_head_dim=16, num_layers=1),
        scheduler=dict(use_dynamic_shifting=False, shift=3.0, shift_terminal=None),
        request=dict(prompt="ένα κόκκινο σπίτι δίπλα στη θάλασσα", negative_prompt=None, width=64, height=64, num_frames=1, frame_rate=24.0,
                     num_inference_steps=2, sigmas=[0.8, 0.3], guidance_scale=1.0, noise_scale=0.8, use_cross_timestep=False)),
    "keyframes": dict(
        version="2.3", seed=17,
        transformer=dict(num_attention_heads=2, attention_head_dim=16, audio_num_attention_heads=2, audio_attention_head_dim=8, num_layers=1),
        request=dict(prompt="rain falls on a quiet street while a bell rings", negative_prompt="blurry", width=64, height=64, num_frames=17,
                     frame_rate=24.0, num_inference_steps=2, guidance_scale=3.0, audio_guidance_scale=1.0, guidance_rescale=0.5,
                     use_cross_timestep=True,
                     conditions=[dict(index=0, strength=0.75, num_frames=1), dict(index=1, strength=0.5, num_frames=9),
                                 dict(index=2, strength=1.0, num_frames=1)])),
}
