"""Models of every family that photosort knows, with few and random weights, saved by the library that loads them.

What they say is nonsense, but it follows from the picture; loading, preparing, generating and encoding are the real
code. Every builder takes a folder and returns it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from photosort.models.runtime.torchvision_ops import repair_torchvision

SIDE = 32
WORDS = [
    "a",
    "the",
    "photo",
    "of",
    "dog",
    "cat",
    "beach",
    "house",
    "tree",
    "red",
    "blue",
    "green",
    "small",
    "large",
    "on",
    "in",
    "with",
    "and",
    "two",
    "people",
    "water",
    "sky",
]
SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]
WIDTH = 32
SMALL = {"hidden_size": WIDTH, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
VISION = {**SMALL, "image_size": SIDE, "patch_size": 8, "initializer_range": 0.5}


def tokenizer(extra: tuple[str, ...] = (), named: dict[str, str] | None = None, **names: str) -> Any:
    """A word-level tokenizer of some twenty words, the special tokens first; `named` are attributes of its own."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: number for number, word in enumerate([*SPECIAL, *extra, *WORDS, "?", ":", "."])}
    core = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    core.decoder = decoders.WordPiece()
    usual = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    own = {"extra_special_tokens": named} if named else {}
    made = PreTrainedTokenizerFast(tokenizer_object=core, **usual | names, **own)
    if not named:
        made.add_special_tokens({"additional_special_tokens": list(extra)})
    return made


def _saved(folder: Path, *parts: Any) -> Path:
    for part in parts:
        part.save_pretrained(folder)
    return folder


def _stirred(model: Any) -> None:
    """Larger random weights, so that the text follows from the picture and not from the words before."""
    import torch

    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(0, 0.3)


def _seeded() -> None:
    import torch

    repair_torchvision()
    torch.manual_seed(7)


def blip(folder: Path) -> Path:
    """BlipForConditionalGeneration."""
    _seeded()
    from transformers import BlipConfig, BlipForConditionalGeneration, BlipImageProcessor, BlipProcessor

    return _saved(
        folder,
        BlipForConditionalGeneration(_blip_config(BlipConfig)),
        _blip_processor(BlipImageProcessor, BlipProcessor),
    )


def blip_itm(folder: Path) -> Path:
    """BlipForImageTextRetrieval, the two towers."""
    _seeded()
    from transformers import BlipConfig, BlipForImageTextRetrieval, BlipImageProcessor, BlipProcessor

    return _saved(
        folder, BlipForImageTextRetrieval(_blip_config(BlipConfig)), _blip_processor(BlipImageProcessor, BlipProcessor)
    )


def _blip_config(kind: Any) -> Any:
    words = len(tokenizer())
    text = {
        "vocab_size": words,
        "hidden_size": WIDTH,
        "encoder_hidden_size": WIDTH,
        "intermediate_size": 48,
        "projection_dim": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": 128,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "sep_token_id": 2,
        "pad_token_id": 0,
        "initializer_range": 0.5,
    }
    return kind(text_config=text, vision_config=VISION, image_text_hidden_size=16, projection_dim=16)


def _blip_processor(images: Any, processor: Any) -> Any:
    return processor(images(size={"height": SIDE, "width": SIDE}), tokenizer())


def blip2_opt(folder: Path) -> Path:
    """Blip2ForConditionalGeneration on OPT."""
    text = {
        "model_type": "opt",
        "vocab_size": len(tokenizer(("<image>",))),
        "hidden_size": WIDTH,
        "ffn_dim": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": 256,
        "word_embed_proj_dim": WIDTH,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "init_std": 0.5,
    }
    return _blip2(folder, text)


def blip2_t5(folder: Path) -> Path:
    """Blip2ForConditionalGeneration on T5."""
    text = {
        "model_type": "t5",
        "vocab_size": len(tokenizer(("<image>",))),
        "d_model": WIDTH,
        "d_kv": 8,
        "d_ff": 48,
        "num_layers": 2,
        "num_decoder_layers": 2,
        "num_heads": 4,
        "pad_token_id": 0,
        "eos_token_id": 2,
        "bos_token_id": 1,
        "decoder_start_token_id": 0,
        "initializer_factor": 1.0,
    }
    return _blip2(folder, text)


def _blip2(folder: Path, text: dict[str, Any]) -> Path:
    _seeded()
    from transformers import Blip2Config, Blip2ForConditionalGeneration, Blip2Processor, BlipImageProcessor

    names = tokenizer(("<image>",))
    bridge = {
        **SMALL,
        "vocab_size": 40,
        "max_position_embeddings": 32,
        "encoder_hidden_size": WIDTH,
        "initializer_range": 0.5,
    }
    image = names.convert_tokens_to_ids("<image>")
    config = Blip2Config(
        vision_config=VISION, qformer_config=bridge, text_config=text, num_query_tokens=4, image_token_index=image
    )
    processor = Blip2Processor(BlipImageProcessor(size={"height": SIDE, "width": SIDE}), names, num_query_tokens=4)
    model = Blip2ForConditionalGeneration(config)
    if text["model_type"] == "t5":
        _stirred(model.language_model)
    return _saved(folder, model, processor)


def git(folder: Path) -> Path:
    """GitForCausalLM."""
    _seeded()
    from transformers import CLIPImageProcessor, GitConfig, GitForCausalLM, GitProcessor

    config = GitConfig(
        vision_config=VISION,
        vocab_size=len(tokenizer()),
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=128,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        initializer_range=0.5,
    )
    processor = GitProcessor(_clip_images(CLIPImageProcessor), tokenizer())
    return _saved(folder, GitForCausalLM(config), processor)


def _clip_images(kind: Any) -> Any:
    return kind(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})


def florence2(folder: Path) -> Path:
    """Florence2ForConditionalGeneration."""
    _seeded()
    from transformers import CLIPImageProcessor, Florence2Config, Florence2ForConditionalGeneration, Florence2Processor

    words = tokenizer(("<image>",), {"image_token": "<image>"})
    vision = {
        "depths": [1, 1, 1, 1],
        "embed_dim": [8, 16, 16, 32],
        "num_heads": [2, 2, 2, 2],
        "num_groups": [2, 2, 2, 2],
        "window_size": 2,
        "projection_dim": WIDTH,
        "patch_stride": [4, 2, 2, 1],
        "max_position_embeddings": 16,
        "max_temporal_embeddings": 4,
    }
    text = {
        "model_type": "bart",
        "vocab_size": len(words),
        "d_model": WIDTH,
        "encoder_layers": 2,
        "decoder_layers": 2,
        "encoder_attention_heads": 4,
        "decoder_attention_heads": 4,
        "encoder_ffn_dim": 48,
        "decoder_ffn_dim": 48,
        "max_position_embeddings": 256,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "decoder_start_token_id": 2,
        "forced_eos_token_id": 2,
        "init_std": 0.5,
        "forced_bos_token_id": None,
    }
    config = Florence2Config(vision_config=vision, text_config=text, image_token_id=words.image_token_id)
    images = CLIPImageProcessor(
        size={"height": SIDE, "width": SIDE},
        do_center_crop=False,
        image_mean=[0.485, 0.456, 0.406],
        image_std=[0.229, 0.224, 0.225],
    )
    images.image_seq_length = (SIDE // 16) ** 2 + 1
    return _saved(folder, Florence2ForConditionalGeneration(config), Florence2Processor(images, words))


CAPTIONERS: dict[str, Callable[[Path], Path]] = {
    "blip": blip,
    "blip2_opt": blip2_opt,
    "blip2_t5": blip2_t5,
    "git": git,
    "florence2": florence2,
}
"""The families that take one picture of a fixed size."""

CHAT = (
    "{% for message in messages %}{{ message['role'] }} : {% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}IMAGE{% else %} {{ part['text'] }}{% endif %}{% endfor %} {% endfor %}"
    "{% if add_generation_prompt %}the :{% endif %}"
)
LLAMA = {
    **SMALL,
    "num_key_value_heads": 2,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "initializer_range": 0.5,
}


def smolvlm(folder: Path) -> Path:
    """SmolVLMForConditionalGeneration."""
    _seeded()
    from transformers import (
        SmolVLMConfig,
        SmolVLMForConditionalGeneration,
        SmolVLMImageProcessor,
        SmolVLMProcessor,
        SmolVLMVideoProcessor,
    )

    extra = ("<fake_token_around_image>", "<image>", "<end_of_utterance>", "<global-img>")
    names = ("fake_image_token", "image_token", "end_of_utterance_token", "global_image_token")
    words = tokenizer(extra, dict(zip(names, extra, strict=True)))
    config = SmolVLMConfig(
        vision_config=VISION,
        text_config={"model_type": "llama", "vocab_size": len(words), **LLAMA},
        image_token_id=words.image_token_id,
        scale_factor=2,
        pad_token_id=0,
    )
    edge = {"size": {"longest_edge": 4 * SIDE}, "max_image_size": {"longest_edge": SIDE}}
    processor = SmolVLMProcessor(
        SmolVLMImageProcessor(**edge),
        words,
        SmolVLMVideoProcessor(**edge, do_sample_frames=False),
        image_seq_len=4,
        chat_template=CHAT.replace("IMAGE", "<image>"),
    )
    return _saved(folder, SmolVLMForConditionalGeneration(config), processor)


QWEN_TOKENS = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
QWEN_CHAT = CHAT.replace("IMAGE", "<|vision_start|><|image_pad|><|vision_end|>")
QWEN_VISION = {
    "depth": 2,
    "hidden_size": WIDTH,
    "intermediate_size": 48,
    "num_heads": 4,
    "out_hidden_size": WIDTH,
    "initializer_range": 0.5,
}


def qwen2_5_vl(folder: Path) -> Path:
    """Qwen2_5_VLForConditionalGeneration."""
    _seeded()
    from transformers import (
        Qwen2_5_VLConfig,
        Qwen2_5_VLForConditionalGeneration,
        Qwen2_5_VLProcessor,
        Qwen2VLImageProcessor,
        Qwen2VLVideoProcessor,
    )

    words = tokenizer(QWEN_TOKENS)
    vision = {**QWEN_VISION, "patch_size": 14, "window_size": 56, "fullatt_block_indexes": [1]}
    config = Qwen2_5_VLConfig(vision_config=vision, text_config=_qwen_text(words), **_qwen_ids(words))
    processor = Qwen2_5_VLProcessor(
        Qwen2VLImageProcessor(min_pixels=56 * 56, max_pixels=112 * 112),
        words,
        Qwen2VLVideoProcessor(),
        chat_template=QWEN_CHAT,
    )
    return _saved(folder, Qwen2_5_VLForConditionalGeneration(config), processor)


def qwen3_vl(folder: Path) -> Path:
    """Qwen3VLForConditionalGeneration, its head tied to its embedding as in the one of two billion."""
    _seeded()
    from transformers import (
        Qwen2VLImageProcessor,
        Qwen3VLConfig,
        Qwen3VLForConditionalGeneration,
        Qwen3VLProcessor,
        Qwen3VLVideoProcessor,
    )

    words = tokenizer(QWEN_TOKENS)
    vision = {**QWEN_VISION, "patch_size": 16, "num_position_embeddings": 16, "deepstack_visual_indexes": [0]}
    text = {**_qwen_text(words), "head_dim": 8, "tie_word_embeddings": True}
    config = Qwen3VLConfig(vision_config=vision, text_config=text, tie_word_embeddings=True, **_qwen_ids(words))
    processor = Qwen3VLProcessor(
        Qwen2VLImageProcessor(patch_size=16, min_pixels=64 * 64, max_pixels=128 * 128),
        words,
        Qwen3VLVideoProcessor(),
        chat_template=QWEN_CHAT,
    )
    return _saved(folder, Qwen3VLForConditionalGeneration(config), processor)


def _qwen_text(words: Any) -> dict[str, Any]:
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0}
    return {"vocab_size": len(words), **LLAMA, "max_position_embeddings": 4096, "rope_parameters": rope}


def _qwen_ids(words: Any) -> dict[str, int]:
    names = ("vision_start_token_id", "vision_end_token_id", "image_token_id", "video_token_id")
    return dict(zip(names, words.convert_tokens_to_ids(list(QWEN_TOKENS)), strict=True))


def llava_onevision(folder: Path) -> Path:
    """LlavaOnevisionForConditionalGeneration."""
    _seeded()
    from transformers import (
        LlavaOnevisionConfig,
        LlavaOnevisionForConditionalGeneration,
        LlavaOnevisionImageProcessor,
        LlavaOnevisionProcessor,
        LlavaOnevisionVideoProcessor,
    )

    words = tokenizer(("<image>", "<video>"), {"image_token": "<image>", "video_token": "<video>"})
    vision = {
        "model_type": "siglip_vision_model",
        "hidden_size": WIDTH,
        "intermediate_size": 48,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "image_size": SIDE,
        "patch_size": 8,
        "vision_use_head": False,
    }
    pinpoints = [[SIDE, SIDE], [SIDE, 2 * SIDE], [2 * SIDE, SIDE], [2 * SIDE, 2 * SIDE]]
    config = LlavaOnevisionConfig(
        vision_config=vision,
        text_config={"model_type": "qwen2", "vocab_size": len(words), **LLAMA},
        image_token_index=words.image_token_id,
        video_token_index=words.video_token_id,
        image_grid_pinpoints=pinpoints,
    )
    size = {"height": SIDE, "width": SIDE}
    processor = LlavaOnevisionProcessor(
        LlavaOnevisionImageProcessor(size=size, image_grid_pinpoints=pinpoints),
        words,
        LlavaOnevisionVideoProcessor(size=size),
        num_image_tokens=(SIDE // 8) ** 2,
        vision_feature_select_strategy="full",
        chat_template=CHAT.replace("IMAGE", "<image>"),
    )
    return _saved(folder, LlavaOnevisionForConditionalGeneration(config), processor)


CHATS: dict[str, Callable[[Path], Path]] = {
    "smolvlm": smolvlm,
    "qwen2_5_vl": qwen2_5_vl,
    "qwen3_vl": qwen3_vl,
    "llava_onevision": llava_onevision,
}
"""The families that are asked through a chat template."""


def open_clip(folder: Path, *, siglip: bool = False) -> Path:
    """A CLIP of open_clip: configuration and checkpoint as its own push to the hub writes them.

    With `siglip` pictures are squeezed, and texts are read by a tokenizer that lies in the folder.
    """
    _seeded()
    import json

    import open_clip as library
    from safetensors.torch import save_file

    vision = {"image_size": SIDE, "layers": 2, "width": WIDTH, "head_width": 8, "patch_size": 8}
    text: dict[str, Any] = {"context_length": 16, "vocab_size": 49408, "width": WIDTH, "heads": 4, "layers": 2}
    preprocess: dict[str, Any] = {"mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28]}
    folder.mkdir(parents=True, exist_ok=True)
    if siglip:
        text |= {
            "hf_tokenizer_name": "tiny",
            "no_causal_mask": True,
            "pool_type": "last",
            "tokenizer_kwargs": {"clean": "canonicalize"},
        }
        preprocess = {"mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bicubic", "resize_mode": "squash"}
        tokenizer().save_pretrained(folder)
    model_cfg = {"embed_dim": 16, "vision_cfg": vision, "text_cfg": text}
    if siglip:
        model_cfg |= {"custom_text": True, "init_logit_bias": -10}
    kind = library.CustomTextCLIP if siglip else library.CLIP
    weights = kind(**{key: value for key, value in model_cfg.items() if key != "custom_text"}).state_dict()
    save_file({name: value.contiguous() for name, value in weights.items()}, folder / "open_clip_model.safetensors")
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": model_cfg, "preprocess_cfg": preprocess}))
    return folder


def sentences(folder: Path) -> Path:
    """A sentence-transformers folder: BERT and mean pooling."""
    _seeded()
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    words = tokenizer(cls_token="<s>", sep_token="</s>")
    words.model_max_length = 64
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=64,
        pad_token_id=0,
    )
    inner = _saved(folder / "bert", BertModel(config), words)
    SentenceTransformer(modules=[Transformer(str(inner)), Pooling(WIDTH)], device="cpu").save(str(folder / "whole"))
    return folder / "whole"
