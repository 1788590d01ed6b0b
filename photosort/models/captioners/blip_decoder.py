"""The text decoder of BLIP, a token at a time, with room for keys and values that stays where it is.

Li et al. 2022, https://arxiv.org/abs/2201.12086, section 3.1: a BERT with causal self-attention and, in each layer,
cross-attention to the picture. The weights are those of transformers' own module; what differs is the number of
operations. Query, key and value come of one product, attention is torch's own (SDPA), and the texts of one photo share
its keys and values. Nothing in a step depends on numbers, so that a CUDA graph can hold it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from photosort.models.runtime.graphs import Graphs

if TYPE_CHECKING:
    import torch

ALIGNED = 8
"""The places for tokens are a multiple of this, as the attention of GPUs wants its masks."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The weights of one layer, as (weight, bias), and their modules where these do more than a product."""

    joined: tuple[torch.Tensor, torch.Tensor]
    own_output: Any
    query: Any
    key: Any
    value: Any
    seen_output: Any
    inner: Any
    outer: Any


class BlipDecoder:
    """The weights, and the room for the batches of one captioner.

    decoder  `text_decoder` of a BlipForConditionalGeneration, in evaluation mode
    most     tokens of the longest text, without the one that begins it
    samples  texts that are written of each photo
    """

    def __init__(self, decoder: Any, most: int, samples: int) -> None:
        config = decoder.config
        self.heads, self.width = int(config.num_attention_heads), int(config.hidden_size)
        self.samples, self.most = samples, most
        self.begins, self.ends, self.pads = (
            int(token) for token in (config.bos_token_id, config.sep_token_id, config.pad_token_id)
        )
        self.embeddings, self.head = decoder.bert.embeddings, decoder.cls.predictions
        self.layers = [_layer(layer) for layer in decoder.bert.encoder.layer]
        self.device, self.dtype = self.head.decoder.weight.device, self.head.decoder.weight.dtype
        self._room: Room | None = None

    def begin(self, states: torch.Tensor) -> Room:
        """Take in the pictures of a batch, (b, s, e), and return the room that it is written in.

        On a CUDA GPU the room stays for the next batch, and with it the graphs that know its addresses.
        """
        photos, length = states.shape[:2]
        room, self._room = self._room, None
        if room is None or room.capacity < photos or room.length != length:
            room = None  # given back before the new one is asked for
            room = Room(self, photos, length)
        if room.graphs:
            self._room = room
        room.take_in(states)
        return room

    def give_back(self) -> None:
        """Keep no room: the device may have no memory for it beside a smaller batch."""
        self._room = None


class Room:
    """Where the texts of a batch are written: keys and values of the pictures, and of the tokens so far.

    places  the photos that are in work, some of which may be no longer wanted; never more than `capacity`
    """

    def __init__(self, decoder: BlipDecoder, capacity: int, length: int) -> None:
        import torch

        self._decoder, self.capacity, self.length = decoder, capacity, length
        self.graphs = Graphs.on(decoder.device)
        self.places = capacity
        self._positions = -(-decoder.most // ALIGNED) * ALIGNED
        rows, size = capacity * decoder.samples, decoder.width // decoder.heads
        how = {"device": decoder.device, "dtype": decoder.dtype}
        self._seen = [torch.empty((capacity, length, 2, decoder.heads, size), **how) for _ in decoder.layers]
        self._own = [torch.zeros((rows, self._positions, 2, decoder.heads, size), **how) for _ in decoder.layers]
        self._tokens = torch.zeros(rows, dtype=torch.long, device=decoder.device)
        self._position = torch.zeros(1, dtype=torch.long, device=decoder.device)
        self._numbers = torch.arange(self._positions, device=decoder.device)
        self._closed = torch.tensor([0.0, -torch.inf], device=decoder.device, dtype=decoder.dtype)

    def take_in(self, states: torch.Tensor) -> None:
        """Keep the keys and values of new pictures."""
        photos = len(states)
        self.places = self.fitting(photos)
        for layer, seen in zip(self._decoder.layers, self._seen, strict=True):
            shape = (photos, self.length, *seen.shape[3:])
            seen[:photos, :, 0].copy_(layer.key(states).view(shape))
            seen[:photos, :, 1].copy_(layer.value(states).view(shape))
            seen[photos : self.places].zero_()

    def fitting(self, photos: int) -> int:
        """Return how many places are taken for so many photos: on a GPU one of few numbers, each with its graph."""
        if not self.graphs:
            return photos
        places = self.capacity
        while places // 2 >= photos:
            places //= 2
        return places

    def keep(self, places: torch.Tensor) -> None:
        """Go on with the photos at these places (n,) alone, in ascending order; they become the first ones."""
        import torch

        photos, samples = len(places), self._decoder.samples
        rows = (places[:, None] * samples + torch.arange(samples, device=places.device)).flatten()
        for seen, own in zip(self._seen, self._own, strict=True):
            seen[:photos].copy_(seen.index_select(0, places))
            own[: photos * samples].copy_(own.index_select(0, rows))
        self.places = self.fitting(photos)

    def step(self, tokens: torch.Tensor, position: int) -> torch.Tensor:
        """Read the tokens at `position`, (places * samples,) -> logits of those that follow, (places * samples, words).

        The result holds until the next step.
        """
        self._tokens[: len(tokens)].copy_(tokens)
        self._position.fill_(position)
        if self.graphs:
            return self.graphs.run(self.places, lambda: self._compute(self.places))
        return self._compute(self.places)

    def _compute(self, places: int) -> torch.Tensor:
        from torch.nn import functional

        decoder, rows = self._decoder, places * self._decoder.samples
        attention = functional.scaled_dot_product_attention
        mask = self._closed[(self._numbers > self._position).long()].view(1, 1, 1, -1)
        words = functional.embedding(self._tokens[:rows], decoder.embeddings.word_embeddings.weight)
        position = functional.embedding(self._position, decoder.embeddings.position_embeddings.weight)
        hidden: torch.Tensor = decoder.embeddings.LayerNorm(words + position)
        for layer, all_seen, all_own in zip(decoder.layers, self._seen, self._own, strict=True):
            seen, own = all_seen[:places], all_own[:rows]
            three = functional.linear(hidden, *layer.joined).view(rows, 3, decoder.heads, -1)
            own.index_copy_(1, self._position, three[:, None, 1:])
            found = attention(
                three[:, 0].unsqueeze(2), own[:, :, 0].transpose(1, 2), own[:, :, 1].transpose(1, 2), attn_mask=mask
            )
            hidden = _joined(layer.own_output, found.reshape(rows, -1), hidden)
            query = layer.query(hidden).view(places, decoder.samples, decoder.heads, -1).transpose(1, 2)
            found = attention(query, seen[:, :, 0].transpose(1, 2), seen[:, :, 1].transpose(1, 2))
            hidden = _joined(layer.seen_output, found.transpose(1, 2).reshape(rows, -1), hidden)
            hidden = _joined(layer.outer, layer.inner(hidden), hidden)
        logits: torch.Tensor = decoder.head.decoder(decoder.head.transform(hidden))
        return logits


def _joined(output: Any, found: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
    """Return what a sublayer has found, added to what went into it; no dropout."""
    joined: torch.Tensor = output.LayerNorm(output.dense(found) + hidden)
    return joined


def _layer(layer: Any) -> Layer:
    """Put the weights of query, key and value together; the module's own become parts of them, so that nothing is
    there twice.
    """
    import torch

    own, seen = layer.attention.self, layer.crossattention.self
    parts = (own.query, own.key, own.value)
    weight = torch.cat([part.weight.data for part in parts])
    bias = torch.cat([part.bias.data for part in parts])
    for part, its_weight, its_bias in zip(parts, weight.chunk(3), bias.chunk(3), strict=True):
        part.weight.data, part.bias.data = its_weight, its_bias
    return Layer(
        (weight, bias),
        layer.attention.output,
        seen.query,
        seen.key,
        seen.value,
        layer.crossattention.output,
        layer.intermediate,
        layer.output,
    )
