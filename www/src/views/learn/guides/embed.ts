/** SkipScope in somebody else's page. */
import element from '../../../../package/examples/element.html?raw';
import listening from '../../../../package/examples/element.js?raw';
import { code, list, text, type Guide } from './guide';

export const EMBED: Guide = {
  id: 'embed',
  title: 'Embed it',
  asks: 'A net on a picture in your own page: an article, a slide, a notebook.',
  parts: [
    {
      title: 'One element',
      pieces: [
        code('html', element),
        text(
          'The package skipscope holds the element, the engine and ResNet-20, two megabytes in all: nothing is fetched from anywhere else. Put its folder dist on your server, or let your bundler do it. A page needs no special headers; where it is cross-origin isolated, several threads are used.',
        ),
        list(
          'model: resnet20, which is in the package, or the address of a model file (.gguf).',
          'image: the address of a picture. From a script also a File.',
          'view: map, block, depth and paths, any of them, in the order in which they are to stand.',
          'block: the one that is open, such as layer2.1. lesion: what is cut or scaled; layer2.1_1_0 cuts F(x) there, layer2.1_0_1 cuts x.',
          'theme: light or dark; else what the page around it says with color-scheme.',
        ),
        text('Nothing is loaded before the element comes near the screen. Several in one page share one engine, and each model is loaded once.'),
      ],
    },
    {
      title: 'Listen to it',
      pieces: [
        code('js', listening),
        text(
          'There are four events: result when a picture was run, block and lesion when the visitor opens a block or cuts a branch, error with a kind and a message. All attributes are properties, too; lesion is an object there.',
        ),
      ],
    },
    {
      title: 'Make it look like yours',
      pieces: [
        code('css', 'skip-scope { --bg: transparent; --sans: inherit; --id: #00629b; --res: #a34700; }\nskip-scope::part(head) { display: none; }'),
        text('The parts are head, map, block, depth, paths and status; the variables those of the page’s own style sheet.'),
      ],
    },
    {
      title: 'Or the page itself',
      pieces: [
        text(
          'Every state of this page is in its address: open a block, cut a branch, and the link shows just that. With npx skipscope the whole page runs on your own machine, and pkg-scripts/single writes it as one file for a memory stick.',
        ),
      ],
    },
  ],
};
