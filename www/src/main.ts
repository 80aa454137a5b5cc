import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { createSkipScope } from './state/scope';

const scope = createSkipScope();
window.addEventListener('popstate', () => void scope.app.restore());
window.addEventListener('focus', () => void scope.app.library.refresh(scope.app.model)); // another tab may have been at work
void scope.app.start();
// In a task of its own: the engine's worker, which the first result waits for, is on its way by then.
setTimeout(() => mount(App, { target: document.getElementById('app')!, props: { scope } }));
