#!/usr/bin/env python3
"""Writes www/public/models/hub.json: the ResNets of timm that the page offers to download, as the packages `timm` and
`torchvision` describe them. Of what is there only the hub's addresses stay; what neither package states is left out.

    python3 pkg-scripts/hub.py          # needs timm, torchvision and safetensors; no network
"""
import json
import math
from pathlib import Path

import safetensors.torch
import timm
import torchvision
from timm.models import get_pretrained_cfg

NAMES = [f"resnet{depth}.{tag}_in1k" for depth in (18, 34, 50, 101, 152) for tag in ("a1", "tv")]
NAMES += ["resnet50d.ra2_in1k", "wide_resnet50_2.tv_in1k", "resnext50_32x4d.a1_in1k", "resnext50_32x4d.tv_in1k"]
TITLES = {"resnet50d": "ResNet-50-D", "wide_resnet50_2": "Wide ResNet-50-2", "resnext50_32x4d": "ResNeXt-50 32x4d"}
RECIPES = {"a1": "timm, A1", "ra2": "timm, RA2", "tv": "torchvision, V1"}
LICENCES = {"apache-2.0": "Apache 2.0", "bsd-3-clause": "BSD 3-Clause"}
ROOT = Path(__file__).parent.parent


def accuracy(architecture: str, url: str) -> str | None:
    """torchvision's own figures, where timm took the very same file."""
    for weights in torchvision.models.get_model_weights(architecture):
        if Path(weights.url).name == Path(url).name:
            assert weights.name == "IMAGENET1K_V1", "the title says so"
            measured = weights.meta["_metrics"]["ImageNet-1K"]
            preprocess = weights.transforms()
            how = f"ImageNet validation set, short side {preprocess.resize_size[0]}, centre crop {preprocess.crop_size[0]}, as torchvision states it"
            return f"top-1 {measured['acc@1']:.2f}%, top-5 {measured['acc@5']:.2f}% ({how})"
    return None


def entry(name: str) -> dict:
    cfg = get_pretrained_cfg(name).to_dict()
    architecture, tag = cfg["architecture"], cfg["tag"].removesuffix("_in1k")
    side = cfg["input_size"][-1]
    weights = timm.create_model(architecture).state_dict()
    found = {
        "id": name,
        "title": f"{TITLES.get(architecture) or 'ResNet-' + architecture.removeprefix('resnet')} ({RECIPES[tag]})",
        "repository": cfg["hf_hub_id"],
        "file": "model.safetensors",
        "architecture": architecture,
        "bytes": len(safetensors.torch.save(weights)),
        "licence": LICENCES[cfg["license"]],
        "dataset": f"ImageNet (ILSVRC 2012, {cfg['num_classes']} classes)",
        "source": f"timm {name}, from {cfg['origin_url'].removeprefix('https://')}",
        "mean": list(cfg["mean"]),
        "std": list(cfg["std"]),
        "inputSide": side,
        "resizeSide": math.floor(side / cfg["crop_pct"]),  # as timm's transforms round it
        "interpolation": cfg["interpolation"],
    }
    if papers := cfg.get("paper_ids"):
        found["note"] = f"Its training is described in {papers}."
    if tag == "tv" and (stated := accuracy(architecture, cfg["url"])):
        found["accuracy"] = stated
    return found


PATH = ROOT / "www/public/models/hub.json"
hub = json.loads(PATH.read_text())
hub["facts"] = f"timm {timm.__version__}, torchvision {torchvision.__version__.split('+')[0]}"
hub["models"] = [entry(name) for name in NAMES]
PATH.write_text(json.dumps(hub, indent=2, ensure_ascii=False) + "\n")
