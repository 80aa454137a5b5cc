/**
 * How the engine works. Times are those of README.md's table (Chromium 148, two cores of a shared machine, FMA peak 29.4 GMAC/s a core) and of
 * single layers on another machine with the same peak; the Benchmark tab measures them where the page is read.
 */
import { list, text, type Guide } from './guide';

export const ENGINE: Guide = {
  id: 'engine',
  title: 'How the engine works',
  asks: 'Why a page runs a ResNet in a third to a fifth of the time that onnxruntime-web takes, and what that rests on.',
  parts: [
    {
      title: 'What it comes to',
      pieces: [
        {
          kind: 'bars',
          title: 'ResNet-18, one picture of 224 × 224, one thread, all in one page',
          bars: [
            { name: 'SkipScope, relaxed SIMD', value: 30.3, text: '30.3 ms', own: true },
            { name: 'SkipScope, SIMD128', value: 37.6, text: '37.6 ms', own: true },
            { name: 'tfjs-backend-wasm 4.22', value: 118, text: '118 ms' },
            { name: 'onnxruntime-web 1.30', value: 146, text: '146 ms' },
            { name: 'stock candle 0.11', value: 199, text: '199 ms' },
          ],
        },
        text(
          'A machine’s multiply-adds in registers, with nothing to load and nothing to store, are its peak. ResNet-18 has 1.8 billion of them, which would take 61 ms at that peak. The engine needs half of that, so it must leave some out: below is how. The Benchmark tab measures all this on your machine.',
        ),
      ],
    },
    {
      title: 'One small loop',
      pieces: [
        text(
          'Nearly all the time is spent in one loop: six pixels by eight output channels, 48 sums that stay in registers while inputs and weights stream by. It runs at 95 to 98% of the peak. Eight pixels would not fit into the sixteen registers, and fall to 45 to 60%.',
        ),
        text(
          'A convolution is a matrix product whose left side is never built: a pixel’s inputs are a few runs of neighbouring numbers in the map, and a table says where each begins. So 1 × 1, 3 × 3, strided and 7 × 7 layers share the loop, and nothing is copied first.',
        ),
        text(
          'Rust’s compiler reorders such a loop, by default, so that a register too many is needed: 97% of the peak become 41%, and ResNet-18 takes 58 ms instead of 32. Two compiler options restore the order, and a test reads the compiled loop, because nothing else would tell.',
        ),
      ],
    },
    {
      title: 'Fewer products',
      pieces: [
        text(
          'Winograd’s algorithm computes 4 × 4 outputs of a 3 × 3 convolution from 36 products instead of 144: input and weights are transformed first, the sums are transformed back. Layers of equal work take about a third of the time:',
        ),
        {
          kind: 'bars',
          title: '3 × 3 layers of 115.6 million multiply-adds each: as a matrix product, and by Winograd’s F(4, 3)',
          bars: [
            { name: '56 × 56, 64 channels', value: 4.17, text: '4.17 ms' },
            { name: '… Winograd', value: 1.27, text: '1.27 ms', own: true },
            { name: '14 × 14, 256 channels', value: 4.42, text: '4.42 ms' },
            { name: '… Winograd', value: 1.7, text: '1.70 ms', own: true },
            { name: '7 × 7, 512 channels', value: 4.9, text: '4.90 ms' },
            { name: '… Winograd', value: 1.64, text: '1.64 ms', own: true },
          ],
        },
        text(
          'For 1 × 1 layers, which are most of a ResNet-50, one level of Strassen’s algorithm saves one product of eight. Neither is free: sums come out with a relative error of about 10⁻⁶ where plain sums have some 10⁻⁷. Logits agree with onnxruntime-web’s to 4 × 10⁻⁶ of their standard deviation.',
        ),
      ],
    },
    {
      title: 'Five builds, and a silent way down',
      pieces: [
        text(
          'A single instruction that a browser does not know makes a whole binary invalid. So there are five, and the page takes the fastest that yours runs: with threads where the page is isolated, with a fused multiply-add where there is one, without SIMD at the end. Each is at most 150 KiB, compressed. One that does not start gives way to the next.',
        ),
      ],
    },
    {
      title: 'Looking inside costs little',
      pieces: [
        list(
          'What you see are the numbers of the very run that classified the picture: x, F(x) and their sum are taken down as it passes.',
          'Batch norm that follows a convolution is folded into its weights as the model is loaded.',
          'A cut resumes at the block that it changes: what lies before it is remembered.',
          'The colours of a block are the leading principal components of its channels, found without their covariance, in four passes over the values.',
        ),
      ],
    },
  ],
};
