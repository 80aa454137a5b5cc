/** The papers that the page speaks of. A link is the visitor's own click: nothing is fetched from there. */
export const PAPERS = {
  resnet: { name: 'He et al. 2015', title: 'Deep Residual Learning for Image Recognition', url: 'https://arxiv.org/abs/1512.03385' },
  identity: { name: 'He et al. 2016', title: 'Identity Mappings in Deep Residual Networks', url: 'https://arxiv.org/abs/1603.05027' },
  ensembles: {
    name: 'Veit et al. 2016',
    title: 'Residual Networks Behave Like Ensembles of Relatively Shallow Networks',
    url: 'https://arxiv.org/abs/1605.06431',
  },
  cam: { name: 'Zhou et al. 2016', title: 'Learning Deep Features for Discriminative Localization', url: 'https://arxiv.org/abs/1512.04150' },
  delving: { name: 'He et al. 2015', title: 'Delving Deep into Rectifiers', url: 'https://arxiv.org/abs/1502.01852' },
  meanfield: { name: 'Yang et al. 2019', title: 'A Mean Field Theory of Batch Normalization', url: 'https://arxiv.org/abs/1902.08129' },
  biased: {
    name: 'De and Smith 2020',
    title: 'Batch Normalization Biases Residual Blocks Towards the Identity Function in Deep Networks',
    url: 'https://arxiv.org/abs/2002.10444',
  },
} as const;

/** “section 3.2”, “sections 3.3, 4.1”, “abstract”. */
export function where(section: string): string {
  if (!/^\d/.test(section)) return section;
  return `${/, \d/.test(section) ? 'sections' : 'section'} ${section}`;
}
