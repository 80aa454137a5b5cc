// What every home does: classify a sample, and show a block.
import { load } from 'skipscope';

async function main() {
  const picture = document.querySelector('img');
  picture.src = '/cat.jpg';
  const assets = new URLSearchParams(location.search).get('assets') ?? undefined;
  const net = await load('resnet20', { assets });
  const { top } = await net.classify(picture);
  const { blocks } = await net.trace(picture, { blocks: ['layer2.0'] });
  const [{ name, residual }] = blocks;
  draw(document.querySelector('canvas'), residual);
  return `${top[0].label}, ${name} ${residual.shape.join(' x ')}, ${net.engine.flavour}, ${net.engine.threads}`;
}

/** The mean over the channels, from blue over white to red. */
function draw(canvas, { shape: [channels, height, width], data }) {
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  const places = width * height;
  const means = Array.from({ length: places }, (_, at) => Array.from({ length: channels }, (_, c) => data[c * places + at]).reduce((a, b) => a + b) / channels);
  const most = Math.max(...means.map(Math.abs));
  means.forEach((mean, at) => {
    const rest = 255 * (1 - Math.abs(mean) / most);
    image.data.set(mean < 0 ? [rest, rest, 255, 255] : [255, rest, rest, 255], 4 * at);
  });
  context.putImageData(image, 0, 0);
}

const output = document.querySelector('output');
main().then(
  (text) => (output.textContent = text),
  (error) => (output.textContent = `${error.kind}: ${error.message}`),
);
