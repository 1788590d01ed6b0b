"""Texts of many photos, a token at a time; photos whose texts are done leave the batch.

It writes what `generate` of transformers writes for the same model; `agrees` tries that before it is relied on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from photosort.models.captioners.blip_decoder import BlipDecoder
from photosort.models.captioners.generating import Asking, Draw
from photosort.models.runtime.batch_size import out_of_memory
from photosort.models.runtime.devices import CPU

if TYPE_CHECKING:
    import torch

CHECKED = 4
"""Steps after which a GPU is asked which texts are done: asking makes it wait."""
TRIED, TOKENS_TRIED = 2, 8
"""Pictures and tokens by which a decoder is compared with `generate`."""
PATCHES = 3
"""Patches along a side of these pictures on a processor, which would need seconds to see whole ones."""
TIE = {"torch.float32": 1e-3}
HALF_TIE = 5e-2
"""How much less a logit may be and pass for as large, in deviations of all logits: the rounding of its format."""
USUAL = {
    *("transformers_version", "_from_model_config", "output_attentions", "output_hidden_states", "use_cache"),
    *("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id", "max_length", "return_dict"),
}
"""What a configuration may say of writing without changing the texts, because it says it by other means."""


def write(decoder: BlipDecoder, states: torch.Tensor, draw: Draw | None = None) -> torch.Tensor:
    """Write of b pictures, (b, s, e) -> tokens (b * samples, most + 1): the first begins the text, padded at its end.

    The most probable token follows each, or the one that `draw` draws. A photo whose texts are done stays in the batch
    until half of the others are done as well. What is raised on the way gives back the room of the batch.
    """
    try:
        return _written(decoder, states, draw)
    except Exception:
        decoder.give_back()
        raise


def _written(decoder: BlipDecoder, states: torch.Tensor, draw: Draw | None) -> torch.Tensor:
    import torch

    photos, samples = len(states), decoder.samples
    room = decoder.begin(states)
    every = 1 if states.device.type == CPU else CHECKED
    texts = torch.full((photos + 1, samples, decoder.most + 1), decoder.pads, device=states.device)
    texts[:, :, 0] = decoder.begins
    held = list(range(photos))
    owners, running, tokens = _places(room.places, held, texts)
    for position in range(decoder.most):
        logits = room.step(tokens.flatten(), position)
        chosen = draw(logits, held) if draw else logits.argmax(-1)
        tokens = torch.where(running, chosen.view(running.shape), decoder.pads)
        texts[owners, :, position + 1] = tokens
        running = running & (tokens != decoder.ends)
        if (position + 1) % every:
            continue
        live = running.any(1).nonzero()[:, 0].tolist()
        if not live:
            break
        if 2 * len(live) <= len(held):
            room.keep(torch.tensor(live, device=states.device))
            held = [held[place] for place in live]
            still = running[live]
            owners, running, _ = _places(room.places, held, texts)
            running[: len(live)] = still
            tokens = texts[owners, :, position + 1]
    return texts[:photos].flatten(0, 1)


def _places(places: int, held: Sequence[int], texts: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return whose text stands at each place, whether it goes on, and its first token.

    Places that hold no photo write into the last row of `texts`, which is left out of the result.
    """
    import torch

    spare = len(texts) - 1
    owners = torch.tensor([*held, *[spare] * (places - len(held))], device=texts.device)
    running = (owners != spare)[:, None].repeat(1, texts.shape[1])
    return owners, running, texts[owners, :, 0]


def decoder_of(model: Any, asking: Asking) -> BlipDecoder | None:
    """Return a decoder for a BlipForConditionalGeneration that writes as its `generate` does, or None."""
    if set(model.text_decoder.generation_config.to_diff_dict()) - USUAL:
        return None
    try:
        tried = BlipDecoder(model.text_decoder, TOKENS_TRIED, 1)
        return BlipDecoder(model.text_decoder, asking.most_tokens, asking.samples) if agrees(model, tried) else None
    except Exception as error:  # whatever another version of transformers has changed, its own way goes on
        if out_of_memory(error):
            raise
        return None


def agrees(model: Any, decoder: BlipDecoder) -> bool:
    """Return whether a decoder and `generate` write the same of two pictures of noise.

    Where they differ for the first time, `generate` must have found both tokens as probable, up to its rounding.
    """
    import torch

    sight, small = model.config.vision_config, decoder.device.type == CPU
    side = PATCHES * int(sight.patch_size) if small else int(sight.image_size)
    noise = torch.randn((TRIED, 3, side, side), generator=torch.Generator().manual_seed(7))
    with torch.inference_mode():
        shown = {"pixel_values": noise.to(decoder.device, decoder.dtype), "interpolate_pos_encoding": small}
        asked: Callable[..., Any] = model.generate
        theirs = asked(
            **shown,
            max_new_tokens=decoder.most,
            do_sample=False,
            output_logits=True,
            return_dict_in_generate=True,
        )
        ours = write(decoder, model.vision_model(**shown)[0]).cpu()
    expected = theirs.sequences.cpu()
    for row in range(TRIED):
        different = (ours[row, : expected.shape[1]] != expected[row]).nonzero().flatten().tolist()
        if not different:
            continue
        logits = theirs.logits[different[0] - 1][row].float().cpu()
        behind = logits.max() - logits[ours[row, different[0]]]
        if not bool(behind <= TIE.get(str(decoder.dtype), HALF_TIE) * logits.std()):
            return False
    return True
