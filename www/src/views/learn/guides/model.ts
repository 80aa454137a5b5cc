/** How somebody's own model gets onto the page. */
import { code, list, text, type Guide } from './guide';

export const MODEL: Guide = {
  id: 'model',
  title: 'Bring a model',
  asks: 'Which files the page opens, what it asks about them, and how to prepare one.',
  parts: [
    {
      title: 'Drop the file',
      pieces: [
        text(
          'Drop a file anywhere on the page, or choose “Models…” in the menu of models. It is read in your browser, piece by piece, and goes nowhere. The page finds the ResNet in it: its depth, its kind of blocks, its shortcuts.',
        ),
        list(
          '.safetensors, and PyTorch’s .pth and .pt: state dicts and checkpoints, with the names of torchvision, timm, transformers or the usual CIFAR code. What is pickled is read, never run.',
          '.onnx, with its data beside it if it has any: found by the sums in its graph, whatever the tensors are called.',
          '.gguf, as SkipScope writes it: it says everything about itself, and nothing is asked.',
        ),
      ],
    },
    {
      title: 'Save the weights from PyTorch',
      pieces: [
        code(
          'python',
          `
import torch
torch.save(net.state_dict(), "net.pth")    # no code in it, only tensors by name
`,
        ),
        text('A whole pickled model (torch.save(net, …)) holds code, which the page does not run: save the state dict. Weights in half precision are fine.'),
      ],
    },
    {
      title: 'What the page asks',
      pieces: [
        text(
          'Weights do not say how pictures were prepared, and with another preparation a net sees other pictures. The page asks once, with the usual filled in: mean and standard deviation, the side of the square, the names of the classes. The answers stay with the model.',
        ),
      ],
    },
    {
      title: 'On the command line',
      pieces: [
        code(
          'sh',
          `
cargo run -- inspect net.pth
cargo run -- convert net.pth --preset imagenet --labels classes.txt --out net.gguf
`,
        ),
        text('The .gguf opens in the page without a question, and a site that serves the page can list it as a model of its own.'),
      ],
    },
    {
      title: 'What does not fit',
      pieces: [
        text(
          'Residual nets of basic and bottleneck blocks, wide, in groups, with deep stems, pooled projections or pre-activation, and their plain twins. What is something else is told by name: the first tensor or operator that does not fit, and what the file looks like instead.',
        ),
      ],
    },
  ],
};
