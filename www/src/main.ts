import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { takeLaunched } from './state/launched';
import { ONE_FILE } from './site';
import { createSkipScope } from './state/scope';

const scope = createSkipScope();
window.addEventListener('popstate', () => void scope.app.restore());
window.addEventListener('focus', () => void scope.app.library.refresh(scope.app.model)); // another tab may have been at work
void scope.app.start().then(() => {
  takeLaunched(scope.files);
  // Once there is a result: what is kept for later does not hold up what is looked at now. The development server has no service worker, nor has a page that is one file.
  if (import.meta.env.PROD && !ONE_FILE) void scope.updates.start(import.meta.url);
});
// In a task of its own: the engine's worker, which the first result waits for, is on its way by then.
setTimeout(() => mount(App, { target: document.getElementById('app')!, props: { scope } }));
