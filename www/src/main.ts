import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { app } from './state/app.svelte';

mount(App, { target: document.getElementById('app')! });
window.addEventListener('popstate', () => void app.restore());
void app.start();
