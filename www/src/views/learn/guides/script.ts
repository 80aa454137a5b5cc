/** The package from JavaScript. */
import classify from '../../../../package/examples/classify.js?raw';
import lesion from '../../../../package/examples/lesion.js?raw';
import trace from '../../../../package/examples/trace.js?raw';
import { code, list, text, type Guide } from './guide';

export const SCRIPT: Guide = {
  id: 'script',
  title: 'Use it from JavaScript',
  asks: 'Classify pictures, take out the branches of a block, cut one: in a browser or in Node.',
  parts: [
    {
      title: 'Classify',
      pieces: [
        code('js', classify),
        text(
          'A model is a name that the package ships, an address, a File or bytes. A picture is an address, a File, pixels, an element or a bitmap; in Node also the path of a file. The engine runs in a worker, on the fastest build that the browser takes, and is shared by all nets; in Node it runs where it is called.',
        ),
      ],
    },
    {
      title: 'Look inside',
      pieces: [
        code('js', trace),
        text(
          'Every tensor has a shape of channels, height and width, and a Float32Array with one channel after the other. The sum is what the branches add up to before the ReLU.',
        ),
      ],
    },
    { title: 'Cut a branch', pieces: [code('js', lesion), text('A factor of 0 cuts, 1 leaves as it is, 2 doubles. The net itself stays intact.')] },
    {
      title: 'When something is wrong',
      pieces: [
        text('Every call takes an AbortSignal. What fails rejects with a SkipScopeError whose kind says what it is:'),
        list(
          'cancelled: by your signal, or since the net was disposed of.',
          'network, not-found, truncated, corrupted: a file that did not come, or not whole.',
          'not-a-model, not-a-picture: what came is something else, and the message says what.',
          'argument: a block or a model of that name there is not.',
          'engine, crashed: the engine did not start, or stopped. The next load starts another.',
        ),
      ],
    },
  ],
};
