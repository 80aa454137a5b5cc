import { load } from 'skipscope';
const net = await load('resnet20');
const { top } = await net.classify('cat.jpg'); // a File, an <img>, ImageData, bytes, an address; in Node also a path
const { blocks } = await net.trace('cat.jpg', { blocks: ['layer2.0'] });
console.log(top[0].label, blocks[0].identity.shape, blocks[0].residual.data);
