import { load } from 'skipscope';

const net = await load('resnet20'); // it is in the package
const { top } = await net.classify('cat.jpg');
console.log(top[0].label, top[0].probability);
net.dispose();
