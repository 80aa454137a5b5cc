import 'skipscope/element';

const scope = document.querySelector('skip-scope');
scope.addEventListener('result', ({ detail }) => console.log(detail.top[0].label));
scope.addEventListener('error', ({ detail }) => console.error(detail.kind, detail.message));
scope.lesion = { 'layer2.1': { identity: 1, residual: 0 } }; // cuts F(x) there
