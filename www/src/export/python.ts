/** Python that computes the open block's tensors again, from the very weights the page runs. */
import type { Lesion, ModelInfo } from '../engine';
import { isPlain } from '../render/branches';

export interface PythonRequest {
  model: ModelInfo;
  /** The model file's name, which the page offers to save. */
  file: string;
  block: string;
  /** The pixels that the network saw, which the page offers to save; a picture of another size is resized and cut. */
  picture: string;
  lesion: Lesion;
}

const literal = (text: string) => JSON.stringify(text); // Python reads these escapes, too

/** The paper's nets of Table 1, which torchvision has, too; and all that the script knows, with those of section 4.2 in any width. */
const TABLE_1 = /^resnet(18|34|50|101|152)$/;
const KNOWN = /^(resnet|plain)\d+(-w\d+)?$/;

/** Whether the script computes this design: the paper's, as it is there. */
export function computes({ card }: ModelInfo): boolean {
  return KNOWN.test(card.architecture);
}

/** What of another implementation agrees, and what does not. */
export function matches({ card }: ModelInfo): string[] {
  const weights =
    'The weights are the page’s own file, with batch norm folded into the convolutions, in the precision it stores them in: both sides compute from the same numbers.';
  if (card.stride_in_1x1) {
    return [
      weights,
      'torchvision’s net of that depth does not match: it strides in the 3x3 convolution; this one strides in the first 1x1 (v1, as in the paper and in Keras). Block names are torchvision’s.',
    ];
  }
  if (TABLE_1.test(card.architecture)) {
    return [
      weights,
      `torchvision.models.${card.architecture} has the same convolutions under the same names; its weights match only where these were made from them.`,
    ];
  }
  return [
    weights,
    'torchvision has none of the paper’s plain nets and none of those for CIFAR (He et al. 2015, section 4.2): this one is defined below. Block and convolution names follow torchvision’s habit.',
  ];
}

export function python({ model, file, block, picture, lesion }: PythonRequest): string {
  const comment = matches(model)
    .map((line) => `# ${line.replaceAll('’', "'")}`)
    .join('\n');
  const cuts = Object.entries(lesion).map(([name, { identity, residual }]) => `${literal(name)}: (${identity}, ${residual})`);
  const plain = isPlain(model.blocks);
  return `# ${model.card.title}, block ${block}: ${plain ? 'residual (a plain net has no identity branch)' : 'identity, residual'}, sum, output and the steps of F, as SkipScope shows them.
# pip install torch numpy pillow gguf
${comment}
# From the input as saved by the page only float rounding differs. From the original picture, decoders and resizing (Pillow's
# here) differ by a grey level or two, and activations by some per cent of the largest.
import numpy as np
import torch
import torch.nn.functional as fn
from gguf import GGUFReader, dequantize
from PIL import Image, ImageOps

MODEL = ${literal(file)}      # save it with "Weights" on the page
PICTURE = ${literal(picture)}      # save it with "Input": the very pixels the network saw
BLOCK = ${literal(block)}
SCALES = {${cuts.join(', ')}}      # block: (scale of identity${plain ? ', which this net has not' : ''}, scale of residual); empty: the intact net

reader = GGUFReader(MODEL)
card = {key.removeprefix("skipscope."): field.contents() for key, field in reader.fields.items()}
W = {t.name: torch.from_numpy(np.array(dequantize(t.data, t.tensor_type), np.float32)).reshape(-1) for t in reader.tensors}
design, _, narrow = card["architecture"].partition("-w")  # resnet26-w8: a CIFAR net with 8 channels in its first stage
depth = int("".join(c for c in design if c.isdigit()))
TABLE_1 = {18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]}
imagenet, residual_net = not narrow and depth in TABLE_1, design.startswith("resnet")
bottleneck = imagenet and depth >= 50
stages = TABLE_1[depth] if imagenet else [(depth - 2) // 6] * 3


def conv(x, name, kernel, stride):
    bias = W[name + ".bias"]
    return fn.conv2d(x, W[name + ".weight"].reshape(len(bias), x.shape[1], kernel, kernel), bias, stride, kernel // 2)


class Block(torch.nn.Module):
    def __init__(self, name, stride, outputs):
        super().__init__()
        self.name, self.stride, self.outputs, self.seen = name, stride, outputs, {}

    def forward(self, x):
        first = self.stride if not bottleneck or card["stride_in_1x1"] else 1
        kernels = [(1, first), (3, self.stride // first), (1, 1)] if bottleneck else [(3, self.stride), (3, 1)]
        F = x
        for i, (kernel, stride) in enumerate(kernels, 1):
            F = conv(F if i == 1 else F.relu(), f"{self.name}.conv{i}", kernel, stride)
            self.seen[f"conv{i}"] = F
        if not residual_net:
            identity = None
        elif f"{self.name}.downsample.0.weight" in W:
            identity = conv(x, f"{self.name}.downsample.0", 1, self.stride)
        else:  # option A where the shape changes: strided, zero channels on both sides
            more = self.outputs - x.shape[1]
            identity = fn.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, more // 2, more - more // 2))
        a, b = SCALES.get(self.name, (1.0, 1.0))
        total = b * F if identity is None else a * identity + b * F
        self.seen.pop(f"conv{len(kernels)}")  # that is F(x) itself
        self.seen |= {"identity": identity, "residual": F, "sum": total, "output": total.relu()}
        return self.seen["output"]


def look(picture):
    image, side, short = ImageOps.exif_transpose(Image.open(picture)).convert("RGB"), card["input_side"], card["resize_side"]
    if image.size != (side, side):  # as torchvision does it: short side resized, centre cut
        w, h = (short * n // min(image.size) for n in image.size)
        image = image.resize((w, h), Image.BILINEAR)
        left, top = round((w - side) / 2), round((h - side) / 2)
        image = image.crop((left, top, left + side, top + side))
    x = torch.from_numpy(np.asarray(image, np.float32) / 255)
    return ((x - torch.tensor(card["mean"])) / torch.tensor(card["std"])).permute(2, 0, 1)[None]


blocks = torch.nn.ModuleDict()
for s, count in enumerate(stages, 1):
    for b in range(count):
        width = int(narrow or (64 if imagenet else 16)) * 2 ** (s - 1)
        name = f"layer{s}.{b}"
        blocks[name.replace(".", "_")] = Block(name, 2 if b == 0 and s > 1 else 1, width * (4 if bottleneck else 1))
kept = {}
blocks[BLOCK.replace(".", "_")].register_forward_hook(lambda module, inputs, output: kept.update(module.seen))

with torch.no_grad():
    x = conv(look(PICTURE), "conv1", 7 if imagenet else 3, 2 if imagenet else 1).relu()
    if imagenet:
        x = fn.max_pool2d(x, 3, 2, 1)
    for block in blocks.values():
        x = block(x)
    head = "fc" if imagenet else "linear"
    logits = fn.linear(x.mean((2, 3)), W[head + ".weight"].reshape(-1, x.shape[1]), W[head + ".bias"])
    p, index = logits.softmax(1)[0].topk(5)

for value, i in zip(p, index):
    print(f"{value:.1%} {card['labels'][int(i)]}")
for name, tensor in kept.items():
    if tensor is not None:
        print(name, tuple(tensor.shape), f"rms {tensor.square().mean().sqrt():.4f}")
        # np.abs(tensor.numpy() - np.load(f"..._${block}_{name}.npy")).max()  # against a file that the page saved
`;
}
