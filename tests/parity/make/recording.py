"""Keeps what the networks of a reference pipeline are given and give, by the names of tests/parity/README.md."""
import torch


class Tape:
    """Tensors by name; the first of a name stays."""

    def __init__(self):
        self.tensors = {}

    def put(self, name, value):
        if value is not None and name not in self.tensors:
            self.tensors[name] = value.detach().clone().contiguous()


def watch(pipe, tape, request):
    """Hooks on every network of the pipeline."""
    guided = max(request["guidance_scale"], request["audio_guidance_scale"] or 0) > 1
    state = {"step": 0, "texts": 0}
    texts = ["prompt", "negative"]

    def on_text(_, __, out):
        which = texts[state["texts"]]
        state["texts"] += 1
        keep = tape.tensors[f"text.{which}.attention_mask"][..., None]
        for i, hidden in enumerate(out.hidden_states):
            tape.put(f"text.{which}.hidden{i}", hidden * keep)

    def on_connectors(_, __, out):
        for row, which in enumerate(["negative", "prompt"][-out[0].shape[0]:]):
            for name, value in zip(("video", "audio", "mask"), out):
                tape.put(f"text.{which}.connector.{name}", value[row:row + 1])

    def name_of(kwargs):
        kind = ("modality" if kwargs["isolate_modalities"] else "stg" if kwargs["spatio_temporal_guidance_blocks"]
                else "cfg" if guided else "cond")
        return f"transformer.step{state['step']}.{kind}"

    def before(_, args, kwargs):
        state["name"] = name_of(kwargs)
        if state["step"] == 0:
            tape.put(state["name"] + ".in.video", kwargs["hidden_states"])
            tape.put(state["name"] + ".in.audio", kwargs["audio_hidden_states"])
            tape.put("rope.video.coords", kwargs["video_coords"][:1])
            tape.put("rope.audio.coords", kwargs["audio_coords"][:1])
        tape.put(state["name"] + ".in.timestep", kwargs["timestep"])

    def after(_, __, ___, out):
        tape.put(state["name"] + ".out.video", out[0])
        tape.put(state["name"] + ".out.audio", out[1])

    def on_block(index):
        def hook(_, __, out):
            if state["step"] == 0:
                tape.put(f"{state['name']}.block{index}.video", out[0])
                tape.put(f"{state['name']}.block{index}.audio", out[1])
        return hook

    def on_pair(name, keys, rows=None):
        def hook(_, __, out):
            for key, value in zip(keys, out):
                tape.put(f"{name}.{key}", value[:rows] if rows else value)
        return hook

    net = pipe.transformer
    pipe.text_encoder.register_forward_hook(on_text)
    pipe.connectors.register_forward_hook(on_connectors)
    net.register_forward_pre_hook(before, with_kwargs=True)
    net.register_forward_hook(after, with_kwargs=True)
    for i, block in enumerate(net.transformer_blocks):
        block.register_forward_hook(on_block(i))
    for name, rope in (("video", net.rope), ("audio", net.audio_rope), ("cross_video", net.cross_attn_rope),
                       ("cross_audio", net.cross_attn_audio_rope)):
        rope.register_forward_hook(on_pair(f"rope.{name}", ("cos", "sin"), 1))
    net.time_embed.register_forward_hook(on_pair("time_embed.video", ("modulation", "embedded")))
    net.audio_time_embed.register_forward_hook(on_pair("time_embed.audio", ("modulation", "embedded")))
    decoder = pipe.vae.decoder
    decoder.register_forward_pre_hook(lambda _, args: tape.put("vae.decode.in", args[0]))
    decoder.mid_block.register_forward_hook(lambda _, __, out: tape.put("vae.decode.mid_block", out))
    decoder.register_forward_hook(lambda _, __, out: tape.put("video.frames_u8", frames_u8(out)))
    if request["conditions"]:
        watch_conditions(pipe, tape)
    else:
        pipe.vae.encoder.register_forward_pre_hook(lambda _, args: tape.put("image.preprocessed", args[0]))
        pipe.vae.encoder.register_forward_hook(lambda _, __, out: tape.put("image.encoded_moments", out))
    pipe.audio_vae.decoder.register_forward_pre_hook(lambda _, args: tape.put("audio.decode.in", args[0]))
    pipe.audio_vae.decoder.register_forward_hook(lambda _, __, out: tape.put("audio.mel", out))
    pipe.vocoder.register_forward_hook(lambda _, __, out: tape.put("audio.waveform", out))
    if hasattr(pipe.vocoder, "bwe_generator"):
        pipe.vocoder.vocoder.register_forward_hook(lambda _, __, out: tape.put("audio.waveform_16k", out))
        pipe.vocoder.mel_stft.register_forward_hook(lambda _, __, out: tape.put("audio.bwe_mel", out[0]))
        pipe.vocoder.bwe_generator.register_forward_hook(lambda _, __, out: tape.put("audio.bwe_residual", out))
    return state


def watch_conditions(pipe, tape):
    """One call of the encoder for each condition, in their order."""
    calls = []

    def before(_, args):
        calls.append(f"condition{len(calls)}")
        tape.put(calls[-1] + ".preprocessed", args[0])

    def after(_, __, out):
        tape.put(calls[-1] + ".encoded_moments", out)
        mode = out[:, : pipe.vae.config.latent_channels]
        tape.put(calls[-1] + ".latents", pipe._normalize_latents(mode, pipe.vae.latents_mean, pipe.vae.latents_std))

    pipe.vae.encoder.register_forward_pre_hook(before)
    pipe.vae.encoder.register_forward_hook(after)


def frames_u8(decoded):
    unit = (decoded[0].float() * 0.5 + 0.5).clamp(0, 1).permute(1, 2, 3, 0)
    return (unit * 255).round().to(torch.uint8)
