// Of no origin, it can tell its page by messages alone.
document.addEventListener('result', ({ detail }) => parent.postMessage(`${detail.top[0].label} of ${self.origin}`, '*'));
