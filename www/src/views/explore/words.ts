/** What stands below the first screen, in its order. */
export const SECTIONS = [
  { id: 'cuts', title: 'Cut every block in turn', hint: 'which blocks does this picture need?' },
  { id: 'depth', title: 'Across depth', hint: 'the same numbers for every block, first to last' },
  { id: 'channels', title: 'Every channel of the open block', hint: 'x + F(x) = sum → output, place by place' },
  { id: 'blocks', title: 'Every block', hint: 'the four pictures of each, first to last' },
  { id: 'take', title: 'Take it with you', hint: 'link, figures, tables, tensors, code' },
] as const;

export const BLOCKS_TITLE = 'Every block, all its channels as colours';
export const BLOCKS_HINT = 'All channels of a block as colours, on one basis for its four pictures. Choose a block to see it on the first screen.';
export const BLOCKS_WAIT = 'Each block computes F(x) from its input x.';
