"""ModelScope's own M2FP on random weights: what `tests/parity/compare.py` compares with.

Runs in the environment that `scripts/parity-env.sh` makes, which has no Footfall: this file imports nothing of ours.

Usage: python tests/parity/reference.py FOLDER
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from modelscope.models.cv.image_human_parsing.m2fp_net import M2FP
from modelscope.pipelines import pipeline
from modelscope.utils.constant import Tasks

FEATURES = ["res2", "res3", "res4", "res5"]
CLASSES = [f"part-{number}" for number in range(20)] + ["Human"]
MEAN = torch.tensor([123.675, 116.28, 103.53]).view(1, 3, 1, 1)
STD = torch.tensor([58.395, 57.12, 57.375]).view(1, 3, 1, 1)


def arguments(*, tiny: bool) -> dict[str, Any]:
    """Of ModelScope's class: those of the checkpoint, or the smallest network of the same kind."""
    backbone = {
        "out_features": FEATURES,
        "depth": 50 if tiny else 101,
        "num_groups": 1,
        "width_per_group": 4 if tiny else 64,
        "norm": "BN",
        "stem_out_channels": 8 if tiny else 128,
        "res2_out_channels": 16 if tiny else 256,
        "stride_in_1x1": False,
        "res4_dilation": 1,
        "res5_dilation": 1,
        "res5_multi_grid": [1, 1, 1],
    }
    width = 32 if tiny else 256
    encoder = {
        "in_features": FEATURES,
        "transformer_dropout": 0.0,
        "transformer_nheads": 8,
        "transformer_dim_feedforward": 64 if tiny else 1024,
        "transformer_enc_layers": 2 if tiny else 6,
        "conv_dim": width,
        "mask_dim": width,
        "transformer_in_features": FEATURES[1:],
        "common_stride": 4,
    }
    decoder = {
        "num_classes": 21,
        "hidden_dim": width,
        "num_queries": 100,
        "nheads": 8,
        "dim_feedforward": 64 if tiny else 2048,
        "dec_layers": 3 if tiny else 9,
        "pre_norm": False,
        "mask_dim": width,
        "enforce_input_project": False,
    }
    return {
        "backbone": backbone,
        "encoder": encoder,
        "decoder": decoder,
        "num_parsing": 20,
        "single_human": False,
        "parsing_on": True,
        "semantic_on": False,
        "classes": CLASSES,
    }


def make_model_folder(folder: Path, *, tiny: bool) -> None:
    """A folder as ModelScope ships it: `configuration.json` and `pytorch_model.pt`, here with random weights.

    The class head is widened, since with the weights that the class is born with no score passes the threshold; what the layers
    add to a query is damped, since else all queries become the same and every mask empty; and normalisation has statistics
    as if it had seen pictures, since fresh ones are zeros and ones and would hide a mix-up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(20230101 + tiny)
    model = M2FP(str(folder), **arguments(tiny=tiny))
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.05)
            module.running_var.uniform_(0.8, 1.2)
    for name, parameter in model.named_parameters():
        # Without input_proj: a large mean before a group normalisation of few pixels is lost in torch 2.0.1's own rounding.
        if ("norm" in name or name.endswith("bias")) and "input_proj" not in name:
            parameter.data.add_(torch.randn_like(parameter) * 0.05)
    with torch.no_grad():
        model.sem_seg_head.predictor.class_embed.weight *= 6.0
        for name, parameter in model.sem_seg_head.predictor.named_parameters():
            if name.endswith(("out_proj.weight", "linear2.weight")):
                parameter.mul_(0.2)
    torch.save({"model": model.state_dict()}, folder / "pytorch_model.pt")
    configuration = {
        "framework": "pytorch",
        "task": "image-segmentation",
        "model": {"type": "m2fp", "pretrained": True, **arguments(tiny=tiny)},
        "pipeline": {"type": "m2fp-image-human-parsing"},
    }
    (folder / "configuration.json").write_text(json.dumps(configuration))


def picture(height: int, width: int, grain: int) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """Coloured blobs and grain, shape (H, W, 3) uint8 BGR, the same every time."""
    random = np.random.default_rng(7)
    coarse = random.integers(0, 256, (9, 12, 3)).astype(np.uint8)
    blobs = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.int16)
    grained: np.ndarray[Any, np.dtype[np.uint8]] = np.clip(
        blobs + random.integers(-grain, grain + 1, blobs.shape), 0, 255
    ).astype(np.uint8)
    return grained


def run_network(model: Any, image: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """Their network on a picture whose sides are multiples of 32."""
    tensor = torch.from_numpy(image[:, :, ::-1].transpose(2, 0, 1).astype(np.float32)[None])
    places = record_places(model)
    with torch.no_grad():
        outputs = model.sem_seg_head(model.backbone((tensor - MEAN) / STD))
    places.pop()  # of the final masks, at which nothing looks any more
    packed = {f"places_{layer}": np.packbits(masked, axis=1) for layer, masked in enumerate(places)}
    return {
        "class_logits": outputs["pred_logits"][0].numpy(),
        "mask_logits": outputs["pred_masks"][0].numpy(),
        "places_lengths": np.array([masked.shape[1] for masked in places]),
        **packed,
    }


def record_places(model: Any) -> "list[np.ndarray[Any, Any]]":
    """Fill a list as the model runs: for each layer, where the queries do not look, shape (Q, K) bool."""
    predictor = model.sem_seg_head.predictor
    predict = predictor.forward_prediction_heads
    places: list[np.ndarray[Any, Any]] = []

    def recording(*inputs: Any, **options: Any) -> Any:
        answers = predict(*inputs, **options)
        places.append(answers[2][0].numpy().copy())  # every head is given the same
        return answers

    predictor.forward_prediction_heads = recording
    return places


def make_group_norm_exact(model: Any) -> None:
    """Compute group normalisation in float64: torch 2.0.1 loses four digits on maps as small as those of the tiny network."""

    def exactly(module: Any, inputs: Any, _output: Any) -> Any:
        wide = [value.double() for value in (inputs[0], module.weight, module.bias)]
        return torch.nn.functional.group_norm(wide[0], module.num_groups, *wide[1:], module.eps).float()

    for module in model.modules():
        if isinstance(module, torch.nn.GroupNorm):
            module.register_forward_hook(exactly)


def run_pipeline(folder: Path, image: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """Their whole pipeline on a picture of any size; masks packed eight pixels to a byte."""
    parse = pipeline(Tasks.image_segmentation, model=str(folder), device="cpu")
    began = time.perf_counter()
    result = parse(image)
    print(f"ModelScope's pipeline: {time.perf_counter() - began:.1f} s, {len(result['scores'])} results")
    labels = [CLASSES.index(label) for label in result["labels"]]
    masks = np.array(result["masks"], np.bool_).reshape(len(labels), *image.shape[:2])
    return {
        "labels": np.array(labels, np.int64),
        "scores": np.array([float(score) for score in result["scores"]], np.float32),
        "masks": np.packbits(masks, axis=-1),
    }


def main() -> None:
    """Write checkpoints, inputs and outputs of the checkpoint's own network and of a tiny one."""
    out = Path(sys.argv[1])
    # Frames are smaller than the network's input: enlarging is the same in Pillow and OpenCV, shrinking is not.
    for name, tiny, network_size, frame_size in (
        ("tiny", True, (96, 128), (270, 480)),
        ("full", False, (640, 1152), (360, 640)),
    ):
        folder = out / name
        make_model_folder(folder, tiny=tiny)
        model = M2FP(str(folder), **arguments(tiny=tiny))
        state = torch.load(folder / "pytorch_model.pt", map_location="cpu")["model"]
        model.load_state_dict(state)
        model.eval()
        image, frame = picture(*network_size, grain=120), picture(*frame_size, grain=20)
        if tiny:
            make_group_norm_exact(model)
        np.savez_compressed(folder / "network.npz", image=image, **run_network(model, image))
        np.savez_compressed(folder / "pipeline.npz", image=frame, **run_pipeline(folder, frame))
        print(f"{name}: {sum(value.numel() for value in model.parameters()) / 1e6:.2f} M parameters")


if __name__ == "__main__":
    main()
