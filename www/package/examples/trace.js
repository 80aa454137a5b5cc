import { load } from 'skipscope';

const net = await load('resnet20');
const { blocks } = await net.trace('cat.jpg', { blocks: ['layer2.1'] });
const { identity, residual, sum, output } = blocks[0];
console.log(residual.shape, residual.data); // [32, 16, 16] Float32Array
net.dispose();
