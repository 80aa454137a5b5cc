import { load } from 'skipscope';

const net = await load('resnet20');
for (const { name } of net.blocks) {
  const { top } = await net.lesion({ [name]: { residual: 0 } }).classify('cat.jpg');
  console.log(`without F(x) of ${name}: ${top[0].label}`);
}
net.dispose();
