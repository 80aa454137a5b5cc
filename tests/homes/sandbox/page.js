addEventListener('message', ({ data }) => (document.querySelector('output').textContent = data));
